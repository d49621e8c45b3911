"""Draw the filters of a layer as the post's notebook did, and let the student find out what is wrong with that."""

from collections.abc import Iterator

import streamlit as st

from cnnlab.core.explain.notebook import Faults
from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.processes.explain.notebook import Drawing, draw_like_notebook
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.units.sheets import tiles
from cnnlab.ui.explain.units.unit import Unit
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.work import Step, Steps, Works, awaited, begin
from cnnlab.ui.session import services
from cnnlab.viz.html import Html, heading, paragraph, quiet, tag

DRAWINGS: Works[Drawing] = Works(32 << 20, lambda drawn: drawn.pictures.nbytes + 1000)
WHAT = (
    "50 steps of size 1 from noise around 128, as in the notebook's cells 42 to 50; each picture is then brought to a "
    "mean of 0.5 and a standard deviation of 0.25."
)


def notebook_button(subject: Subject, unit: Unit) -> None:
    """Draw the button that asks for the drawing of the chosen layer."""
    steps = _steps(subject, unit)
    st.button(
        "As the post's notebook did",
        key="notebook_start",
        on_click=lambda: begin(DRAWINGS, _key(subject, unit), steps),
        help="All channels of the layer, drawn by the notebook's own rule.",
    )


def _key(subject: Subject, unit: Unit) -> str:
    return f"{subject.key} {unit.row}"


def _steps(subject: Subject, unit: Unit) -> Steps[Drawing]:
    """Return what draws; it runs in a thread."""
    inside = services.inference()

    def steps() -> Iterator[Step | Drawing]:
        for drawing in draw_like_notebook(inside, subject, unit.row):
            yield Step(drawing.share, "Drawing as the notebook did…")
        yield drawing

    return steps


def notebook_view(subject: Subject, unit: Unit) -> None:
    """Draw the drawing of the chosen layer once it is there."""
    drawing = awaited(DRAWINGS, _key(subject, unit), "notebook")
    if drawing is None:
        return
    name, whole = subject.rows[unit.row].name, len(drawing.channels) + len(drawing.skipped)
    captions = [f"{c}: {two_digits(loss)}" for c, loss in zip(drawing.channels, drawing.losses, strict=True)]
    show_html(
        heading(f"{name} as the post's notebook draws it: {len(drawing.channels)} of {whole} filters"),
        paragraph(WHAT),
        tiles(drawing.pictures, captions),
    )
    if drawing.faults is not None:
        with st.expander("Two things are wrong with this way. Find them, then open this.", key="notebook_faults"):
            show_html(_said(drawing.faults, name))


def _said(faults: Faults, name: str) -> Html:
    """Return what is wrong, each with the number that shows it."""
    start, trained = faults.start, faults.trained
    found = []
    if faults.outside:
        found.append(
            f"The start lies outside what the network was trained on: it begins at values from {two_digits(start[0])} "
            f"to {two_digits(start[1])}, and pictures reach the network as {two_digits(trained[0])} to "
            f"{two_digits(trained[1])}. {percent(faults.outside, 0)} of the start values are such as no picture has."
        )
    if faults.before_relu:
        found.append(
            f"The layer {name} is before its ReLU: {faults.below} of the {faults.skipped} skipped filters had a "
            "negative sum. Behind the ReLU that would be 0; before it, a climb can go on."
        )
    if not found:
        return quiet("Here neither holds: the start is a picture that the network may see, and no ReLU comes behind.")
    return tag("ol", *(tag("li", each) for each in found))
