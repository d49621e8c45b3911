"""Know what is open on a page, as far as the pages keep that, and open the same for somebody else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.core.shapes import layer_names
from cnnlab.ui.classroom.work.standing import open_run
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import (
    EXPLAIN_PART,
    EXPLAIN_PARTS,
    FEATURES,
    FILTERS,
    MAP_KIND,
    MAPS,
    OF_SET,
    RUN_PART,
    RUN_PARTS,
    SEQUENCE_CLASS,
    SEQUENCE_FILTER,
    SEQUENCE_NUMBER,
    SEQUENCE_PART,
    SEQUENCE_PARTS,
    SEQUENCE_SOURCE,
    UNIT_CHANNEL,
    UNIT_LAYER,
    Key,
)
from cnnlab.ui.session.sent import among, place_in_digits

MOST_NUMBER = 1_000_000
LONGEST_CLASS = 100


@dataclass(frozen=True)
class Kept:
    """Hold how one thing is read from a visitor's page, as text or empty for none, and how it is opened.

    What is opened is looked up again when the page is drawn.
    """

    read: Callable[[], str]
    open: Callable[[str], None]


def _one_of(key: Key[str], offered: Sequence[str]) -> Kept:
    def open_part(text: str) -> None:
        if text in offered:
            key.set(text)

    return Kept(lambda: among(key.get(), offered, key.default), open_part)


def _number(key: Key[Any]) -> Kept:
    def read() -> str:
        value = key.get()
        return str(value) if type(value) is int and 0 <= value < MOST_NUMBER else ""

    def open_number(text: str) -> None:
        if (value := place_in_digits(text, MOST_NUMBER)) is not None:
            key.set(value)

    return Kept(read, open_number)


def _read_unit_layer() -> str:
    chosen, names = UNIT_LAYER.get(), layer_names(shared().network)
    return names[chosen] if type(chosen) is int and 0 <= chosen < len(names) else ""


def _open_unit_layer(name: str) -> None:
    names = layer_names(shared().network)
    if name in names:
        UNIT_LAYER.set(names.index(name))


def _read_class() -> str:
    value: object = SEQUENCE_CLASS.get()
    return value if isinstance(value, str) and len(value) <= LONGEST_CLASS else ""


def _open_class(name: str) -> None:
    SEQUENCE_CLASS.set(name)
    SEQUENCE_SOURCE.set(OF_SET)


def _open_run(run: str) -> None:
    if run != shared().run_id:
        open_run(run)


VIEWS: Mapping[str, Mapping[str, Kept]] = {
    "feature_maps": {"part": _one_of(MAP_KIND, (MAPS, FILTERS, FEATURES))},
    "training": {
        "run": Kept(lambda: shared().run_id, _open_run),
        "part": _one_of(RUN_PART, RUN_PARTS),
    },
    "explain": {
        "part": _one_of(EXPLAIN_PART, EXPLAIN_PARTS),
        "layer": Kept(_read_unit_layer, _open_unit_layer),
        "channel": _number(UNIT_CHANNEL),
    },
    "sequences": {
        "part": _one_of(SEQUENCE_PART, SEQUENCE_PARTS),
        "class": Kept(_read_class, _open_class),
        "number": _number(SEQUENCE_NUMBER),
        "filter": _number(SEQUENCE_FILTER),
    },
}
"""What each page keeps, by page and name; all others keep nothing beside the selected layer and its channel."""


def view_of(page: str) -> dict[str, str]:
    """Return what is open on a page of this visitor."""
    found = {name: kept.read() for name, kept in VIEWS.get(page, {}).items()}
    return {name: text for name, text in found.items() if text}


def open_view(page: str, view: Mapping[str, str]) -> None:
    """Open on a page of this visitor what is open elsewhere; what is not offered here changes nothing."""
    for name, kept in VIEWS.get(page, {}).items():
        if text := view.get(name):
            kept.open(text)
