"""Launch two trainings that differ only in augmentation, and draw them side by side while they run."""

from dataclasses import replace
from html import escape

import streamlit as st

from cnnlab.core.augment import Augmentation
from cnnlab.core.shapes import check
from cnnlab.runs.events import Event
from cnnlab.runs.record import Run, RunError, RunSpec
from cnnlab.ui.data import current_data
from cnnlab.ui.plot import plot
from cnnlab.ui.services import engine, settings, store
from cnnlab.ui.state import Shared
from cnnlab.viz.compared import compared_curves

LESSON_SIZE = 64
PARAMETER = "compare"
POLL_SECONDS = 1.0


def with_and_without(mine: Shared) -> None:
    """Draw the button that launches both, and both as far as they have come; the address bar keeps them."""
    spec = _spec(mine)
    problem = check(spec.network)
    plain = Augmentation(rescale=spec.augmentation.rescale)
    same = plain == spec.augmentation
    height, width, _ = spec.network.input_shape
    st.html(
        f'<p class="quiet">Two trainings on {escape(spec.data_name)} at {height} × {width}, {spec.epochs} epochs, '
        f"batch size {spec.batch_size}, seed {spec.seed}: the same weights at the start, the same order of pictures. "
        "Only the augmentation differs. The training page's settings hold for both.</p>"
    )
    with st.container(key="start_both"):
        clicked = st.button("Train with and without", type="primary", disabled=same or problem is not None)
    if same:
        st.html('<p class="quiet">Set some augmentation first; now both would be the same training.</p>')
    if problem is not None:
        st.html(f'<div class="notice" style="--notice:#b3261e">At this size the network cannot exist. {problem}</div>')
    if clicked:
        _launch(spec, plain)
    runs = _compared()
    if runs:
        active = not all(run.is_terminal for run in runs)
        st.fragment(_watch, run_every=POLL_SECONDS if active else None)(tuple(run.id for run in runs), active)


def _spec(mine: Shared) -> RunSpec:
    """Return a training as the training page's settings ask for it, with the augmentation of this page."""
    kept = st.session_state
    data = current_data()
    size = int(kept.get("image_size", min(LESSON_SIZE, mine.network.input_shape[0])))
    limit = kept.get("limit_per_class")
    return RunSpec(
        name=data.name,
        network=mine.network.with_image_size(size, size),
        data=mine.data_reference,
        data_name=data.name,
        augmentation=mine.augmentation,
        epochs=int(kept.get("epochs", min(RunSpec.epochs, settings().max_epochs))),
        batch_size=int(kept.get("batch_size", RunSpec.batch_size)),
        learning_rate=float(kept.get("learning_rate", RunSpec.learning_rate)),
        optimizer=str(kept.get("optimizer", RunSpec.optimizer)),
        limit_per_class=None if limit is None else int(limit),
        seed=int(kept.get("seed", RunSpec.seed)),
        threads=settings().threads,
        classes=mine.class_orders.get(mine.data_reference),
    )


def _launch(spec: RunSpec, plain: Augmentation) -> None:
    try:
        augmented = engine().submit(replace(spec, name=f"{spec.name}, augmented"))
        bare = engine().submit(replace(spec, name=f"{spec.name}, not augmented", augmentation=plain))
    except RunError as error:
        st.error(str(error))
        return
    st.query_params[PARAMETER] = f"{augmented} {bare}"


def _compared() -> tuple[Run, ...]:
    """Return the two runs that the address names, if they exist."""
    found = []
    for run_id in st.query_params.get(PARAMETER, "").split()[:2]:
        try:
            found.append(store().get(run_id))
        except RunError:
            return ()
    return tuple(found) if len(found) == 2 else ()


def _watch(run_ids: tuple[str, ...], was_active: bool) -> None:
    runs = [store().get(run_id) for run_id in run_ids]
    for run in runs:
        engine().state(run.id)
    if was_active and all(run.is_terminal for run in runs):
        st.rerun()
    events: list[list[Event]] = [store().read_events(run.id, 0)[0] for run in runs]
    ended = [[event for event in each if event["type"] == "epoch"] for each in events]
    lines = [(run.spec.name, f"{run.state}{_numbers(epochs)}") for run, epochs in zip(runs, ended, strict=True)]
    said = "Accuracy and loss with and without augmentation. " + " ".join(f"{name}: {text}." for name, text in lines)
    with st.container(key="compared_runs"):
        plot("compared_curves", compared_curves(ended, runs[0].spec.epochs), said)
        st.html("".join(f"<p><b>{escape(name)}</b>: {text}</p>" for name, text in lines))


def _numbers(epochs: list[Event]) -> str:
    if not epochs:
        return ""
    last = epochs[-1]
    values = ", ".join(
        f"{said} accuracy {last[key]:.1%}"
        for said, key in (("training", "accuracy"), ("validation", "val_accuracy"))
        if last.get(key) is not None
    )
    return f", epoch {last['epoch']}: {values}"
