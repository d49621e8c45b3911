"""Draw one training: where it stands, what ails it, its curves while they grow, and a stop that works."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

import streamlit as st

from cnnlab.core.evaluate import half_width
from cnnlab.core.explain import describe_shape
from cnnlab.core.reported import Reported, reported
from cnnlab.runs.engine import describe_place
from cnnlab.runs.events import Event, settled
from cnnlab.runs.health import remarks
from cnnlab.runs.progress import Progress, progress_of
from cnnlab.runs.queue import Place, describe_wait, places
from cnnlab.runs.record import Run, RunError, State
from cnnlab.ui.compare import compare_view
from cnnlab.ui.evaluation import evaluation_view
from cnnlab.ui.experiments import COMPARE
from cnnlab.ui.keepsakes import take_along
from cnnlab.ui.plot import plot
from cnnlab.ui.probe import probe_view
from cnnlab.ui.run_controls import go_on, steer
from cnnlab.ui.services import engine, store
from cnnlab.ui.state import shared
from cnnlab.viz.curves import learning_curves

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
CURVES, PICTURE, WRONG = "Curves", "My picture", "Where is it wrong?"
PARTS = (CURVES, PICTURE, WRONG, COMPARE)


def choose_run() -> str | None:
    """Draw the list of runs, newest first, and return the chosen one's id; the address bar keeps it."""
    runs = store().runs(200)
    if not runs:
        st.html(
            '<p class="quiet">No training yet. Press <b>Start training</b>: the curves appear here, and they stay '
            "when you leave the page, close the browser or restart the server.</p>"
        )
        return None
    labels = {run.id: label(run) for run in runs}
    mine = shared()
    asked = st.query_params.get("run") or mine.run_id
    mine.run_id = asked if asked in labels else runs[0].id
    if st.query_params.get("run") != mine.run_id:
        st.query_params["run"] = mine.run_id
    st.session_state["run_choice"] = mine.run_id
    return st.selectbox(
        "Run",
        list(labels),
        key="run_choice",
        label_visibility="collapsed",
        format_func=lambda run_id: labels.get(run_id, run_id),
        on_change=lambda: st.query_params.update(run=st.session_state["run_choice"]),
    )


def label(run: Run) -> str:
    """Return how a run is listed: its name, whose it is, and when it was launched."""
    launched = datetime.fromtimestamp(run.created).strftime("%d %b %H:%M:%S")
    return ", ".join(filter(None, (run.spec.name, run.nickname, launched)))


@dataclass
class Watched:
    """Keep the events of a run that this visitor has read so far."""

    run_id: str
    offset: int = 0
    events: list[Event] = field(default_factory=list)


def _events(run_id: str) -> list[Event]:
    watched: Watched | None = st.session_state.get("watched")
    if watched is None or watched.run_id != run_id:
        watched = st.session_state["watched"] = Watched(run_id)
    new, watched.offset = store().read_events(run_id, watched.offset)
    if new:
        watched.events = settled([*watched.events, *new])
    return watched.events


def run_view(run_id: str) -> None:
    """Draw one run; while it is active the view refreshes itself every second, and nothing else on the page."""
    try:
        active = not store().get(run_id).is_terminal
    except RunError as error:
        st.error(str(error))
        return
    st.fragment(_watch, run_every=POLL_SECONDS if active else None)(run_id, active)


