"""Explain a network's answers and units, and test whether an explanation explains anything."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.core.pictures import PictureError, Pixels
from cnnlab.core.words import Refusal
from cnnlab.processes.inference import InferenceError
from cnnlab.ui.explain.believe import can_i_believe_it
from cnnlab.ui.explain.found import outputs_of
from cnnlab.ui.explain.target import answer_control, answers_of
from cnnlab.ui.explain.units.likes import what_a_unit_likes
from cnnlab.ui.explain.why import why_this_answer
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.meaning import say_answer
from cnnlab.ui.inside.picture_column import picture_column
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.pictures.current import truth
from cnnlab.ui.session.keys import BELIEVE, EXPLAIN_PART, EXPLAIN_PARTS, LIKES, WHY
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.html import notice


def explain(current: Current) -> None:
    """Draw the page: on the left the picture and what is looked into, on the right the parts."""
    left, right = st.columns([3, 9], gap="medium")
    pixels = picture_column(current, left, right)
    with right, st.container(key="explain"):
        controls = st.container(horizontal=True, vertical_alignment="center", key="explain_controls")
        controls.segmented_control(
            "Part",
            EXPLAIN_PARTS,
            default=EXPLAIN_PART.default,
            key=EXPLAIN_PART.name,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
        if current.impossible:
            show_html(notice(f"There is nothing to explain: the network cannot exist. {current.impossible}"))
            return
        try:
            _part(current, pixels, controls)
        except (InferenceError, PictureError, Refusal) as error:
            refuse(error)


def _part(current: Current, pixels: Pixels, controls: DeltaGenerator) -> None:
    if chosen(EXPLAIN_PART.name, EXPLAIN_PARTS, WHY) == LIKES:
        what_a_unit_likes(current)
        return
    with st.spinner("Looking at your picture…", show_time=False):
        outputs, logits = outputs_of(current.subject, pixels)
    say_answer(outputs, logits, current.meaning, truth())
    with controls:
        answer = answer_control(answers_of(outputs, current.meaning))
    if chosen(EXPLAIN_PART.name, EXPLAIN_PARTS, WHY) == BELIEVE:
        can_i_believe_it(current.subject, pixels, answer, controls)
    else:
        why_this_answer(current.subject, pixels, answer, controls)
