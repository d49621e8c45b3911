"""Lay runs over one another, and put what differs in their settings first."""

from collections.abc import Container

import streamlit as st

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.training.answers import compared_with_chance
from cnnlab.core.training.story import Story
from cnnlab.core.trunks.rows import Counts, counts, rows_of
from cnnlab.core.trunks.trunk import TrunkError
from cnnlab.core.words.numbers import percent
from cnnlab.runs.judge.compare import Row, differences, results, told_by_difference
from cnnlab.runs.judge.repeats import judged, missing_repeats
from cnnlab.runs.record import ACTIVE, Run, RunError, RunSpec, State
from cnnlab.runs.record.test_split import is_sealed, opened_answers
from cnnlab.runs.store.recorded import recorded
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import services
from cnnlab.ui.session.keys import BY_TIME, COMPARE, COMPARED, LOG_LOSS, RUN_PART, SMOOTH
from cnnlab.ui.training.launch.exercise import room_for
from cnnlab.ui.training.launch.submit import launch
from cnnlab.ui.training.run.names import run_labels
from cnnlab.viz.html import Html, column_head, heading, line, number_cell, paragraph, quiet, table, tag
from cnnlab.viz.palette import RUN_COLORS
from cnnlab.viz.training.curves import compared_curves

MOST = 8
ADDRESS, LONGEST = "compare", 400  # in the address, and how much of it is read
_READ = "compare_read"
SMOOTHED = (
    "Strong lines are smoothed validation, faint ones smoothed training: each point is 0.4 of its epoch and 0.6 of "
    "what was before. The thin lines are the validation as it was; the rings are its lowest and its highest point, "
    "which smoothing would hide."
)


def compared_go_on() -> bool:
    """Tell whether any of the runs that this visitor has chosen to compare has not ended yet."""
    chosen = set(COMPARED.get())
    return any(run.id in chosen for run in services.store().in_state(State.QUEUED, *ACTIVE))


def compare_view(run: Run) -> None:
    """Draw the choice of runs, their curves over one another, and the table."""
    offered = {known.id: known for known in (*services.store().runs(200), recorded()) if not known.spec.range_test}
    labels = run_labels(list(offered.values()))
    chosen = [i for i in COMPARED.get() if i in offered]
    COMPARED.set((chosen if run.id in chosen else [run.id, *chosen])[:MOST])
    st.multiselect(
        "Runs",
        list(offered),
        key=COMPARED.name,
        format_func=lambda run_id: labels.get(run_id, run_id),
        max_selections=MOST,
        persist_state="session",
    )
    runs = [offered[i] for i in COMPARED.get() if i in offered]
    if len(runs) < 2:
        show_html(quiet("Choose another run to compare with."))
    told = [story_of(known) for known in runs]
    names = list(told_apart(told_by_difference(runs)).values())
    st.query_params[ADDRESS] = st.session_state[_READ] = ",".join(known.id for known in runs)
    figure = compared_curves(
        [(n, e, r.spec.epochs) for n, e, r in zip(names, told, runs, strict=True)],
        log_loss=LOG_LOSS.get(),
        by_time=BY_TIME.get() is True,
        smooth=SMOOTH.get() is True,
    )
    with st.container(key="compared_curves"):
        plot(
            "compared_lines",
            figure,
            f"Validation and training curves of {', '.join(names)}; the table has the numbers.",
        )
    show_html(quiet(SMOOTHED if SMOOTH.get() is True else "Strong lines are validation, faint ones training."))
    with st.container(horizontal=True, key="compare_how"):
        st.toggle("Against time instead of epochs", key=BY_TIME.name, persist_state="session")
        st.toggle("Smooth the curves", key=SMOOTH.name, persist_state="session")
    _is_it_real(runs, told, names)
    came_out = results(runs, told, [_counted(known) for known in runs])
    _table(names, differences([known.spec for known in runs]), [*came_out, *_tests(runs)])


def _counted(run: Run) -> Counts | None:
    """Return the parameters of a run's trunk, None if it has none or it is gone."""
    trunk = run.spec.trunk
    try:
        return None if trunk is None else counts(trunk, rows_of(trunk, services.settings().home))
    except TrunkError:
        return None


def _tests(runs: list[Run]) -> list[Row]:
    """Return the line of the tests that were opened, if any run has one."""
    if not any(run.spec.test_split for run in runs):
        return []
    return [Row("test accuracy", tuple(_tested(run) for run in runs))]


def _tested(run: Run) -> str:
    folder = services.runs().folder(run.id)
    if not (run.spec.test_split and run.is_terminal):
        return "–"
    if is_sealed(folder):
        return "sealed"
    answers = opened_answers(folder)
    return "–" if answers is None else percent(compared_with_chance(answers).accuracy)


def compare_by_address(offered: Container[str]) -> None:
    """Compare the runs that the address names, the first time that it does; others are left out."""
    asked = st.query_params.get(ADDRESS, "")[:LONGEST]
    if asked and st.session_state.get(_READ) != asked:
        st.session_state[_READ] = asked
        found = [run_id for run_id in dict.fromkeys(asked.split(",")) if run_id in offered][:MOST]
        if len(found) > 1 and found != list(COMPARED.get()):
            COMPARED.set(found)
            RUN_PART.set(COMPARE)


def leave_comparison() -> None:
    """Let the address name no comparison while none is seen."""
    if ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def _is_it_real(runs: list[Run], told: list[Story], names: list[str]) -> None:
    """Say whether what is seen is more than chance, and offer repeats with other seeds."""
    if len(runs) < 2:
        return
    show_html(heading("Is this difference real?"))
    said = judged(runs, told, names) or ["Choose two kinds of trainings that have ended an epoch."]
    show_html(*(paragraph(sentence) for sentence in said))
    more = missing_repeats(runs)
    if more and len(runs) + len(more) <= MOST and all(not run.is_recorded for run in runs):
        st.button(
            f"Repeat with other seeds ({counted(len(more), 'training')})",
            key="repeat_seeds",
            on_click=_repeat,
            args=([run.id for run in runs], more),
            help="The same settings, other random numbers: how far the results lie apart is what chance does.",
        )
    if refused := st.session_state.pop("repeat_refused", ""):
        refuse(refused)


def _repeat(ids: list[str], trainings: tuple[RunSpec, ...]) -> None:
    try:
        room_for(trainings)
        started = [launch(training, follow=False) for training in trainings]
    except RunError as error:
        st.session_state["repeat_refused"] = str(error)
        return
    COMPARED.set([*ids, *started])


def story_of(run: Run) -> Story:
    """Return what a training has told; of one that has ended it is read once."""
    if run.finished is None:
        return services.runs().story(run.id)
    return _ended_story(run.id, run.finished)


@st.cache_data(max_entries=64, show_spinner=False)
def _ended_story(run_id: str, finished: float) -> Story:
    """Return the story of a run that has ended; it is read once for each end, not every second."""
    return services.runs().story(run_id)


def _table(names: list[str], differing: list[Row], came_out: list[Row]) -> None:
    colors = [f"border-bottom:3px solid {RUN_COLORS[i % len(RUN_COLORS)]}" for i in range(len(names))]
    heads = ("differs", *(column_head(name, style=color) for name, color in zip(names, colors, strict=True)))
    nothing = Row("settings", ("the same",) * len(names))
    lines = (*map(_line, differing or [nothing]), tag("tr", class_="rule"), *map(_line, came_out))
    with st.container(key="compare_table"):
        show_html(table("What differs between the runs, then what came out", heads, lines))


def _line(row: Row) -> Html:
    return line(row.name, *map(number_cell, row.values))
