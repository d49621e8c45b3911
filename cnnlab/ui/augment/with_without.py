"""Launch two trainings that differ only in augmentation, and go to their comparison."""

from dataclasses import replace

import streamlit as st

from cnnlab.core.augment import augments
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.shapes import check
from cnnlab.runs.record import RunError, RunSpec, pick_loss, problems
from cnnlab.ui.data.current import classes_of
from cnnlab.ui.parts.faults import notice
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import go
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import Shared
from cnnlab.ui.session.keys import COMPARE, COMPARED, RUN_PART
from cnnlab.ui.session.services import settings
from cnnlab.ui.training.launch.asked import asked_training
from cnnlab.ui.training.launch.exercise import room_for
from cnnlab.ui.training.launch.submit import launch, without_augmentation
from cnnlab.viz.html import quiet


def with_and_without(mine: Shared) -> None:
    """Draw what both trainings share, and the button that launches them."""
    spec = asked_training()
    bare = replace(without_augmentation(spec), name=f"{spec.name}, not augmented")
    height, width, _ = spec.network.picture_shape
    show_html(
        quiet(
            f"Two trainings on {spec.data_name} at {height} × {width}, {spec.epochs} epochs, batch size "
            f"{spec.batch_size}, seed {spec.seed}: the same weights at the start, the same order of pictures. Only the "
            "augmentation differs. What you set on the training page holds for both."
        )
    )
    problem = _problem(spec)
    same = not augments(spec.augmentation)
    with st.container(key="start_both"):
        clicked = st.button("Train with and without", type="primary", disabled=same or problem is not None)
    if same:
        show_html(quiet("Set some augmentation first; now both would be the same training."))
    if problem is not None:
        notice(problem)
    if clicked and not same and problem is None:
        _launch(mine, replace(spec, name=f"{spec.name}, augmented"), bare)


def _problem(spec: RunSpec) -> str | None:
    """Return in one sentence why these trainings cannot be launched, or None."""
    impossible = check(spec.network)
    if impossible is not None:
        return f"At this size the network cannot exist. {impossible}"
    try:
        pick_loss(spec.network, len(classes_of(spec.data)), spec.loss)
    except (RunError, DataSetError) as error:
        return str(error)
    return problems(spec, settings())


def _launch(mine: Shared, augmented: RunSpec, bare: RunSpec) -> None:
    """Queue both and show them side by side on the training page."""
    try:
        room_for([augmented, bare])
        runs = [launch(augmented), launch(bare)]
    except RunError as error:
        refuse(error)
        return
    mine.run_id = runs[0]
    COMPARED.set(runs)
    RUN_PART.set(COMPARE)
    go("training")
