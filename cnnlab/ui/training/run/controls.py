"""Draw what can be done with one run: steer it while it trains, go on with it or put it away when it has ended."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from cnnlab.core.training.story import Story
from cnnlab.runs.record import LONGEST_NAME, Run, RunError, RunSpec, State
from cnnlab.runs.record.by_hand import SetRate, rates_by_hand
from cnnlab.runs.record.control import Mode
from cnnlab.runs.record.settings import LEAST_RATE, MOST_RATE
from cnnlab.runs.store.series_models import are_dropped
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import most_epochs
from cnnlab.ui.session.keys import REDRAW_PAGE
from cnnlab.ui.session.sent import number, text
from cnnlab.ui.session.services import engine, runs, store
from cnnlab.ui.session.visitor import mine
from cnnlab.ui.training.launch.asked import take_settings_of
from cnnlab.ui.training.launch.experiments import launch_all
from cnnlab.ui.trunks.tune import can_tune, fine_tuning
from cnnlab.viz.html import quiet

STEPS = (("Go on", Mode.PLAY), ("One batch", Mode.BATCH), ("One epoch", Mode.EPOCH))


def steer(run: Run, story: Story) -> None:
    """Draw pause, steps, learning rate and stop; only those who may change the run get them."""
    if not mine(run):
        whose = f"{run.nickname} launched it" if run.nickname else "somebody else launched it"
        show_html(quiet(f"You are watching: {whose}."))
        return
    control = store().control(run.id)
    with st.container(horizontal=True, vertical_alignment="center", key="steer_training"):
        if run.state == State.PAUSED:
            for label, mode in STEPS:
                st.button(label, key=f"{mode}_{run.id}", on_click=_tell(run.id, mode))
        elif run.state == State.RUNNING:
            waiting = control.mode == Mode.PAUSE
            st.button(
                "Pausing…" if waiting else "Pause",
                key=f"pause_{run.id}",
                disabled=waiting,
                on_click=_tell(run.id, Mode.PAUSE),
            )
        if run.state in (State.RUNNING, State.PAUSED) and not run.spec.range_test:
            by_hand = rates_by_hand(story)
            _learning_rate(run, control.learning_rate or (by_hand[-1].rate if by_hand else None))
        _stop(run)
    _say_refused()


def _tell(run_id: str, mode: Mode) -> Callable[[], None]:
    def tell() -> None:
        _try(lambda: store().command(run_id, mode))

    return tell


def _try(change: Callable[[], None]) -> bool:
    """Change something about a run and return whether that was possible; if not, the page says why."""
    try:
        change()
    except RunError as error:
        st.session_state["run_refused"] = str(error)
        return False
    return True


def _say_refused() -> None:
    if refused := st.session_state.pop("run_refused", ""):
        refuse(refused)


def _stop(run: Run) -> None:
    with st.container(key="stop_training", width="content"):
        stopping = store().stop_requested(run.id) is not None
        if st.button("Stopping…" if stopping else "Stop", disabled=stopping, key=f"stop_{run.id}"):
            _try(lambda: engine().stop(run.id))
            st.rerun()


def _learning_rate(run: Run, changed: float | None) -> None:
    now = changed or run.spec.learning_rate
    falling = run.spec.schedule is not None and changed is None
    with st.popover("Learning rate, falling" if falling else f"Learning rate {now:g}"):
        if run.spec.schedule is not None:
            ends = "ended" if changed else "ends"
            name = run.spec.schedule.class_name
            show_html(quiet(f"{name} {ends} with a rate set here: it stays until you set another."))
        key = f"rate_{run.id}"
        label = "Learning rate from the next batch on"
        st.number_input(label, LEAST_RATE, MOST_RATE, now, 1e-4, format="%g", key=key)
        st.button(
            "Change it",
            key=f"change_rate_{run.id}",
            on_click=lambda: _set_rate(run.id, key, now),
        )


def _set_rate(run_id: str, key: str, now: float) -> None:
    rate = number(st.session_state[key], LEAST_RATE, MOST_RATE, now)
    _try(lambda: store().command(run_id, learning_rate=rate))


def go_on(run: Run, story: Story) -> None:
    """Draw resume, more epochs, duplicate, rename and delete for a run that has ended."""
    trained = len(story.epochs)
    changeable = mine(run)
    can_go_on = changeable and not run.is_used_up and not are_dropped(runs().folder(run.id))
    most = min(most_epochs(), run.spec.epochs_at_most or most_epochs())
    with st.container(horizontal=True, vertical_alignment="center", key="after_training"):
        if can_go_on and trained < run.spec.epochs and run.state != State.FINISHED:
            label = f"Resume from epoch {trained}" if trained else "Start it again"
            st.button(label, type="primary", key=f"resume_{run.id}", on_click=lambda: _resume(run.id, None))
        if can_go_on and trained and run.spec.epochs < most:
            _more_epochs(run, rates_by_hand(story), most)
        st.button(
            "Duplicate with changes",
            key=f"duplicate_{run.id}",
            on_click=lambda: _duplicate(run),
            help="Puts its network, data set and settings on this page; change what you like and start.",
        )
        if can_tune(run):
            fine_tuning(run, _launch)
        if changeable:
            _rename(run)
            _delete(run)
    _say_refused()


def _launch(trainings: Sequence[RunSpec]) -> None:
    launch_all([replace(training, epochs=min(training.epochs, most_epochs())) for training in trainings])
    _redraw_page()


def _duplicate(run: Run) -> None:
    # What is started from it is a run of its own, and needs a name of its own.
    spec = replace(run.spec, name="") if run.is_recorded else run.spec
    if refused := take_settings_of(spec):
        st.session_state["run_refused"] = refused
    _redraw_page()


def _redraw_page() -> None:
    """Draw the rest of the page too: a fragment's button redraws the fragment only."""
    REDRAW_PAGE.set(True)


