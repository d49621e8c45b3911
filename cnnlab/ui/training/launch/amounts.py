"""Start with one press the trainings that tell how much data is needed."""

import secrets
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.amounts import HEAD_EPOCHS, SEEDS, SIZES, amount_trainings, fewer, fitting, per_class
from cnnlab.runs.record import RunError, RunSpec, State, problems
from cnnlab.ui.data.current import ordered
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import at_work, most_epochs
from cnnlab.ui.session.services import settings, store
from cnnlab.ui.session.visitor import me
from cnnlab.ui.training.launch.exercise import room_for, trainings_left
from cnnlab.ui.training.launch.submit import launch_each
from cnnlab.viz.html import quiet

TITLE = "How much data do you need?"
HELP = (
    "Your network and a borrowed trunk (EfficientNet-Lite0) learn from 20, 50, 100, 200, 400 … pictures with three "
    "seeds each, and are judged on the same validation pictures. Your network trains for the epochs set above, the "
    f"head on the trunk for {HEAD_EPOCHS}, which take a few seconds. They wait behind everybody's first training; "
    "three sizes and one seed while others wait."
)
IN_EXERCISE = (
    "Your network learns from 20, 50, 100, 200, 400 … pictures, with as many sizes and seeds as the exercise leaves "
    "trainings, and is judged on the same validation pictures."
)
TRUNK_SIZE = 160
FEWEST = 2  # trainings that answer anything
REFUSED = "experiment_refused"


def amounts_button(spec: RunSpec) -> None:
    """Draw the button, for networks that look at pictures; in an exercise, how large a series it leaves room for."""
    if spec.network.rank == 1:
        return
    left = trainings_left()
    pressed = st.button(
        TITLE,
        key="experiment_amounts",
        width="stretch",
        help=HELP if at_work() is None else IN_EXERCISE,
        disabled=left is not None and left < FEWEST,
    )
    if pressed:
        _start(spec)  # here and not before the page is drawn, so that its progress stands below the button
    if left is not None and left < SEEDS * len(SIZES):
        show_html(quiet(_said_of_room(left)))


def _said_of_room(left: int) -> str:
    leaves = f"The exercise leaves {counted(left, 'training')}"
    if left < FEWEST:
        return f"{leaves}, and the question how much data is needed takes {FEWEST} or more."
    return f"{leaves}, so fewer sizes are asked for, with one seed."


def _start(spec: RunSpec) -> None:
    try:
        trainings = _trainings(spec)
        for training in trainings:
            if problem := problems(training, settings()):
                raise RunError(problem)
        room_for(trainings)
        ids = launch_each(trainings, follow=False)
    except (RunError, DataSetError) as error:
        st.session_state[REFUSED] = str(error)
        return
    st.query_params["run"] = ids[0]
    st.rerun()


def _trainings(spec: RunSpec) -> tuple[RunSpec, ...]:
    """Return the trainings of a series; an exercise is for the own network, and may leave fewer."""
    data = ordered(spec.data)
    classes = len(data.classes)
    counts = per_class(SIZES, int(np.bincount(data.train.labels, minlength=classes).min()), classes)
    if not counts:
        raise RunError(f"Each class needs {SIZES[0] // classes} training pictures or more; bring a larger data set.")
    others_wait = any(run.owner != me() for run in store().in_state(State.QUEUED))
    counts, seeds = (fewer(counts), 1) if others_wait else (counts, SEEDS)
    alone = at_work() is not None
    left = trainings_left()
    counts, seeds = fitting(counts, seeds, left, 1 if alone else 2)
    if not counts:
        raise RunError(_said_of_room(left or 0))
    network = spec.network if spec.trunk is None else shared().network
    trunk = spec.trunk or shipped(TRUNK_SIZE)
    made = amount_trainings(spec, network, trunk, counts, classes, seeds, secrets.token_hex(8))
    wanted = (one for one in made if one.trunk is None or not alone)
    return tuple(replace(one, epochs=min(one.epochs, most_epochs())) for one in wanted)