def _watch(run_id: str, was_active: bool) -> None:
    try:
        engine().state(run_id)
        run = store().get(run_id)
    except RunError:
        st.rerun()
    if was_active == run.is_terminal or st.session_state.pop("redraw_page", False):
        st.rerun()
    events = _events(run_id)
    progress = progress_of(events, run.spec.epochs)
    _status(run, progress, events)
    if run.is_terminal:
        go_on(run, len(_ended(events)))
    part = st.segmented_control(
        "Show",
        PARTS,
        default=CURVES,
        key="run_part",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    if part == PICTURE:
        probe_view(run, _classes(events))
    elif part == WRONG:
        evaluation_view(run)
    elif part == COMPARE:
        compare_view(run, label)
    else:
        _curves(run, events)
        _remarks(events)
    if run.is_terminal:
        take_along(run, events)


def _classes(events: Sequence[Event]) -> tuple[str, ...]:
    return next((tuple(e["classes"]) for e in events if e["type"] == "start"), ())


def _curves(run: Run, events: Sequence[Event]) -> None:
    if any(e["type"] in ("batch", "epoch") for e in events):
        start: Event = next((e for e in events if e["type"] == "start"), {})
        samples = int(start.get("validation_samples", 0))
        with st.container(key="loss_curve"):
            log_loss = bool(st.session_state.get("log_loss", False))
            figure = learning_curves(
                events, run.spec.epochs, log_loss=log_loss, validation_samples=samples, band=_reported(run, start)
            )
            plot("learning_curves", figure, _alt(events))
        st.toggle("Loss on a log scale", key="log_loss", persist_state="session")
        if samples and (ended := _ended(events)):
            bars = half_width(ended[-1]["val_accuracy"] or 0.0, samples)
            st.html(
                f'<p class="quiet">The bars are 95 % intervals: with {samples:,} validation pictures the accuracy is '
                f"known to ± {bars * 100:.1f} points.</p>"
            )
    elif run.state == State.FAILED:
        _log_tail(run)


def _reported(run: Run, start: Event) -> Reported | None:
    spec = run.spec
    counts, validation_counts = start.get("counts", ()), start.get("validation_counts", ())
    return reported(
        spec.network, spec.augmentation, spec.optimizer, start.get("classes", ()), counts, validation_counts
    )


def _status(run: Run, progress: Progress, events: Sequence[Event]) -> None:
    spec = run.spec
    with st.container(key="run_status"):
        st.html(
            f'<div class="heading"><h2 class="small">{escape(spec.name)}</h2><p><b>{SAID[run.state]}</b> '
            f"{escape(run.message or '')}</p>"
            f'<p class="quiet">{escape(spec.data_name)}, input {describe_shape(spec.network.input_shape)}, batch size '
            f"{spec.batch_size}, {spec.optimizer} at {spec.learning_rate:g}, seed {spec.seed}"
            f"{_made_with(run, events)}</p></div>{_numbers(events)}"
        )
    if not run.is_terminal:
        if run.state == State.QUEUED:
            waiting = tuple(queued.id for queued in store().in_state(State.QUEUED))
            place = _places(waiting).get(run.id, Place(1, None))
            st.html(f"<p>{describe_wait(place)} It starts by itself; you may leave this page.</p>")
        else:
            st.progress(progress.fraction, text=_progress_text(progress))
        steer(run)


def _made_with(run: Run, events: Sequence[Event]) -> str:
    """Return the loss, and which device of which machine trains, once they are known."""
    start: Event = next((e for e in reversed(events) if e["type"] == "start"), {})
    loss = f", {start['loss']}" if "loss" in start else ""
    verb = "Trained" if run.is_terminal else "Trains"
    place = describe_place(run.spec.threads, start.get("device"), run.node)
    return f"{loss}. {verb} {escape(place)}." if place else f"{loss}."


@st.cache_data(ttl=2.0, show_spinner=False)
def _places(waiting: tuple[str, ...]) -> dict[str, Place]:
    """Return where each of these runs waits; asked by everybody every second."""
    found = places(store(), engine().capacity().slots)
    return {run_id: found[run_id] for run_id in waiting if run_id in found}


def _remarks(events: Sequence[Event]) -> None:
    found = remarks(events)
    if found:
        lines = "".join(
            f'<div class="notice"><b>{escape(r.found)}</b> {escape(r.cause)} {escape(r.remedy)}</div>' for r in found
        )
        st.html(f'<div role="status" class="remarks">{lines}</div>')


def _progress_text(progress: Progress) -> str:
    if progress.epoch == 0:
        return "TensorFlow is starting; the first numbers come in a few seconds."
    where = f"epoch {progress.epoch} of {progress.epochs}, batch {progress.batch} of {progress.batches}"
    if progress.seconds_left is None:
        return where
    return f"{where}, about {_duration(progress.seconds_left)} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def _ended(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event["type"] == "epoch"]


def _numbers(events: Sequence[Event]) -> str:
    if not (ended := _ended(events)):
        return ""
    last = ended[-1]
    shown = [
        (said, _shown(last[key], form))
        for said, key, form in (
            ("validation accuracy", "val_accuracy", ".1%"),
            ("training accuracy", "accuracy", ".1%"),
            ("validation loss", "val_loss", ".3f"),
            ("training loss", "loss", ".3f"),
        )
    ]
    if pace := _pictures_a_second(events):
        shown.append(("pictures a second", pace))
    cells = "".join(
        f'<div><span class="quiet">{said}</span><div class="big-number">{text}</div></div>' for said, text in shown
    )
    return f'<div class="numbers">{cells}</div>'


def _pictures_a_second(events: Sequence[Event]) -> str:
    """Return how fast the last whole epoch was trained, validation left out."""
    start: Event = next((e for e in reversed(events) if e["type"] == "start"), {})
    whole = next((e for e in reversed(events) if e["type"] == "batch" and e["batch"] == e["batches"]), None)
    if whole is None or "samples" not in start or not whole["seconds"]:
        return ""
    return f"{start['samples'] / whole['seconds']:,.0f}"


def _alt(events: Sequence[Event]) -> str:
    if not (ended := _ended(events)):
        return "Learning curves; the first epoch has not ended yet."
    last = ended[-1]
    return (
        f"Learning curves after epoch {last['epoch']}: training loss {_shown(last['loss'], '.3f')}, validation loss "
        f"{_shown(last['val_loss'], '.3f')}, training accuracy {_shown(last['accuracy'], '.1%')}, validation accuracy "
        f"{_shown(last['val_accuracy'], '.1%')}."
    )


def _shown(value: float | None, form: str) -> str:
    """Return a metric as text; the record holds None for what was infinite or not a number."""
    return "not a number" if value is None else format(value, form)


def _log_tail(run: Run) -> None:
    path = store().folder(run.id) / "worker.log"
    if path.exists():
        with st.expander("The end of its log"):
            st.code("\n".join(path.read_text(errors="replace").splitlines()[-30:]), language=None)
