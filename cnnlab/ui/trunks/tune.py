"""Fine-tune: go on from a trained head, with the trunk's last layers unfrozen; or see how a trunk is destroyed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from cnnlab.core.trunks.files import keep
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.runs.judge.tuning import LARGE_RATE, MOMENTUM, RATE, Start, destroyed, starts, tuned, usual_start
from cnnlab.runs.record import Run, RunError, RunSpec, State
from cnnlab.runs.store.folders import HEAD
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import runs, settings
from cnnlab.ui.trunks.shown import STAYS
from cnnlab.viz.html import bold, paragraph, quiet

Launch = Callable[[Sequence[RunSpec]], None]
"""Queue trainings and show the first; raises `RunError` if one is not taken."""
WHY = (
    "Only after the head was trained: a fresh head sends large, random gradients down, and they would wash away what "
    "the trunk knows. So the head of this run is the beginning, and the steps are small."
)
DESTROYED = (
    f"Three trainings from the layer above on: this head with the small rate, this head with a rate of {LARGE_RATE:g}, "
    "and a fresh head with that rate. Watch what becomes of the validation accuracy in the first epoch."
)


def can_tune(run: Run) -> bool:
    """Tell whether a run has trained a head on a frozen trunk that can be gone on with."""
    trunk = run.spec.trunk
    ended = run.state in (State.FINISHED, State.STOPPED)
    return trunk is not None and trunk.is_frozen and ended and at_work() is None and _head_of(run).exists()


def fine_tuning(run: Run, launch: Launch) -> None:
    """Draw the choice of the first layer to train, and the presses that start."""
    trunk = run.spec.trunk
    if trunk is None:
        return
    with st.popover("Fine-tune"):
        try:
            offered = starts(trunk, settings().home)
            if offered:
                _choice(run, trunk, offered, launch)
            else:
                show_html(quiet("This trunk has no weights that could be trained."))
        except TrunkError as error:
            refuse(error)
    if refused := st.session_state.pop("tuning_refused", ""):
        refuse(refused)


def _choice(run: Run, trunk: Trunk, offered: Sequence[Start], launch: Launch) -> None:
    key, names = f"tune_{run.id}", {start.layer: start for start in offered}
    usual = usual_start(trunk, tuple(offered), settings().home)
    show_html(paragraph(WHY))
    st.selectbox(
        "Train the trunk from this layer on",
        list(names),
        index=list(names).index(usual.layer),
        key=key,
        format_func=lambda name: f"{name}: {names[name].trainable:,} trainable" if name in names else name,
    )
    start = names[chosen(key, names, usual.layer)]
    show_html(
        quiet(bold(f"{start.trainable:,}"), f" parameters of the trunk are trained, from {start.layer} on. {STAYS}"),
        quiet(f"SGD with a learning rate of {RATE:g} and momentum {MOMENTUM:g}, as in the Keras blog. Every picture "
              "goes through the whole trunk now, so an epoch takes much longer."),
    )  # fmt: skip
    st.button(
        "Start fine-tuning",
        type="primary",
        key=f"tune_start_{run.id}",
        on_click=_start,
        args=(run, key, tuple(names), usual.layer, False, launch),
    )
    st.button(
        "Experiment: the trunk is destroyed",
        key=f"tune_destroy_{run.id}",
        help=DESTROYED,
        on_click=_start,
        args=(run, key, tuple(names), usual.layer, True, launch),
    )


def _start(run: Run, key: str, names: Sequence[str], usual: str, destroy: bool, launch: Launch) -> None:
    layer = chosen(key, names, usual)
    try:
        head = keep(settings().home, _head_of(run).read_bytes(), settings().disk)
        launch(destroyed(run.spec, layer, head) if destroy else (tuned(run.spec, layer, head),))
    except (RunError, TrunkError) as error:
        st.session_state["tuning_refused"] = str(error)
    except OSError:
        st.session_state["tuning_refused"] = "The trained head of this run is gone; train a head first."


def _head_of(run: Run) -> Path:
    return runs().folder(run.id) / HEAD