def _more_epochs(run: Run, by_hand: Sequence[SetRate], most: int) -> None:
    with st.popover("Train longer"):
        if by_hand:
            show_html(quiet(f"The learning rate stays {by_hand[-1].rate:g}, as it was set by hand."))
        elif (schedule := run.spec.schedule) is not None:
            left = schedule.rate_at(run.spec.learning_rate, schedule.decay_steps)
            then = f"{left:g}" if left else "0, and nothing more is learned until a rate is set by hand"
            name, after = schedule.class_name, f"after {schedule.decay_steps:,} batches"
            show_html(quiet(f"{name} stays as it is: {after} the learning rate is {then}."))
        key = f"more_{run.id}"
        more = max(1, most - run.spec.epochs)
        st.number_input("More epochs", 1, more, min(5, more), key=key)
        st.button(
            "Go on from its last epoch",
            key=f"extend_{run.id}",
            on_click=lambda: _resume(run.id, run.spec.epochs + int(number(st.session_state[key], 1, more, 1))),
        )


def _resume(run_id: str, epochs: int | None) -> None:
    _try(lambda: engine().resume(run_id, None if epochs is None else min(epochs, most_epochs())))


def _rename(run: Run) -> None:
    with st.popover("Rename"):
        key = f"name_{run.id}"
        st.text_input("Name of this run", run.spec.name, key=key, max_chars=LONGEST_NAME)
        st.button("Rename it", key=f"rename_{run.id}", on_click=lambda: _try_to_rename(run.id, key))


def _try_to_rename(run_id: str, key: str) -> None:
    if _try(lambda: store().rename(run_id, text(key, LONGEST_NAME))):
        _redraw_page()


def _delete(run: Run) -> None:
    with st.popover("Delete"):
        show_html(quiet("Its curves, weights and pictures go with it, for everybody and for good."))
        st.button("Delete it", key=f"delete_{run.id}", on_click=lambda: _forget(run.id))


def _forget(run_id: str) -> None:
    if _try(lambda: store().delete(run_id)):
        st.query_params.pop("run", None)
