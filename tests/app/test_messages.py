"""What a page sends to a browser stays small: a class waits for each message, and none repeats what all pages share."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from cnnlab.ui.inside import maps_view
from cnnlab.ui.parts.packing import pack
from tests.app.driving import NAMES, keyed, open_page

# Of a page as it is opened, at most: elements and blocks, and kilobytes of them.
OPENED = {
    "home": (14, 215),
    "lessons": (6, 46),
    "exercises": (26, 33),
    "data": (77, 145),
    "architecture": (13, 75),
    "convolution": (19, 540),
    "feature_maps": (34, 310),
    "augmentation": (24, 200),
    "training": (73, 72),
    "explain": (48, 580),
    "sequences": (14, 31),
    "operator": (5, 18),
}


@pytest.fixture
def sent() -> Iterator[list[ForwardMsg]]:
    """Return the elements and blocks that the last run has sent."""
    last: list[ForwardMsg] = []

    def listen(message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "delta":
            last.append(message)

    ForwardMsgQueue.on_before_enqueue_msg(listen)
    yield last
    ForwardMsgQueue.on_before_enqueue_msg(None)


def size_of(sent: Sequence[ForwardMsg]) -> int:
    return sum(message.ByteSize() for message in sent)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_few_elements_and_brings_no_style_of_its_own(name: str, sent: list[ForwardMsg]) -> None:
    app = open_page(name)
    sent.clear()
    app.run()
    most, kilobytes = OPENED[name]
    assert 0 < len(sent) <= most
    assert size_of(sent) <= 1000 * kilobytes
    assert not any("<style" in message.delta.new_element.html.body for message in sent)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(
    ("page", "fold", "inside"),
    [("home", "home_pictures", "picture_gallery"), ("feature_maps", "picture_numbers", "preparation")],
)
def test_what_is_folded_is_sent_when_it_is_opened(page: str, fold: str, inside: str) -> None:
    app = open_page(page)
    assert not any(getattr(node, "key", None) == inside for node in app.main)
    app.session_state[fold] = True
    app.run()
    assert keyed(app, inside)
    assert not app.exception


@pytest.mark.usefixtures("inference")
def test_what_a_network_sees_is_packed_once_for_all_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    packs = 0

    def counted(*parts: Any) -> bytes:
        nonlocal packs
        packs += 1
        return pack(*parts)

    monkeypatch.setattr(maps_view, "pack", counted)
    first, second = (keyed(open_page("feature_maps"), "maps_view").proto.bytes for _ in range(2))
    assert first == second
    assert packs == 1
