"""Draw one training: where it stands, what ails it, its curves while they grow, and a stop that works."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from cnnlab.core.classroom.handles import TRAIN
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.network.layers.kind import SEEN
from cnnlab.core.teach.brief import describe_shape, loss_text, metric_text
from cnnlab.core.training.story import Event, Story
from cnnlab.core.words.numbers import percent
from cnnlab.processes.home.faults import home_problem
from cnnlab.runs.engine.capacity import describe_place
from cnnlab.runs.engine.queue import Place, describe_wait, places
from cnnlab.runs.record import RECORDED, Run, RunError, RunSpec, State
from cnnlab.runs.record.by_hand import told_by_hand
from cnnlab.runs.record.progress import Progress, progress_of
from cnnlab.runs.record.settings import SETTINGS
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.recorded import recorded
from cnnlab.ui.explain.epochs import explained_epochs
from cnnlab.ui.parts.faults import faults_said, notice
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_hidden
from cnnlab.ui.session.keys import COMPARE, HEALTH, PICTURE, REDRAW_PAGE, RUN_PART, RUN_PARTS, WRONG
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import engine, runs, settings, store
from cnnlab.ui.training.launch.range_test import range_view
from cnnlab.ui.training.run.amounts import amounts_view, one_a_series, series_goes_on
from cnnlab.ui.training.run.compare import compare_by_address, compare_view, compared_go_on, leave_comparison
from cnnlab.ui.training.run.controls import go_on, steer
from cnnlab.ui.training.run.curves import curves_view
from cnnlab.ui.training.run.evaluation import evaluation_view
from cnnlab.ui.training.run.followed import followed_view
from cnnlab.ui.training.run.health import health_view, remarks_on
from cnnlab.ui.training.run.keepsakes import take_along
from cnnlab.ui.training.run.names import run_labels
from cnnlab.ui.training.run.probe import probe_view
from cnnlab.ui.training.run.test_split import test_view
from cnnlab.ui.trunks.literature import literature
from cnnlab.viz.html import NOTHING, Html, aside, bold, heading, paragraph, quiet, tag

POLL_SECONDS = 1.0
SAID = {
    State.QUEUED: "waiting for its turn",
    State.STARTING: "starting TensorFlow",
    State.RUNNING: "running",
    State.PAUSED: "paused",
    State.FINISHED: "finished",
    State.STOPPED: "stopped",
    State.FAILED: "failed",
    State.LOST: "lost",
}
MY_SEQUENCE = "My sequence"
ELSEWHERE = {"epochs", "batch_size", "optimizer", "learning_rate", "schedule", "loss", "seed", "threads"}
"""Settings that the heading of a run always names, in words of its own."""


def choose_run() -> str:
    """Draw the list of runs, newest first, then the recorded one; return the id of the chosen one.

    The address bar keeps it. While the runs of the home cannot be read there is only the recorded one, and what was
    chosen stays for later.
    """
    with faults_said():
        known = store().runs(200)
        place = st.container()
        if not known:
            stay = ": its curves appear here, and they stay when you leave the page or restart the server."
            with place, st.container(key="no_run_yet"):
                press = () if is_hidden(TRAIN, "start") else ("Press ", bold("Start training"), stay)
                show_html(quiet("No training yet. ", *press))
        compare_by_address({run.id for run in known} | {RECORDED})
        asked = st.query_params.get("run") or shared().run_id
        return _choose_of([*one_a_series(known, asked), recorded()])
    return RECORDED


def _choose_of(offered: Sequence[Run]) -> str:
    labels = run_labels(offered)
    mine = shared()
    asked = st.query_params.get("run") or mine.run_id
    mine.run_id = asked if asked in labels else offered[0].id
    if st.query_params.get("run") != mine.run_id:
        st.query_params["run"] = mine.run_id
    st.session_state["run_choice"] = mine.run_id
    return st.selectbox(
        "Run",
        list(labels),
        key="run_choice",
        label_visibility="collapsed",
        format_func=lambda run_id: labels.get(run_id, run_id),
        on_change=lambda: st.query_params.update(run=chosen("run_choice", labels, mine.run_id)),
    )


@dataclass
class Watched:
    """Keep what this visitor has read of a run so far."""

    run_id: str
    offset: int = 0
    story: Story = field(default_factory=Story)


def _story(run_id: str) -> Story:
    watched: Watched | None = st.session_state.get("watched")
    if watched is None or watched.run_id != run_id:
        watched = st.session_state["watched"] = Watched(run_id)
    new, watched.offset = runs().read_events(run_id, watched.offset)
    watched.story.hear(new)
    return watched.story


def run_view(run_id: str) -> None:
    """Draw one run; while one that is shown goes on the view refreshes itself every second, and nothing else does."""
    try:
        drawn = _going_on(runs().get(run_id))
    except StoreFault:
        raise
    except RunError as error:
        refuse(error)
        return
    st.fragment(_watch, run_every=POLL_SECONDS if any(drawn) else None)(run_id, drawn)


def _going_on(run: Run) -> tuple[bool, bool]:
    """Tell whether the run itself goes on, and whether one that it is being compared with does."""
    comparing = RUN_PART.get() == COMPARE and not run.spec.range_test
    return not run.is_terminal, series_goes_on(run) or (comparing and compared_go_on())


def _watch(run_id: str, drawn: tuple[bool, bool]) -> None:
    with faults_said():
        _draw(run_id, drawn)


def _draw(run_id: str, drawn: tuple[bool, bool]) -> None:
    try:
        run = runs().get(run_id)
        if not run.is_terminal:
            engine().state(run_id)
    except StoreFault:
        raise
    except RunError:
        st.rerun()
    if drawn != _going_on(run) or REDRAW_PAGE.take():
        st.rerun()
    story = _story(run_id)
    progress = progress_of(story, run.spec.epochs)
    with st.container():
        amounts_view(run)
    _status(run, progress, story)
    if run.is_terminal:
        go_on(run, story)
    if run.spec.range_test:
        range_view(run, story)
    else:
        _parts(run, story)
    if run.spec.test_split:
        test_view(run)
    if run.is_terminal:
        take_along(run, story)


def _parts(run: Run, story: Story) -> None:
    part = st.segmented_control(
        "Show",
        RUN_PARTS,
        default=RUN_PART.default,
        key=RUN_PART.name,
        format_func=lambda part: MY_SEQUENCE if part == PICTURE and run.spec.network.rank == 1 else part,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    if part != COMPARE:
        leave_comparison()
    if part == PICTURE and run.spec.network.rank == 1:
        followed_view(run, story)
    elif part == PICTURE:
        probe_view(run, tuple(story.first_start.get("classes", ())))
        explained_epochs(run)
    elif part == WRONG:
        evaluation_view(run)
    elif part == HEALTH:
        health_view(run, story)
    elif part == COMPARE:
        compare_view(run)
    else:
        curves_view(run, story)
        remarks_on(story, run.spec)
        if run.spec.trunk is not None:
            literature(story)


def _status(run: Run, progress: Progress, story: Story) -> None:
    spec = run.spec
    with st.container(key="run_status"):
        steps = _steps(spec) + told_by_hand(story)
        made = (
            f"{spec.data_name}, input {describe_shape(spec.input_shape)}, batch size {spec.batch_size}, "
            f"{steps}, seed {spec.seed}{_made_with(run, story)}"
        )
        state = paragraph(_recorded(spec) if run.is_recorded else bold(SAID[run.state]), f" {run.message or ''}")
        show_html(
            tag("div", heading(spec.name), state, quiet(made), class_="heading"), _numbers(story, spec.network.rank)
        )
    if not run.is_terminal:
        if problem := home_problem(settings().home):
            notice(problem)
        if run.state == State.QUEUED:
            waiting = tuple(queued.id for queued in store().in_state(State.QUEUED))
            place = _places(waiting).get(run.id, Place(1, None))
            show_html(paragraph(f"{describe_wait(place)} It starts by itself; you may leave this page."))
        else:
            st.progress(_fraction(progress, story.preparing), text=_progress_text(progress, run.state, story.preparing))
        steer(run, story)


def _recorded(spec: RunSpec) -> Html:
    made = f"{spec.epochs} epochs on the {spec.data_name}, {counted(spec.threads, 'thread')} of an ordinary machine"
    return bold(f"Recorded run, {made}. It comes with CNN Lab, and nobody can change it.")


def _steps(spec: RunSpec) -> str:
    """Return in words how far the steps of a training go, and what else was set."""
    if spec.range_test:
        return f"{spec.optimizer} with a rising learning rate"
    steps = f"{spec.optimizer} at {spec.learning_rate:g}"
    if spec.schedule is not None:
        steps += f" with {spec.schedule}"
    others = [s for s in SETTINGS if s.name not in ELSEWHERE and getattr(spec, s.name) != s.default]
    return ", ".join([steps, *(f"{s.said} {s.text(getattr(spec, s.name))}" for s in others)])


def _made_with(run: Run, story: Story) -> str:
    """Return the loss, and which device of which machine trains, once they are known."""
    start = story.last_start
    loss = f", {start['loss']}" if "loss" in start else ""
    verb = "Trained" if run.is_terminal else "Trains"
    place = describe_place(run.spec.threads, start.get("device"), run.node)
    return f"{loss}. {verb} {place}." if place else f"{loss}."


@st.cache_data(ttl=2.0, show_spinner=False)
def _places(waiting: tuple[str, ...]) -> dict[str, Place]:
    """Return where each of these runs waits; asked by everybody every second."""
    found = places(store(), engine().capacity().slots)
    return {run_id: found[run_id] for run_id in waiting if run_id in found}


def _fraction(progress: Progress, preparing: Event | None) -> float:
    """Return how much is done, before the first batch of what is prepared for it."""
    if progress.epoch == 0 and preparing is not None and preparing["total"]:
        return min(1.0, float(preparing["done"] / preparing["total"]))
    return progress.fraction


def _progress_text(progress: Progress, state: State, preparing: Event | None) -> str:
    if progress.epoch == 0 and state == State.PAUSED:
        return "Paused before the first batch; it goes on when you say so."
    if progress.epoch == 0:
        if preparing is not None:
            said = f"Making {preparing['what']}: {preparing['done']:,} of {preparing['total']:,}"
            return f"{said}. They are kept, so the next training on them begins at once."
        return "TensorFlow is starting; the first numbers come in a few seconds."
    where = f"epoch {progress.epoch} of {progress.epochs}, batch {progress.batch} of {progress.batches}"
    if progress.seconds_left is None:
        return where
    return f"{where}, about {_duration(progress.seconds_left)} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def _numbers(story: Story, rank: int) -> Html:
    if not story.epochs:
        return NOTHING
    last = story.epochs[-1]
    shown = [
        (said, metric_text(last[key], write))
        for said, key, write in (
            ("validation accuracy", "val_accuracy", percent),
            ("training accuracy", "accuracy", percent),
            ("validation loss", "val_loss", loss_text),
            ("training loss", "loss", loss_text),
        )
    ]
    if pace := _samples_a_second(story):
        shown.append((f"{SEEN[rank]}s a second", pace))
    cells = (tag("div", aside(said), tag("div", text, class_="big-number")) for said, text in shown)
    return tag("div", *cells, class_="numbers")


def _samples_a_second(story: Story) -> str:
    """Return how fast the last whole epoch was trained, validation left out."""
    start = story.last_start
    whole = next((e for e in reversed(story.batches) if e["batch"] == e["batches"]), None)
    if whole is None or "samples" not in start or not whole["seconds"]:
        return ""
    return f"{start['samples'] / whole['seconds']:,.0f}"
