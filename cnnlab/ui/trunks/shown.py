"""Show a borrowed trunk as it is: its layers, frozen and trained, its parameters counted apart."""

from collections.abc import Sequence

import streamlit as st

from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.trunks.known import KNOWN
from cnnlab.core.trunks.rows import Counts, TrunkRow, counts, is_trained, rows_of
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import Html, bold, line, notice, number_cell, quiet, table, tag

STAYS = (
    "BatchNormalization in frozen layers stays in inference mode: it goes on with the averages that it came with, also "
    "while the head trains."
)
NOT_CARRIED = (
    "Script, notebook, JSON and Keras' summary hold the head alone; the trunk comes with a run: as its model (.keras), "
    "which plain Keras opens, and as its script and notebook, which rebuild it. The link carries EfficientNet-Lite0 to "
    "everybody, VGG16 to servers that have fetched it, any other trunk to this server only."
)


def told_trunk(trunk: Trunk) -> None:
    """Say in a few words what a trunk takes and makes, and what of it is frozen; raise `TrunkError`."""
    counted = counts(trunk, rows_of(trunk, settings().home))
    taken, made = describe_shape(trunk.input_shape), describe_shape(trunk.feature_shape)
    show_html(quiet(bold(trunk.name), f": {taken} → {made}. ", _amounts(counted)))


def _amounts(counted: Counts) -> Html:
    return tag(
        "span", bold(f"{counted.frozen:,}"), " parameters frozen, ", bold(f"{counted.trainable:,}"), " trainable."
    )


def trunk_of_network() -> None:
    """Draw the trunk that the current network stands on, folded; nothing if it stands on none."""
    mine = shared()
    trunk = mine.trunk
    if trunk is None:
        return
    try:
        rows = rows_of(trunk, settings().home)
        counted, trained = counts(trunk, rows), is_trained(trunk, rows)
    except TrunkError as error:
        refuse(error)
        return
    rest = f" Below is the head: it takes what {trunk.cut} makes, and every layer of it is yours to change."
    show_html(notice("Your network stands on ", bold(trunk.name), ", which is borrowed. ", _amounts(counted), rest))
    with st.expander(f"The trunk's {len(rows)} layers, which are only read", key="trunk_rows"):
        show_html(_table(trunk, rows, trained), quiet(STAYS))
        if known := KNOWN.get(trunk.source):
            show_html(quiet(known.origin))


def not_carried() -> None:
    """Say what link, script and summary do not hold of a trunk."""
    if shared().trunk is not None:
        show_html(quiet(NOT_CARRIED))


def _table(trunk: Trunk, rows: Sequence[TrunkRow], trained: Sequence[bool]) -> Html:
    lines = (
        line(
            row.name,
            row.class_name,
            number_cell(describe_shape(row.output_shape)),
            number_cell(f"{row.params:,}", css="number amount"),
            "yes" if is_ else "no",
            number_cell(f"{row.macs:,}", css="number amount"),
            ", ".join(row.inputs),
        )
        for row, is_ in zip(rows, trained, strict=True)
    )
    heads = ("layer", "class", "output", "parameters", "trainable", "multiply-adds", "takes")
    said = f"Every layer of the trunk {trunk.name} up to {trunk.cut}"
    return tag("div", table(said, heads, lines), class_="sideways")
