"""Offer live controls: sliders that report while they move, many of them in one component."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from cnnlab.ui.frame import source

_CONTROLS = st.components.v2.component(
    "live_controls",
    html='<div class="controls"></div>',
    css=source("controls.css"),
    js=source("controls.js", "controls_entry.js"),
)

Number = int | float


@dataclass(frozen=True)
class Control:
    """Describe one slider: its stable handle, label, bounds, step and value.

    `said` is its name for a screen reader; `form` shows a value, with # standing for the number.
    """

    handle: str
    label: str
    said: str
    value: Number
    min: Number
    max: Number
    step: Number = 1
    form: str = "#"
    text: str = ""
    help: str = ""


@dataclass(frozen=True)
class Group:
    """Hold controls that belong together under a title, with the colour of their kind."""

    title: str
    color: str
    controls: tuple[Control, ...]
    note: str = ""


def live_controls(
    key: str, groups: Sequence[Group], version: int, on_change: Callable[[dict[str, Number]], None]
) -> None:
    """Draw the groups; `on_change` receives {handle: value} of all controls, before the page is drawn again.

    The sliders keep their own values while a visitor moves them; a new `version` makes them take the given ones.
    """
    _CONTROLS(
        key=key,
        data=[controls_data(groups, version)],
        on_values_change=lambda: on_change(sent_values(st.session_state[key].get("values"), groups)),
    )


def sent_values(sent: object, groups: Sequence[Group]) -> dict[str, Number]:
    """Return the values of known handles within their bounds; a client can send anything."""
    if not isinstance(sent, dict):
        return {}
    bounds = {control.handle: control for group in groups for control in group.controls}
    return {
        handle: int(value) if isinstance(bounds[handle].step, int) else float(value)
        for handle, value in sent.items()
        if handle in bounds and _within(value, bounds[handle])
    }


def _within(value: object, control: Control) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return control.min <= value <= control.max and (isinstance(control.step, float) or value == int(value))


def controls_data(groups: Sequence[Group], version: int) -> dict[str, object]:
    """Return what the browser needs to draw the groups."""
    return {"version": version, "groups": [_group_data(group) for group in groups]}


def _group_data(group: Group) -> dict[str, object]:
    return {
        "title": group.title,
        "note": group.note,
        "color": group.color,
        "controls": [vars(c) | {"text": c.text or c.form.replace("#", f"{c.value:g}")} for c in group.controls],
    }
