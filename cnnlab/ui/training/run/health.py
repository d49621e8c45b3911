"""Show what goes on inside a network while it learns: gradients, dead and saturated units, and what ails it."""

import streamlit as st

from cnnlab.core.network.layers.kind import SEEN
from cnnlab.core.training.story import Story
from cnnlab.runs.judge.health import gradients, remarks
from cnnlab.runs.record import Run, RunSpec
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.plot import plot
from cnnlab.viz.html import bold, quiet, tag
from cnnlab.viz.training.inner_health import gradient_figure, layer_health_table


def health_view(run: Run, story: Story) -> None:
    """Draw the health of a run: remarks first, then the gradient of each layer over the epochs, then the table."""
    measured = gradients(story)
    look = story.looks[-1] if story.looks else None
    remarks_on(story, run.spec, all_well=bool(measured) and measured[-1]["epoch"] > 0)
    if not measured:
        said = "It is measured once it trains." if not run.is_terminal else "This run has no measured gradients."
        show_html(quiet(said))
        return
    with st.container(key="gradient_norms"):
        last = ", ".join(f"{name} {norm or 0:.2g}" for name, norm in measured[-1]["norms"].items())
        alt = f"Gradient norm of each layer after epoch {measured[-1]['epoch']}: {last}."
        plot("gradient_lines", gradient_figure(measured, run.spec.network, run.spec.epochs), alt)
    seen = SEEN[run.spec.network.rank]
    with st.container(key="layer_health"):
        show_html(layer_health_table(measured, look, run.spec.network))
    show_html(
        quiet(
            f"Gradient norm: how much the loss on {measured[-1]['pictures']} fixed training {seen}s "
            "would change with the layer's weights, √Σg² over all of them, without augmentation and dropout. "
            f"Dead and saturated are counted on up to 32 validation {seen}s: a dead channel is 0 everywhere in all of "
            "them; a saturated output of sigmoid or tanh lies where the curve has less than 5 % of its steepest slope. "
            "The last layer is not counted: a sure answer is no fault."
        )
    )


def remarks_on(story: Story, spec: RunSpec, *, all_well: bool = False) -> None:
    """Draw what ails a training, each remark with cause and remedy; with `all_well` say so if nothing does."""
    said = [tag("div", bold(r.found), f" {r.cause} {r.remedy}", class_="notice") for r in remarks(story, spec)]
    if said or all_well:
        calm = quiet("Nothing to remark: gradients, units and curves look sound.")
        show_html(tag("div", *(said or [calm]), role="status", class_="remarks"))
