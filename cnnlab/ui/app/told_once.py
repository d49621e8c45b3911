"""Work out once what Streamlit tells a browser anew at the start of every run: the theme, and how it is served."""

from collections.abc import Callable
from typing import Any, Literal

from google.protobuf.message import Message
from streamlit import config
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session

Part = Literal["custom_theme", "config"]
TOLD: dict[str, Part] = {"_populate_theme_msg": "custom_theme", "_populate_config_msg": "config"}
"""What fills a part of what is told, and the name of that part."""


def tell_from_memory() -> None:
    """Let Streamlit's sessions copy the theme and the settings; reading them is a third of the work of a short run."""
    for name, part in TOLD.items():
        setattr(app_session, name, remembered(getattr(app_session, name), part))


def remembered(fill: Callable[..., None], part: Part) -> Callable[..., None]:
    """Return what fills a part as `fill(message, …)` does, and asks it once for every kind of filling.

    A configuration file that is read again is filled in anew.
    """
    known: dict[tuple[Any, ...], NewSession] = {}
    config.on_config_parsed(known.clear, force_connect=True)

    def filled(message: Message, *which: Any) -> None:
        whole = known.get(which)
        if whole is None:
            whole = NewSession()
            fill(getattr(whole, part), *which)
            known[which] = whole
        # Without a word on it, a part stays absent; one that says only what holds anyway is there.
        if whole.HasField(part):
            message.SetInParent()
            message.MergeFrom(getattr(whole, part))

    return filled
