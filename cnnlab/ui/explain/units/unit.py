"""Choose the unit of which is asked what it likes: a layer, and one of its channels."""

from dataclasses import dataclass

import streamlit as st

from cnnlab.core.inside.sliding import convolves
from cnnlab.core.teach.brief import describe_shape
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.choice import choice_of
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import UNIT_CHANNEL, UNIT_LAYER
from cnnlab.ui.session.sent import place


@dataclass(frozen=True)
class Unit:
    """Name one channel of a layer, or one number of a vector, of a subject."""

    row: int
    channel: int
    name: str
    channels: int
    has_map: bool

    @property
    def plural(self) -> str:
        """Return what all of its layer are called together."""
        return "channels" if self.has_map else "units"


def unit_control(subject: Subject) -> Unit:
    """Draw the choice, and return it; at first the selected layer, else the last convolution, else the last layer."""
    rows = subject.rows
    offered = [i for i, row in enumerate(rows) if len(row.shape) in (1, 3)]
    labels = {i: f"{rows[i].name}, {describe_shape(rows[i].shape)}" for i in offered}
    row = choice_of("Layer", labels, UNIT_LAYER.name, _first(subject, offered))
    channels = rows[row].shape[-1]
    has_map = len(rows[row].shape) == 3
    what = "Channel" if has_map else "Unit"
    if place(UNIT_CHANNEL.get(), channels) is None:
        UNIT_CHANNEL.set(min(shared().layer.channel, channels - 1))
    st.number_input(
        f"{what}, 0 to {channels - 1}", 0, channels - 1, key=UNIT_CHANNEL.name, persist_state="session", width=170
    )
    channel = place(UNIT_CHANNEL.get(), channels) or 0
    return Unit(row, channel, f"{what.lower()} {channel} of {rows[row].name}", channels, has_map)


def _first(subject: Subject, offered: list[int]) -> int:
    selected = shared().layer.selected
    if selected in offered:
        return selected
    return next((i for i in reversed(offered) if convolves(subject.rows[i].class_name)), offered[-1])
