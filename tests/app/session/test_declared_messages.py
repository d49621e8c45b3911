"""Every message of every component is declared, and whatever else comes under its name is ignored without a fault."""

import importlib
import logging
import pkgutil
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cnnlab import ui
from cnnlab.ui.network.table import Wish
from cnnlab.ui.parts.sending import Component, Message
from cnnlab.ui.session.decoders import Nonsense, any_text, record, row, scalars, whole, word

HUGE = 10**400


def deep(levels: int, made: type) -> Any:
    """Return a list, or an object, with another one inside, and so on."""
    value: Any = made()
    for _ in range(levels):
        value = [value] if made is list else {"a": value}
    return value


STRANGE_TEXTS = ("\0", "\ud800", "‮evil", "a" * 10**6, "__class__", "<img src=x>", "9" * 5000, "²", "../..", "%s%n")
HOSTILE: tuple[Any, ...] = (
    *(-1, HUGE, -HUGE, 0.5, -0.0, 1e308, float("nan"), float("inf"), float("-inf")),
    *([], {}, [None], [[]], [[], {}], [HUGE, HUGE], [float("nan")] * 2, [float("nan")] * 3, [-1, 0, 0.5], [True, True]),
    *(["a"], [0] * 100_000, deep(100_000, list), deep(100_000, dict), {"a": deep(100_000, list)}),
    {str(i): i for i in range(20_000)},
    {"": [], "what": "up", "index": True},
    {"what": "explode", "index": 0},
    {"what": ["up"], "index": 0},
    {"index": 0, "text": None},
    {"run": [], "text": "x"},
    {"layer": HUGE, "channel": -1},
    {"layer": 0, "channel": 0, "more": 0},
    {"token": "0" * 31, "name": "x"},
    {"token": {}, "name": 3},
    {"asked": [], "batch": {}, "batch_size": HUGE, "every_number": "x", "revealed": 1},
)


@dataclass(frozen=True)
class Position:
    """Hold one part."""

    index: int


def components() -> dict[str, Component]:
    """Return every component that any module of the app registers, by where it stands."""
    found = {}
    for one in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        if not one.name.startswith(("cnnlab.ui.shell", "cnnlab.ui.app")):
            module = importlib.import_module(one.name)
            found |= {f"{one.name}.{k}": v for k, v in vars(module).items() if isinstance(v, Component)}
    return found


COMPONENTS = components()
MESSAGES = {f"{c.name}.{name}": (c, m) for c in COMPONENTS.values() for name, m in c.messages.items()}


def taken(component: Component, message: Message[Any], value: object) -> list[Any]:
    """Return what is handed on when this is sent."""
    handed: list[Any] = []
    component.take(message, value, handed.append)
    return handed


def test_every_component_with_a_script_that_sends_is_looked_at() -> None:
    assert len(COMPONENTS) >= 15
    assert {"network_lab.edit", "network_strip.kept", "confusion.picked", "large_upload.uploaded"} <= MESSAGES.keys()


@pytest.mark.parametrize("name", MESSAGES)
def test_what_no_component_sends_is_ignored(name: str) -> None:
    component, message = MESSAGES[name]
    for value in HOSTILE:
        handed = taken(component, message, value)
        # The values of controls are looked up later, among those that were drawn; to wish nothing changes nothing.
        assert message.name == "values" or handed in ([], [Wish()]), name
    assert taken(component, message, None) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_a_strange_text_is_a_bounded_text_or_ignored(name: str) -> None:
    component, message = MESSAGES[name]
    for text in STRANGE_TEXTS:
        for value in (text, [text], {text: text}, {"text": text, "index": 0}, {"run": text, "text": text}):
            for handed in taken(component, message, value):
                texts = [handed] if isinstance(handed, str) else getattr(handed, "__dict__", {"values": ""}).values()
                assert all(len(one) <= len(text) and len(one) <= 8 << 20 for one in texts if isinstance(one, str))


def test_an_ignored_message_is_one_line_in_the_log_without_a_word_of_it(caplog: pytest.LogCaptureFixture) -> None:
    class Sends:
        picked = Message(record(Position, index=whole(0, 3)))

    component = Component("tried", lambda **_: None, {"picked": Sends.picked})  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        for evil in ("evil\nline", {"index": "evil"}, {"evil": 1}, ["evil"]):
            component.take(Sends.picked, evil, pytest.fail)
    (line,) = caplog.messages
    assert "picked of tried" in line
    assert "evil" not in line


def test_a_component_hears_only_what_it_declares() -> None:
    class Sends:
        picked = Message(whole(0, 3))

    silent = Component("silent", lambda **_: None, {})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="does not send"):
        silent("key", {}, Sends.picked.to(print))


def test_every_declared_message_is_handled_where_its_component_is_mounted() -> None:
    for where, component in COMPONENTS.items():
        source = Path(str(importlib.import_module(where.rpartition(".")[0]).__file__)).read_text(encoding="utf-8")
        for name in component.messages:
            assert re.search(rf"\w+Sends\.{name}\.to\(", source), f"{where}: {name}"


@pytest.mark.parametrize("value", [{"a": 1}, {"a": 1, "b": "x"}])
def test_what_has_a_default_may_be_missing(value: dict[str, object]) -> None:
    def made(a: int, b: str = "left out") -> tuple[int, str]:
        return a, b

    assert record(made, a=whole(0, 1), b=word("x"))(value) == (1, value.get("b", "left out"))


@pytest.mark.parametrize("value", [{}, {"b": "x"}, {"a": 1, "c": 0}, {1: 1}, [], "a"])
def test_an_object_with_other_parts_is_refused(value: object) -> None:
    def made(a: int, b: str = "") -> int:
        return a

    with pytest.raises(Nonsense, match="the parts a, b"):
        record(made, a=whole(0, 1), b=any_text(3))(value)


def test_a_row_is_read_part_by_part_and_a_text_is_cut() -> None:
    assert row(lambda *parts: parts, whole(0, 9), any_text(2))([3, "abc"]) == (3, "ab")
    assert scalars(2)({"a": 1, "b": False}) == {"a": 1, "b": False}
