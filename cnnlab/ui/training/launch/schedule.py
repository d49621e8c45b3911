"""Draw how the learning rate falls while a training goes on: Keras' names, each explained in one line."""

import numpy as np
import streamlit as st

from cnnlab.core.classroom.handles import TRAIN
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.training.schedules import COSINE, EXPONENTIAL, LEAST_DECAY_RATE, Schedule
from cnnlab.runs.record import RunSpec
from cnnlab.ui.data.current import loaded
from cnnlab.ui.data.sequences.current import loaded_sequences
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.exercise import is_locked
from cnnlab.ui.session.keys import ALPHA, DECAY_RATE, DECAY_STEPS, SCHEDULE
from cnnlab.ui.session.sent import chosen, number
from cnnlab.viz.html import drawing, quiet, tag
from cnnlab.viz.images import data_url
from cnnlab.viz.palette import TRAINING

CONSTANT, FALLING, STEPS, AS_COSINE = "constant", "exponential", "steps", "cosine"
CHOICES = {
    CONSTANT: "constant",
    FALLING: f"falls evenly ({EXPONENTIAL})",
    STEPS: f"falls in steps ({EXPONENTIAL}, staircase)",
    AS_COSINE: f"falls as a cosine ({COSINE})",
}
SCHEDULE_HELP = "Large steps at first, small ones at the end: it settles where constant steps would jump about."
STEPS_HELP = (
    "After so many batches ExponentialDecay has multiplied the rate by decay_rate, and CosineDecay is at its end. "
    "Empty: the whole training; for steps a third of it."
)
FACTOR_HELP = "What the learning rate is multiplied with every decay_steps batches."
ALPHA_HELP = "The share of the learning rate that is left at the end."
MOST_STEPS = 10**9
WIDTH, HEIGHT = 220, 44
NEARLY = 1e-3  # of the rate at the start


def schedule_fields(spec: RunSpec) -> None:
    """Draw the choice of a schedule with its parameters, and what it comes to in this training."""
    if is_locked(TRAIN, "schedule"):
        return
    choice = st.selectbox(
        "Learning rate over time",
        list(CHOICES),
        key=SCHEDULE,
        format_func=CHOICES.__getitem__,
        persist_state="session",
        help=SCHEDULE_HELP,
    )
    if choice == CONSTANT:
        return
    batches = _batches(spec)
    if batches is None:
        show_html(quiet("A schedule needs a data set that can be read, to count its batches."))
        return
    st.number_input(
        "decay_steps (batches)",
        1,
        value=None,
        placeholder=f"{_usual_steps(choice, spec, batches):,}",
        key=DECAY_STEPS,
        persist_state="session",
        help=STEPS_HELP,
    )
    if choice == AS_COSINE:
        least, start, words = 0.0, Schedule.alpha, ALPHA_HELP
        st.number_input("alpha", least, 1.0, start, 0.05, key=ALPHA, persist_state="session", help=words)
    else:
        least, start, words = LEAST_DECAY_RATE, Schedule.decay_rate, FACTOR_HELP
        st.number_input(
            "decay_rate", least, 1.0, start, 0.05, format="%g", key=DECAY_RATE, persist_state="session", help=words
        )
    if schedule := asked_schedule(spec):
        _draw(spec, schedule, batches)


def asked_schedule(spec: RunSpec) -> Schedule | None:
    """Return the schedule that the form asks for in this training."""
    kept = st.session_state.get
    choice = CONSTANT if is_locked(TRAIN, "schedule") else chosen(SCHEDULE, CHOICES, CONSTANT)
    batches = None if choice == CONSTANT else _batches(spec)
    if batches is None:
        return None
    steps = int(number(kept(DECAY_STEPS), 1, MOST_STEPS, _usual_steps(choice, spec, batches)))
    if choice == AS_COSINE:
        return Schedule(COSINE, steps, alpha=number(kept(ALPHA), 0, 1, Schedule.alpha))
    factor = number(kept(DECAY_RATE), LEAST_DECAY_RATE, 1, Schedule.decay_rate)
    return Schedule(EXPONENTIAL, steps, decay_rate=factor, staircase=choice == STEPS)


def _usual_steps(choice: str, spec: RunSpec, batches: int) -> int:
    return max(1, batches * spec.epochs // (3 if choice == STEPS else 1))


def _batches(spec: RunSpec) -> int | None:
    """Return the batches of one epoch of this training, None if its data cannot be read."""
    try:
        data = loaded_sequences(spec.data) if is_sequences(spec.data) else loaded(spec.data)
        counts = np.bincount(data.train.labels)
    except DataSetError:
        return None
    for limit in (spec.limit_per_class, spec.train_per_class):
        counts = counts if limit is None else np.minimum(counts, limit)
    return -(-int(counts.sum()) // spec.batch_size)


def _draw(spec: RunSpec, schedule: Schedule, batches: int) -> None:
    """Draw the rate over the whole training as a small line, and say where it begins and ends."""
    last = max(1, batches * spec.epochs - 1)
    steps = np.unique(np.linspace(0, last, 111).astype(int))
    rates = [schedule.rate_at(spec.learning_rate, int(step)) for step in steps]
    points = " ".join(
        f"{WIDTH * step / last:.1f},{HEIGHT - 2 - (HEIGHT - 4) * rate / spec.learning_rate:.1f}"
        for step, rate in zip(steps, rates, strict=True)
    )
    end = f"{rates[-1]:.2g}" if rates[-1] > NEARLY * rates[0] else "nearly 0"
    said = f"From {rates[0]:.2g} to {end} in {spec.epochs} epochs of {batches} batches."
    curve = tag("polyline", points=points, fill="none", stroke=TRAINING, stroke_width=2.2)
    svg = drawing(WIDTH, HEIGHT, curve)
    size = {"width": WIDTH, "height": HEIGHT, "style": "max-width:100%"}
    alt = "The learning rate over the training"
    show_html(tag("img", src=data_url(svg.encode(), "svg+xml"), alt=alt, **size), quiet(said))


def choice_of(schedule: Schedule | None) -> dict[str, object]:
    """Return what the session holds when this schedule is set in the form."""
    if schedule is None:
        return {SCHEDULE: CONSTANT}
    if schedule.class_name == COSINE:
        return {SCHEDULE: AS_COSINE, DECAY_STEPS: schedule.decay_steps, ALPHA: schedule.alpha}
    kind = STEPS if schedule.staircase else FALLING
    return {SCHEDULE: kind, DECAY_STEPS: schedule.decay_steps, DECAY_RATE: schedule.decay_rate}
