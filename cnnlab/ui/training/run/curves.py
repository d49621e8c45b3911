"""Draw the curves of one training while they grow, with what must be known to read them."""

from collections.abc import Sequence

import streamlit as st

from cnnlab.core.network.layers.kind import SEEN
from cnnlab.core.teach.brief import loss_text, metric_text
from cnnlab.core.training.answers import interval_of
from cnnlab.core.training.reported import Reported, reported
from cnnlab.core.training.story import Event, Story
from cnnlab.core.words.numbers import percent
from cnnlab.runs.record import Run, State
from cnnlab.runs.record.by_hand import rates_by_hand
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.session.keys import LOG_LOSS
from cnnlab.ui.session.services import runs
from cnnlab.viz.html import quiet
from cnnlab.viz.training.curves import learning_curves


def curves_view(run: Run, story: Story) -> None:
    """Draw loss and accuracy with what must be known to read them; of a run that failed at once, its log's end."""
    if story.records:
        start, ended = story.first_start, story.epochs
        samples = int(start.get("validation_samples", 0))
        with st.container(key="loss_curve"):
            log_loss = LOG_LOSS.get()
            band = None if rates_by_hand(story) else _reported(run, start)
            figure = learning_curves(story, run.spec.epochs, log_loss=log_loss, validation_samples=samples, band=band)
            plot("learning_curves", figure, _alt(ended))
        st.toggle("Loss on a log scale", key=LOG_LOSS.name, persist_state="session")
        if ended and (penalty := ended[-1].get("penalty")) is not None:
            after, said = ended[-1]["epoch"], loss_text(penalty)
            show_html(
                quiet(
                    "Every loss includes the L2 penalty, as in Keras: training and early stopping see that sum. After "
                    f"epoch {after} the penalty is {said}; the dotted line is the validation loss without it."
                )
            )
        if samples and ended and (accuracy := ended[-1]["val_accuracy"]) is not None:
            low, high = interval_of(accuracy, samples)
            seen = SEEN[run.spec.network.rank]
            show_html(
                quiet(
                    f"The bars are 95 % intervals (Wilson): with {samples:,} validation {seen}s an accuracy of "
                    f"{percent(accuracy)} stands for one between {percent(low)} and {percent(high)}."
                )
            )
    elif run.state == State.FAILED:
        log_tail(run)


def _reported(run: Run, start: Event) -> Reported | None:
    spec = run.spec
    if spec.schedule is not None or spec.l2:
        return None
    counts, validation_counts = start.get("counts", ()), start.get("validation_counts", ())
    return reported(
        spec.network, spec.augmentation, spec.optimizer, start.get("classes", ()), counts, validation_counts
    )


def _alt(ended: Sequence[Event]) -> str:
    if not ended:
        return "Learning curves; the first epoch has not ended yet."
    last = ended[-1]
    losses = (("training loss", "loss", loss_text), ("validation loss", "val_loss", loss_text))
    rates = (("training accuracy", "accuracy", percent), ("validation accuracy", "val_accuracy", percent))
    said = ", ".join(f"{name} {metric_text(last[key], write)}" for name, key, write in (*losses, *rates))
    return f"Learning curves after epoch {last['epoch']}: {said}."


def log_tail(run: Run) -> None:
    """Draw the end of what a run's process has said."""
    path = runs().folder(run.id) / "worker.log"
    if path.exists():
        with st.expander("The end of its log"):
            st.code("\n".join(path.read_text(errors="replace").splitlines()[-30:]), language=None)
