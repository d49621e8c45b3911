"""Draw what stands around every page: the title, the question it answers, and the strip of the current network."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from math import log2

import streamlit as st

from cnnlab.core.exchange.link import LONGEST_TEXT, LinkError, decode, encode
from cnnlab.core.network import Network
from cnnlab.core.network.layers import Shape
from cnnlab.core.shapes import layer_names
from cnnlab.core.shipped import ASSETS
from cnnlab.core.teach.brief import describe_shape, short_label
from cnnlab.core.trunks.address import JOINT, LONGEST, as_text, from_text
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import shared, traced
from cnnlab.ui.session.aside import is_settled, own_network, own_trunk, take_as_own
from cnnlab.ui.session.decoders import any_text, position
from cnnlab.ui.session.exercise import withheld
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import paragraph, tag
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS

MARK = ASSETS / "mark" / "mark.svg"


class StripSends:
    """Declare what the strip sends: the layer that was picked, and the network that the tab kept."""

    picked = Message(position)
    kept = Message(any_text(LONGEST_TEXT + LONGEST + 1))


_STRIP = component(
    "network_strip",
    "frame/entry.js",
    html=tag("div", class_="strip", role="toolbar", aria_label="The current network, layer by layer"),
    styles=["frame/strip.css"],
    sends=StripSends,
)


def page(title: str, question: str, *, strip: bool = True, network: Network | None = None) -> None:
    """Set the page's title and draw its heading and the strip.

    A page that redraws the strip itself, or has none, says `strip=False`; `network` is shown instead of the visitor's
    own.
    """
    st.set_page_config(page_title=f"{title} · CNN Lab", page_icon=str(MARK), layout="wide")
    st.logo(str(MARK), size="large")
    heading(title, question)
    if strip:
        network_strip(network)


def heading(title: str, question: str) -> None:
    """Draw a page's title with the question it answers beside it."""
    show_html(tag("div", tag("h1", title), paragraph(question), class_="heading"))


def network_strip(network: Network | None = None, *, hide: bool = False) -> None:
    """Draw the current network, one block a layer; a click selects that layer on every page.

    With `hide` no layer tells its shape; nor where an exercise asks for one.
    """
    mine = shared()
    hide = hide or "shape" in withheld()
    data = {"strip": strip_data(network or mine.network, mine.layer.selected, hide=hide), "kept": kept_data()}
    _STRIP(
        "network_strip",
        [data],
        StripSends.picked.to(mine.select),
        StripSends.kept.to(take_back),
    )


@lru_cache(maxsize=256)
def link_text(network: Network) -> str:
    """Return the network as the text of a link; empty if it is too large for one."""
    try:
        return encode(network)
    except LinkError:
        return ""


def carried_text(network: Network, trunk: Trunk | None) -> str:
    """Return the network with the trunk that it stands on as the text of a link; empty if it is too large for one."""
    text = link_text(network)
    return f"{text}{JOINT}{as_text(trunk)}" if text and trunk is not None else text


def carried(text: str) -> tuple[Network, Trunk | None]:
    """Return the network of such a text and its trunk; raise `LinkError` or `TrunkError`."""
    head, mark, told = text.partition(JOINT)
    network = decode(head)
    return network, from_text(told, network, settings().home) if mark else None


def kept_data() -> dict[str, object]:
    """Return what the browser's tab keeps, so that a reload or a restarted server loses no network."""
    return {"text": carried_text(own_network(), own_trunk()), "fresh": not is_settled()}


def take_back(text: str) -> None:
    """Take the network that the tab kept into a session that has none of its own yet; any other text is ignored."""
    if is_settled():
        return
    with suppress(LinkError, TrunkError):
        take_as_own(*carried(text))


def heights(rows_of_input: int, shapes: Sequence[Shape]) -> list[float]:
    """Return how tall the block of each output is, from 0 for one row to 1 for as many as the input has, or more.

    It grows by the same step for each doubling; a vector is one place, so it has one row.
    """
    most = log2(max(2, rows_of_input))
    return [min(1.0, log2(shape[0]) / most) if len(shape) > 1 else 0.0 for shape in shapes]


def strip_data(network: Network, selected: int | None, *, hide: bool = False) -> dict[str, object]:
    """Return what the browser needs to draw the strip; blocks behind an impossible layer have no shape.

    With `hide` no layer tells its shape, nor by its height, because somebody is asked to predict it.
    """
    rows, problem = traced(network)
    shape = describe_shape(network.input_shape)
    blocks: list[dict[str, object]] = [
        {
            "index": None,
            "label": "input",
            "shape": shape.replace(" ", ""),
            "title": f"Input: {shape}",
            "color": KIND_COLORS["input"],
            "state": "",
            "tall": 0.0 if hide else 1.0,
        }
    ]
    tall = [0.0] * len(network.layers) if hide else heights(network.input_shape[0], [row.output_shape for row in rows])
    for index, (layer, name) in enumerate(zip(network.layers, layer_names(network), strict=True)):
        known = index < len(rows)
        shape = describe_shape(rows[index].output_shape) if known and not hide else "?"
        is_problem = problem is not None and index == problem.index
        blocks.append(
            {
                "index": index,
                "label": short_label(layer),
                "shape": shape.replace(" ", ""),
                "title": f"{name}, {layer.class_name}: {'output ' + shape if known else 'impossible here'}",
                "color": KIND_COLORS[KIND_OF_CLASS[layer.class_name]],
                "state": "" if known else "problem" if is_problem else "dimmed",
                "tall": tall[index] if known else 0.0,
            }
        )
    return {"blocks": blocks, "selected": selected}
