"""Find a learning rate: start a range test with one click, watch it, and put the advised rate into the form."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnlab.core.teach.brief import loss_text, metric_text
from cnnlab.core.training.range_test import BATCHES, HIGHEST, LOWEST, Advice, advise
from cnnlab.core.training.story import Story
from cnnlab.runs.record import Run, RunError, RunSpec, State
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import REDRAW_PAGE
from cnnlab.ui.training.launch.submit import launch
from cnnlab.ui.training.run.curves import log_tail
from cnnlab.viz.html import bold, notice, paragraph, quiet, tag
from cnnlab.viz.training.range_figure import rate_figure

FINDER_HELP = (
    f"Trains {BATCHES} batches with these settings while the learning rate rises from {LOWEST:.5f} to {HIGHEST:g}, "
    "draws the loss against it, and advises one. The weights are thrown away."
)


def rate_finder(spec: RunSpec, *, disabled: bool) -> None:
    """Draw the button that starts a range test with the settings above it."""
    if (
        st.button("Find a learning rate", key="find_rate", width="stretch", disabled=disabled, help=FINDER_HELP)
        and not disabled
    ):
        short = replace(spec, epochs=1, patience=None, schedule=None)
        test = replace(short, name=f"{spec.name}, learning rates", range_test=True)
        try:
            st.query_params["run"] = launch(test, follow=False)
        except RunError as error:
            refuse(error)


def range_view(run: Run, story: Story) -> None:
    """Draw a test: loss against rate while it grows, and when it has ended the advice with its reason."""
    batches = [batch for batch in story.batches if "learning_rate" in batch]
    if not batches:
        if run.state == State.FAILED:
            log_tail(run)
        return
    rates, losses = [e["learning_rate"] for e in batches], [e["loss"] for e in batches]
    advice = _advice(rates, losses) if run.is_terminal else Advice(None, "")
    with st.container(key="range_test"):
        plot("range_test_line", rate_figure(rates, losses, advice), _alt(rates, losses))
    if not run.is_terminal:
        return
    spec = run.spec
    if advice.rate is None:
        show_html(notice(advice.reason))
    else:
        show_html(paragraph(bold(f"Advised learning rate: {advice.rate:g}"), f", because {advice.reason}."))
        st.button(f"Use {advice.rate:g}", key=f"use_rate_{run.id}", type="primary", on_click=_use, args=(advice.rate,))
    show_html(
        quiet(
            f"It holds for this network, {spec.optimizer} and batch size {spec.batch_size}; another combination "
            "deserves a test of its own. The test is that of Smith, ",
            tag("i", "Cyclical Learning Rates for Training Neural Networks"),
            " (2017), section 3.3; to take a tenth of the rate at the lowest point is a rule of fastai's learning-rate "
            "finder. It ends early when the smoothed loss is four times its lowest value.",
        )
    )


def _advice(rates: Sequence[float], losses: Sequence[float | None]) -> Advice:
    known = [loss for loss in losses if loss is not None]
    return advise(rates, known)


def _use(rate: float) -> None:
    st.session_state["learning_rate"] = rate
    REDRAW_PAGE.set(True)


def _alt(rates: Sequence[float], losses: Sequence[float | None]) -> str:
    last = losses[-1]
    shown = metric_text(last, loss_text)
    return f"Loss against learning rate after {len(rates)} batches: at {rates[-1]:.2g} the loss is {shown}."
