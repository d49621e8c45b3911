"""Start with one press the trainings that tell how much data is needed."""

import secrets
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.amounts import SEEDS, SIZES, amount_trainings, fewer, per_class
from cnnlab.runs.record import RunError, RunSpec, State, problems
from cnnlab.ui.data.current import ordered
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import most_epochs
from cnnlab.ui.session.services import settings, store
from cnnlab.ui.session.visitor import me
from cnnlab.ui.training.launch.exercise import room_for
from cnnlab.ui.training.launch.submit import launch

TITLE = "How much data do you need?"
HELP = (
    "Your network and a borrowed trunk (EfficientNet-Lite0) learn from 20, 50, 100, 200, 400 … pictures with three "
    "seeds each, and are judged on the same validation pictures. They wait behind everybody's first training; three "
    "sizes and one seed while others wait."
)
TRUNK_SIZE = 160
REFUSED = "experiment_refused"


def amounts_button(spec: RunSpec) -> None:
    """Draw the button, for networks that look at pictures."""
    if spec.network.rank == 1:
        return
    st.button(
        TITLE,
        key="experiment_amounts",
        width="stretch",
        help=HELP,
        on_click=_start,
        args=(spec,),
    )


def _start(spec: RunSpec) -> None:
    try:
        trainings = _trainings(spec)
        for training in trainings:
            if problem := problems(training, settings()):
                raise RunError(problem)
        room_for(trainings)
        ids = [launch(training, follow=False) for training in trainings]
    except (RunError, DataSetError) as error:
        st.session_state[REFUSED] = str(error)
        return
    st.query_params["run"] = ids[0]


def _trainings(spec: RunSpec) -> tuple[RunSpec, ...]:
    data = ordered(spec.data)
    classes = len(data.classes)
    counts = per_class(SIZES, int(np.bincount(data.train.labels, minlength=classes).min()), classes)
    if not counts:
        raise RunError(f"Each class needs {SIZES[0] // classes} training pictures or more; bring a larger data set.")
    others_wait = any(run.owner != me() for run in store().in_state(State.QUEUED))
    counts, seeds = (fewer(counts), 1) if others_wait else (counts, SEEDS)
    network = spec.network if spec.trunk is None else shared().network
    trunk = spec.trunk or shipped(TRUNK_SIZE)
    made = amount_trainings(spec, network, trunk, counts, classes, seeds, secrets.token_hex(8))
    return tuple(replace(one, epochs=min(one.epochs, most_epochs())) for one in made)
