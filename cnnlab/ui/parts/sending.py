"""Declare what a component sends, and give each message, read as declared, to who handles it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from cnnlab.ui.session.decoders import Decoder, Nonsense

T = TypeVar("T")
log = logging.getLogger(__name__)


class Message(Generic[T]):
    """Declare one message of a component, in a class that holds all of them: its name, and what reads it."""

    name = ""

    def __init__(self, decode: Decoder[T]) -> None:
        self.decode = decode

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def to(self, handler: Callable[[T], object]) -> "Heard":
        """Let a function handle the message where a component is mounted."""
        return Heard(self, handler)


@dataclass(frozen=True)
class Heard:
    """Hold a message and what handles it."""

    message: Message[Any]
    handler: Callable[[Any], object]


def declared(sends: type | None) -> dict[str, Message[Any]]:
    """Return the messages that a class and those it is made of declare, by name."""
    kinds = reversed(sends.__mro__) if sends else ()
    return {name: one for kind in kinds for name, one in vars(kind).items() if isinstance(one, Message)}


class Component:
    """Be a component that can be mounted, with the messages that it may send.

    A message that nobody handles where it is mounted, or that is not as declared, changes nothing.
    """

    def __init__(self, name: str, renderer: ComponentRenderer, messages: Mapping[str, Message[Any]]) -> None:
        self.name, self.messages = name, messages
        self._renderer = renderer
        self._said: set[str] = set()

    def __call__(self, key: str, data: object, *heard: Heard) -> None:
        """Draw the component under a key; what is heard is handled before the page is drawn again."""
        handlers = {one.message: one.handler for one in heard}
        if unknown := handlers.keys() - set(self.messages.values()):
            raise ValueError(f"{self.name} does not send {sorted(one.name for one in unknown)}.")

        def taking(message: Message[Any]) -> Callable[[], None]:
            return lambda: self.take(message, _sent(key, message.name), handlers.get(message))

        callbacks: dict[str, Any] = {f"on_{name}_change": taking(one) for name, one in self.messages.items()}
        self._renderer(key=key, data=data, **callbacks)

    def take(self, message: Message[T], sent: object, handler: Callable[[T], object] | None) -> None:
        """Read what was sent and hand it on; nonsense is ignored, with one line in the log for each message."""
        if sent is None or handler is None:
            return
        try:
            value = message.decode(sent)
        except Nonsense as expected:
            if message.name not in self._said:
                self._said.add(message.name)
                # Not a word of what came stands here: it may be anything, and as long as it likes.
                log.warning("CNN Lab ignored a message: %s of %s is %s.", message.name, self.name, expected)
            return
        handler(value)


def _sent(key: str, name: str) -> object:
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, Mapping) else None
