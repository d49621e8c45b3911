"""Draw the field of a setting of a training, and read what the form holds: each from the setting's row."""

from dataclasses import replace
from typing import Any

import streamlit as st

from cnnlab.core.classroom.handles import TRAIN
from cnnlab.runs.record.settings import ASKED, BY_NAME, Setting
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.exercise import is_hidden, is_locked, kept_training, most_epochs
from cnnlab.viz.html import bold, quiet

NO_NAME = {"loss": "the one that fits the output"}  # what the form calls None where the comparison has other words


def field(name: str) -> None:
    """Draw the field of a setting; one of another optimizer, or one that an exercise hides, has none."""
    setting = _bounded(BY_NAME[name])
    if not setting.belongs_to(asked("optimizer")) or is_hidden(TRAIN, name):
        return
    if is_line(setting):
        _line(setting)
        return
    # A field begins with what the session holds, and with nothing beside it: a lesson or an exercise may have set that.
    # Bounds can have changed since, and any client can send anything.
    if name not in st.session_state or st.session_state[name] != asked(name):
        st.session_state[name] = asked(name)
    if setting.usual or setting.choices:
        _choice(setting)
    elif setting.kind is bool:
        st.toggle(
            setting.label,
            key=name,
            persist_state="session",
            help=setting.help,
            disabled=is_locked(TRAIN, name),
        )
    else:
        _number(setting)


def asked(name: str) -> Any:
    """Return what the form holds for a setting; what it offers, if that has not been drawn or is not allowed."""
    setting = _bounded(BY_NAME[name])
    if is_locked(TRAIN, name):
        return setting.taken(kept_training().get(name, setting.offered))
    return setting.taken(st.session_state[name]) if name in st.session_state else setting.offered


def asked_settings() -> dict[str, Any]:
    """Return what the form holds for all settings that have a field, as fields of a `RunSpec`."""
    optimizer = asked("optimizer")
    return {s.name: asked(s.name) if s.belongs_to(optimizer) else s.default for s in ASKED}


def is_line(setting: Setting) -> bool:
    """Tell whether a setting has no field, but a line where it is set: an experiment sets it, and nobody by hand."""
    return setting.silent and not setting.only_for


def _bounded(setting: Setting) -> Setting:
    """Return a setting with the bound that this server gives it."""
    if setting.name != "epochs":
        return setting
    most = most_epochs()
    return replace(setting, most=most, start=min(setting.default, most))


def _choice(setting: Setting) -> None:
    now = asked(setting.name)
    named = (None,) if setting.default is None else ()
    offered = (*named, *setting.choices, *sorted({*setting.usual, *([now] if setting.usual else [])}))
    st.selectbox(
        setting.label,
        offered,
        key=setting.name,
        format_func=lambda value: NO_NAME.get(setting.name, setting.unset) if value is None else str(value),
        persist_state="session",
        help=setting.help,
        disabled=is_locked(TRAIN, setting.name),
    )


def _number(setting: Setting) -> None:
    begins: Any = None if setting.offered is None else "min"  # what stands there comes from the session
    st.number_input(
        setting.label,
        setting.least,
        setting.most,
        begins,
        setting.step,
        format=None if setting.kind is int else "%g",
        placeholder=setting.unset or None,
        key=setting.name,
        persist_state="session",
        help=setting.help,
        disabled=is_locked(TRAIN, setting.name),
    )


def _line(setting: Setting) -> None:
    """Say what an experiment or a duplicate has set, with a press to drop it; nothing as long as it is not set."""
    now = asked(setting.name)
    if now == setting.default:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"set_{setting.name}"):
        show_html(quiet(f"{setting.said.capitalize()}: ", bold(setting.text(now)), f". {setting.help}"))
        st.button(f"Drop {setting.said}", key=f"drop_{setting.name}", on_click=_drop, args=(setting.name,))


def _drop(name: str) -> None:
    st.session_state.pop(name, None)
