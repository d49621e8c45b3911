"""Readers of what a browser sends: the messages of our components, and those of the socket."""

import importlib
import json
import pkgutil
import random
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg

from cnnlab import ui
from cnnlab.ui.app.messages import is_needed
from cnnlab.ui.parts.sending import Component, Message
from cnnlab.ui.session import sent
from cnnlab.ui.session.decoders import Nonsense
from tests.fuzz.mutating import document, pieces
from tests.fuzz.targets.target import TREES, Target, as_json

_SENT: tuple[Any, ...] = (
    *(0, 3, 1.5, True, "up", "12", [0, 1], ["a", "b"], [[0, 1, 2], [3, 4, 5]], {}),
    {"what": "up", "index": 0},
    {"index": 0, "text": "x"},
    {"run": "a", "text": "x"},
    {"layer": 0, "channel": 1},
    {"row": 1, "column": 2},
    {"token": "0" * 32, "name": "x"},
    {"asked": "params", "batch": True, "batch_size": 32, "every_number": False, "revealed": []},
    {"values": {"layer0.filters": 32, "layer0.padding": "same"}},
)


def messages() -> dict[str, Message[Any]]:
    """Return every message that any component of the app declares, by the names of both."""
    found = {}
    for one in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        if not one.name.startswith(("cnnlab.ui.shell", "cnnlab.ui.app")):
            for held in vars(importlib.import_module(one.name)).values():
                if isinstance(held, Component):
                    found |= {f"{held.name}.{name}": message for name, message in held.messages.items()}
    return found


_MESSAGES: dict[str, Message[Any]] = {}


def _specimens() -> list[bytes]:
    _MESSAGES.update(messages())
    return [as_json([name, value]) for name in sorted(_MESSAGES) for value in _SENT]


def _take(data: bytes, _home: Path) -> None:
    """Read a value as every declared message would; which of them is named comes first."""
    try:
        name, value = json.loads(data)
    except (ValueError, TypeError, RecursionError):
        return  # the socket refuses what is no JSON
    sent.among(value, ("a", 1, True), None)
    sent.number(value, 0, 10, 1)
    place = sent.place(value, 5)
    assert place is None or 0 <= place < 5
    sent.place_in_digits(value, 5)
    named = _MESSAGES.get(name) if isinstance(name, str) else None
    if named is not None:
        named.decode(value)
        return
    for message in _MESSAGES.values():
        try:
            message.decode(value)
        except Nonsense:
            continue


def _frames() -> list[bytes]:
    widgets = [
        {"id": "a", "json_value": '{"what": "up"}'},
        {"id": "b", "string_array_value": {"data": ["x", "y"]}},
        {"id": "c", "int_array_value": {"data": [1, 2]}},
        {"id": "d", "string_trigger_value": {"data": "z"}},
    ]
    made = (
        BackMsg(rerun_script={"page_name": "data", "query_string": "net=1.abc", "widget_states": {"widgets": widgets}}),
        BackMsg(backend_operation_request={"request_id": "1", "deferred_file": {"file_id": "a"}}),
        BackMsg(file_urls_request={"request_id": "1", "file_names": ["a.png"]}),
        BackMsg(clear_cache=True),
    )
    return [one.SerializeToString() for one in made]


def _frame(data: bytes, _home: Path) -> None:
    assert is_needed(data) in (True, False, None)


def _changed(rng: random.Random, data: bytes) -> bytes:
    if rng.random() < 0.5:
        return pieces(rng, data)
    name, value = json.loads(data)
    changed = document(rng, as_json(value))
    return b"[" + as_json(name) + b", " + changed + b"]"


_DRAWN = st.tuples(st.just(""), TREES).map(list).map(as_json)

MESSAGES = (
    Target("message", _specimens, _take, _changed, 12_000, refusals=(Nonsense,), drawn=_DRAWN),
    Target("socket", _frames, _frame, pieces, 8_000),
)
