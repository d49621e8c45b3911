"""Draw the filters of a layer as the post's notebook did, and let the student find out what is wrong with that."""

import streamlit as st

from cnnlab.core.explain.notebook import Faults
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.numbers import percent, two_digits
from cnnlab.processes.explain.notebook import Drawing, draw_like_notebook
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.sheets import tiles
from cnnlab.ui.explain.unit import Unit
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import services
from cnnlab.viz.html import Html, heading, paragraph, quiet, tag

WANTED = "notebook_wanted"
DRAWINGS: KeptByBytes[Drawing] = KeptByBytes(32 << 20, lambda drawn: drawn.pictures.nbytes + 1000)
WHAT = (
    "50 steps of size 1 from noise around 128, as in the notebook's cells 42 to 50; each picture is then brought to a "
    "mean of 0.5 and a standard deviation of 0.25."
)


def notebook_button(subject: Subject, unit: Unit) -> None:
    """Draw the button that asks for the drawing of the chosen layer."""
    key = (subject.key, unit.row)
    st.button(
        "As the post's notebook did",
        key="notebook_start",
        on_click=lambda: st.session_state.update({WANTED: key}),
        help="All channels of the layer, drawn by the notebook's own rule.",
    )


def notebook_view(subject: Subject, unit: Unit) -> None:
    """Draw what was asked for, with progress; whatever the visitor does meanwhile ends it."""
    key = (subject.key, unit.row)
    if st.session_state.get(WANTED) != key:
        return
    drawing = DRAWINGS.peek(key)
    if drawing is None:
        bar = st.progress(0.0, text="Drawing as the notebook did…")
        for drawing in draw_like_notebook(services.inference(), subject, unit.row):
            bar.progress(drawing.share, text="Drawing as the notebook did… a change on this page lets it begin again.")
        assert drawing is not None
        bar.empty()
        made = drawing
        DRAWINGS.get(key, lambda: made)
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
