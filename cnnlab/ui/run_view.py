"""Draw one training: where it stands, its curves while they grow, and a stop that works."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

import streamlit as st

from cnnlab.core.explain import describe_shape
from cnnlab.runs.events import Event
from cnnlab.runs.progress import Progress, progress_of
from cnnlab.runs.record import Run, RunError, State
from cnnlab.ui.pages import go
from cnnlab.ui.plot import plot
from cnnlab.ui.services import engine, store
from cnnlab.ui.state import shared
from cnnlab.viz.curves import learning_curves

POLL_SECONDS = 1.0
SAID = {
    State.QUEUED: "waiting for its turn",
    State.STARTING: "starting TensorFlow",
    State.RUNNING: "running",
    State.FINISHED: "finished",
    State.STOPPED: "stopped",
    State.FAILED: "failed",
    State.LOST: "lost",
}


def choose_run() -> str | None:
    """Draw the list of runs, newest first, and return the chosen one's id; the address bar keeps it."""
    runs = store().runs(200)
    if not runs:
        st.html(
            '<p class="quiet">No training yet. Press <b>Start training</b>: the curves appear here, and they stay '
            "when you leave the page, close the browser or restart the server.</p>"
        )
        return None
    labels = {run.id: _label(run) for run in runs}
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
        format_func=lambda run_id: labels.get(run_id, run_id),
        on_change=lambda: st.query_params.update(run=st.session_state["run_choice"]),
    )


def _label(run: Run) -> str:
    started = datetime.fromtimestamp(run.created).strftime("%d %b %H:%M:%S")
    return f"{run.spec.name}, {started}"


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
    watched.events += new
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
    engine().state(run_id)
    run = store().get(run_id)
    if was_active and run.is_terminal:
        st.rerun()
    events = _events(run_id)
    progress = progress_of(events, run.spec.epochs)
    _status(run, progress, events)
    if any(e["type"] in ("batch", "epoch") for e in events):
        with st.container(key="loss_curve"):
            plot("learning_curves", learning_curves(events, run.spec.epochs), _alt(events))
    elif run.state == State.FAILED:
        _log_tail(run)
    if run.is_terminal:
        _take_along(run, events)


def _status(run: Run, progress: Progress, events: Sequence[Event]) -> None:
    spec = run.spec
    with st.container(key="run_status"):
        st.html(
            f'<div class="heading"><h2 class="small">{escape(spec.name)}</h2><p><b>{SAID[run.state]}</b> '
            f"{escape(run.message or '')}</p></div>"
            f'<p class="quiet">{escape(spec.data_name)}, input {describe_shape(spec.network.input_shape)}, batch size '
            f"{spec.batch_size}, {spec.optimizer} at {spec.learning_rate:g}, seed {spec.seed}, {spec.threads} "
            f"thread{'s' * (spec.threads != 1)}</p>{_numbers(events)}"
        )
    if not run.is_terminal:
        _progress(run, progress)


def _progress(run: Run, progress: Progress) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.state == State.QUEUED:
            waiting = [queued.id for queued in store().in_state(State.QUEUED)]
            place = waiting.index(run.id) + 1 if run.id in waiting else 1
            st.html(f"<p>Place {place} in the queue. It starts by itself; you may leave this page.</p>")
        else:
            st.progress(progress.fraction, text=_progress_text(progress))
        with st.container(key="stop_training", width="content"):
            stopping = store().stop_requested(run.id) is not None
            if st.button("Stopping…" if stopping else "Stop", disabled=stopping, key=f"stop_{run.id}"):
                engine().stop(run.id)
                st.rerun()


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
    cells = "".join(
        f'<div><span class="quiet">{said}</span><div class="big-number">{_shown(last[key], form)}</div></div>'
        for said, key, form in (
            ("validation accuracy", "val_accuracy", ".1%"),
            ("training accuracy", "accuracy", ".1%"),
            ("validation loss", "val_loss", ".3f"),
            ("training loss", "loss", ".3f"),
        )
    )
    return f'<div class="numbers">{cells}</div>'


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


def _take_along(run: Run, events: Sequence[Event]) -> None:
    ended = _ended(events)
    model = store().model_path(run.id)
    with st.container(horizontal=True):
        if ended:
            st.download_button("Curves as CSV", _as_csv(ended), f"{run.id}.csv", "text/csv", on_click="ignore")
        if model.exists():
            st.download_button("Model (.keras)", model.read_bytes, f"{run.id}.keras", on_click="ignore")
            if st.button("See its feature maps", key=f"maps_{run.id}"):
                st.session_state["weights_source"] = run.id
                go("feature_maps")


def _as_csv(ended: Sequence[Event]) -> str:
    out = io.StringIO()
    names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"]
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(ended)
    return out.getvalue()
