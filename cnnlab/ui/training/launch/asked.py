"""Read the training that the form asks for, and put the settings of an earlier one, or of a lesson, into the form."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnlab.core.augment import augments, only_rescaled
from cnnlab.core.classroom.handles import TRAIN
from cnnlab.core.trunks.checking import trunk_problem
from cnnlab.runs.record import LONGEST_NAME, RunSpec
from cnnlab.runs.record.settings import ASKED, LARGEST_SIDE, SMALLEST_SIDE
from cnnlab.ui.data.current import choose, current_data
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import at_work, is_locked, kept_training
from cnnlab.ui.session.keys import AUGMENT, IMAGE_SIZE, RUN_NAME, START_PAUSED
from cnnlab.ui.session.sent import number, text
from cnnlab.ui.session.services import settings
from cnnlab.ui.training.launch.fields import asked_settings
from cnnlab.ui.training.launch.schedule import asked_schedule, choice_of

LESSON_SIZE = 64


def asked_training() -> RunSpec:
    """Return the training that the form asks for, with this visitor's augmentation, on whatever page he is."""
    mine, data = shared(), current_data()
    spec = RunSpec(
        name=text(RUN_NAME.name, LONGEST_NAME).strip() or data.name,
        network=mine.network if mine.trunk else mine.network.with_sides(*asked_size()),
        trunk=mine.trunk,
        data=mine.data.reference,
        data_name=data.name,
        augmentation=mine.augment.augmentation,
        classes=mine.data.classes,
        threads=settings().threads,
        **asked_settings(),
    )
    return replace(spec, schedule=asked_schedule(spec))


def asked_size() -> tuple[int, ...]:
    """Return the height and width that the form asks for, in pixels.

    One for sequences keeps its length. A network that is not square keeps its own, or their ratio where a side is
    longer than the form offers. A trunk has its own.
    """
    if (trunk := shared().trunk) is not None:
        return trunk.input_shape[:2]
    if shared().network.rank == 1:
        return shared().network.input_shape[:1]
    height, width, _ = shared().network.picture_shape
    if height != width:
        smaller = min(1.0, LARGEST_SIDE / max(height, width))
        return max(1, round(height * smaller)), max(1, round(width * smaller))
    usual = max(SMALLEST_SIDE, min(LESSON_SIZE, height))
    asked = kept_training().get("image_size") if is_locked(TRAIN, "image_size") else IMAGE_SIZE.get()
    side = int(number(asked, SMALLEST_SIDE, LARGEST_SIDE, usual))
    return side, side


def take_settings_of(spec: RunSpec) -> str:
    """Put what a run was made from on the page, so that it can be changed and started again; say what stays out.

    Its data set comes along if this visitor could choose it too.
    """
    mine = shared()
    if spec.trunk is None:
        mine.change_network(spec.network)
    else:
        if at_work() is not None:
            return "An exercise is for networks of one's own, and this run stands on a borrowed trunk."
        if problem := trunk_problem(spec.trunk, spec.network, settings().home):
            return problem
        mine.borrow(spec.trunk, spec.network)
    refused = ""
    if not choose(spec.data):
        refused = f"The data set of this run, {spec.data_name}, is not offered to you; yours stays chosen."
    if not refused:
        mine.data = mine.data.ordered(spec.data, spec.classes)
    augmented = augments(spec.augmentation)
    if augmented or only_rescaled(mine.augment.augmentation) != spec.augmentation:
        mine.augment = mine.augment.using(spec.augmentation)
    st.session_state.update(
        {s.name: getattr(spec, s.name) if s.belongs_to(spec.optimizer) else s.offered for s in ASKED},
        **choice_of(spec.schedule),
    )
    if spec.network.rank == 2 and spec.trunk is None:
        IMAGE_SIZE.set(max(SMALLEST_SIDE, min(LARGEST_SIDE, spec.network.input_shape[0])))
    AUGMENT.set(augmented)
    RUN_NAME.set(spec.name)
    return refused


def take_form(asked: Mapping[str, Any]) -> None:
    """Put settings into the form by their names; those that are missing or not allowed become what it begins with."""
    st.session_state.update(
        {s.name: s.taken(asked[s.name]) if s.name in asked else s.offered for s in ASKED}, **choice_of(None)
    )
    IMAGE_SIZE.set(int(number(asked.get("image_size"), SMALLEST_SIDE, LARGEST_SIDE, LESSON_SIZE)))
    AUGMENT.set(bool(asked.get("augment", AUGMENT.default)))
    RUN_NAME.set(RUN_NAME.default)
    START_PAUSED.set(START_PAUSED.default)
