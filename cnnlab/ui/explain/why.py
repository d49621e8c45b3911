"""Show which pixels made an answer: several explanations side by side, after the student has said where to look."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.core.explain.agreement import box as mask_of
from cnnlab.core.explain.agreement import share_inside, share_of_random_box
from cnnlab.core.explain.asked import Asked, ExplainError
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.pictures import Pixels
from cnnlab.core.words.numbers import percent, probability, two_digits
from cnnlab.processes.explain.attributions import Attribution
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.found import found_attribution, is_found, subject_key
from cnnlab.ui.explain.options import asked_of, methods_control, settings_control, shown_methods
from cnnlab.ui.explain.take_along import take_along
from cnnlab.ui.explain.target import Answer
from cnnlab.ui.explain.view import Box, ask_for_box, draw_figures
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import EXPLAIN_BOX, PREDICT_FIRST
from cnnlab.viz.explain.figures import Figure
from cnnlab.viz.html import NOTHING, Html, bold, paragraph, quiet, tag, together

KEY = "explain_view"
HINT = "Point at a map, or move to it with the Tab key and use the arrow keys: the same pixel is read in all of them."
UNITS = {
    "gradient": "score for each unit of the pixel",
    "gradient_times_input": "score",
    "smoothgrad": "score for each unit of the pixel",
    "grad_cam": "score for each place",
    "integrated_gradients": "score",
    "occlusion": "score lost",
    "guided_backpropagation": "in no unit",
}
ASK_HINT = (
    "Draw a box around what you think decides. With the keyboard: Tab to the picture, move the box with the arrow "
    "keys, change its size with Shift and the arrow keys, and press Enter."
)


def why_this_answer(subject: Subject, pixels: Pixels, answer: Answer, controls: DeltaGenerator) -> None:
    """Draw the explanations of an answer, each with its numbers, and their settings among the controls."""
    methods = shown_methods()
    with controls:
        settings_control(methods, subject)
        st.toggle(
            "Predict first",
            key=PREDICT_FIRST.name,
            help="Say where the network looks before you see it.",
            persist_state="session",
        )
    methods_control()
    box = _box(subject, pixels) if PREDICT_FIRST.get() else None
    if PREDICT_FIRST.get() and box is None:
        _ask(subject, pixels, answer)
        return
    if not methods:
        st.info("Choose a method.")
        return
    figures = [found for name in methods if (found := _figure(subject, pixels, answer, name, box))]
    draw_figures(KEY, pixels, figures, hint=HINT, box=box)
    if box is not None:
        st.button("Draw another box", on_click=lambda: EXPLAIN_BOX.set(None))
    if figures:
        take_along(subject, pixels, [asked_of(figure.name, answer.target, subject) for figure in figures])


def _ask(subject: Subject, pixels: Pixels, answer: Answer) -> None:
    title = together(bold("Your prediction"), f": what speaks for {answer.name}?")
    shown = Figure("prediction", title, f"The picture, on which you draw what speaks for {answer.name}.")

    def taken(box: Box) -> None:
        EXPLAIN_BOX.set((subject_key(subject, pixels), box))

    ask_for_box(f"{KEY}_ask", pixels, shown, ASK_HINT, taken)


def _box(subject: Subject, pixels: Pixels) -> Box | None:
    """Return the box that was drawn for this picture and subject, if one was."""
    kept = EXPLAIN_BOX.get()
    return kept[1] if isinstance(kept, tuple) and kept[0] == subject_key(subject, pixels) else None


def _figure(subject: Subject, pixels: Pixels, answer: Answer, name: str, box: Box | None) -> Figure | None:
    """Return the figure of one method, or say in one sentence why there is none."""
    try:
        asked = asked_of(name, answer.target, subject)
        if is_found(subject, pixels, asked):
            found = found_attribution(subject, pixels, asked)
        else:
            with st.spinner("Looking for what decided…", show_time=False):
                found = found_attribution(subject, pixels, asked)
    except (ExplainError, InferenceError) as error:
        said, title = str(error), TABLE[name].title
        refuse(said if said.startswith(title) else f"{title}: {said}")
        return None
    title = bold(TABLE[name].title)
    alt = f"{TABLE[name].title} for {answer.name}: blue speaks for it, brown against it."
    said = _said(subject, pixels, asked, found, box)
    return Figure(name, title, alt, found.values, UNITS[name], said, _falls(found))


def _said(subject: Subject, pixels: Pixels, asked: Asked, found: Attribution, box: Box | None) -> Html:
    """Return what stands under a map: what it computes, its formula with these numbers, and where it fails."""
    method = TABLE[asked.method]
    parts = [
        paragraph(method.does),
        tag("p", method.formula(asked, subject.graph.nodes, subject.input_shape), class_="explain-formula"),
        *_numbers(found),
        quiet(method.fails),
    ]
    if box is not None:
        parts.insert(0, _inside(found.values, box))
    return together(*parts)


def _falls(found: Attribution) -> np.ndarray | None:
    """Return by how much the probability falls on average with a square over each pixel, if that was measured."""
    if found.drops is None or found.probability is None:
        return None
    return found.drops.windows.spread(found.drops.probability, *found.values.shape).astype(np.float32)


def _numbers(found: Attribution) -> Sequence[Html]:
    """Return what a method measured beside its map."""
    said: list[Html] = []
    if found.completeness is not None:
        parts = found.completeness
        said.append(
            paragraph(
                f"Score {two_digits(parts.score)}, of the baseline {two_digits(parts.baseline)}; all pixels together "
                f"{two_digits(parts.total)}, so the error is {two_digits(parts.error)}."
            )
        )
    if found.drops is not None and found.probability is not None:
        drop = found.drops.probability
        most = np.unravel_index(int(np.argmax(drop)), drop.shape)
        top, left = found.drops.windows.tops[most[0]], found.drops.windows.lefts[most[1]]
        said.append(
            paragraph(
                f"P falls from {probability(found.probability)} by {two_digits(float(drop[most]))} at most, with the "
                f"square at row {top}, column {left}."
            )
        )
    return said


def _inside(values: np.ndarray, box: Box) -> Html:
    height, width = box.bottom - box.top + 1, box.right - box.left + 1
    share = share_inside(values, mask_of(values.shape, box.top, box.left, height, width))
    random = share_of_random_box(values, height, width)
    if share is None or random is None:
        return NOTHING
    return paragraph(bold(f"{percent(share, 0)} of it lies in your box"), f"; a random one holds {percent(random, 0)}.")
