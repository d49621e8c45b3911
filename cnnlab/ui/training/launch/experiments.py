"""Draw the guided experiments: one click each, and the runs stand side by side."""

from collections.abc import Sequence

import streamlit as st

from cnnlab.core.words import plain
from cnnlab.runs.judge.experiments import EXPERIMENTS, Experiment, trainings_of
from cnnlab.runs.judge.sequence_experiments import SEQUENCE_EXPERIMENTS
from cnnlab.runs.record import RunError, RunSpec, problems
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import most_epochs
from cnnlab.ui.session.keys import COMPARE, COMPARED, RUN_PART
from cnnlab.ui.session.services import settings
from cnnlab.ui.training.launch.amounts import amounts_button
from cnnlab.ui.training.launch.exercise import room_for
from cnnlab.ui.training.launch.submit import launch
from cnnlab.viz.html import quiet


def experiments_panel(spec: RunSpec) -> None:
    """Draw one button an experiment, made from the settings above it."""
    with st.expander("Experiments"):
        show_html(quiet("Each starts trainings with your settings that differ in one thing."))
        for experiment in EXPERIMENTS if spec.network.rank == 2 else SEQUENCE_EXPERIMENTS:
            problem = experiment.problem(spec)
            st.button(
                experiment.title,
                key=f"experiment_{experiment.key}",
                width="stretch",
                disabled=problem is not None,
                help=f"{experiment.watch} {plain(problem or '')}".strip(),
                on_click=_start,
                args=(experiment, spec),
            )
        amounts_button(spec)
        if refused := st.session_state.pop("experiment_refused", ""):
            refuse(refused)


def _start(experiment: Experiment, spec: RunSpec) -> None:
    try:
        if problem := experiment.problem(spec):
            raise RunError(problem)
        launch_all(trainings_of(experiment, spec, most_epochs()))
    except RunError as error:
        st.session_state["experiment_refused"] = str(error)


def launch_all(trainings: Sequence[RunSpec]) -> None:
    """Queue trainings that belong together and lay them over one another; raise `RunError` if one is not taken."""
    for training in trainings:
        # All or none: half an experiment answers nothing.
        if problem := problems(training, settings()):
            raise RunError(problem)
    room_for(trainings)
    runs = [launch(training) for training in trainings]
    st.query_params["run"] = runs[0]
    COMPARED.set(runs)
    if len(runs) > 1:
        RUN_PART.set(COMPARE)
