"""Offer live controls: sliders that report while they move, many of them in one component."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import Scalar, scalars
from cnnlab.viz.html import tag

MOST_CONTROLS = 10_000


class ControlsSends:
    """Declare what controls send: the values of all of them, by handle."""

    values = Message(scalars(MOST_CONTROLS))


_CONTROLS = component(
    "live_controls",
    "controls/entry.js",
    html=tag("div", class_="controls"),
    styles=["controls/controls.css"],
    sends=ControlsSends,
)

Value = Scalar
Number = int | float


@dataclass(frozen=True)
class Control:
    """Describe one control: its stable handle, label and value.

    A slider has bounds and a step; `form` shows its value, with # standing for the number. With `choices` it is a
    menu, with a boolean value a switch. `said` is its name for a screen reader. A `locked` one cannot be moved.
    """

    handle: str
    label: str
    said: str
    value: Value
    min: Number = 0
    max: Number = 0
    step: Number = 1
    form: str = "#"
    text: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True)
class Group:
    """Hold controls that belong together under a title, with the colour of their kind.

    `more` are controls that stand folded away; a group with an `index` is a layer that can be moved and removed.
    """

    title: str
    color: str
    controls: tuple[Control, ...]
    note: str = ""
    more: tuple[Control, ...] = ()
    index: int | None = None


def live_controls(
    key: str, groups: Sequence[Group], version: int, on_change: Callable[[dict[str, Value]], None]
) -> None:
    """Draw the groups; `on_change` receives {handle: value} of all controls, before the page is drawn again.

    The sliders keep their own values while a visitor moves them; a new `version` makes them take the given ones.
    """
    taken = ControlsSends.values.to(lambda sent: on_change(sent_values(sent, groups)))
    _CONTROLS(key, [controls_data(groups, version)], taken)


def sent_values(sent: Mapping[str, Value], groups: Sequence[Group]) -> dict[str, Value]:
    """Return the values of known handles within their bounds; a client can send anything."""
    known = {control.handle: control for group in groups for control in group.controls + group.more}
    values = {handle: _accepted(value, known[handle]) for handle, value in sent.items() if handle in known}
    return {handle: value for handle, value in values.items() if value is not None}


def _accepted(value: object, control: Control) -> Value | None:
    """Return a value that the control can take, or None; a locked one keeps its own."""
    if control.locked:
        return control.value
    if control.choices:
        return value if isinstance(value, str) and value in control.choices else None
    if isinstance(control.value, bool) or isinstance(value, bool):
        return value if isinstance(value, bool) and isinstance(control.value, bool) else None
    if not isinstance(value, int | float) or not control.min <= value <= control.max:
        return None
    if isinstance(control.step, float):
        return float(value)
    return int(value) if value == int(value) else None


def controls_data(groups: Sequence[Group], version: int) -> dict[str, object]:
    """Return what the browser needs to draw the groups."""
    return {"version": version, "groups": [_group_data(group) for group in groups]}


def _group_data(group: Group) -> dict[str, object]:
    return vars(group) | {
        "controls": [_control_data(control) for control in group.controls],
        "more": [_control_data(control) for control in group.more],
    }


def _control_data(control: Control) -> dict[str, object]:
    slider = not control.choices and not isinstance(control.value, bool)
    shown = control.text or (control.form.replace("#", f"{control.value:g}") if slider else "")
    return vars(control) | {"text": shown, "type": "slider" if slider else "menu" if control.choices else "switch"}
