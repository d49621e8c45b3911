"""Say what CNN Lab is, and what to do in the next minute."""

import streamlit as st

from cnnlab.ui.home.living import begin_with_silhouette, living_network
from cnnlab.ui.home.steps import next_steps
from cnnlab.ui.lessons.course import enter, offered
from cnnlab.ui.parts import frame
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import link
from cnnlab.ui.pictures.panel import picture_panel
from cnnlab.viz.html import quiet, tag

POST = "https://charlesreid1.github.io/deconvoluting-convolutional-neural-networks.html"
NOTEBOOK = "https://github.com/charlesreid1/deconvoluting-convolutions"

frame.page("CNN Lab", "Watch a picture flow through a network.", strip=False)
begin_with_silhouette()
living_network()
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    lessons = offered().lessons
    if lessons:
        st.button("Start with the first lesson", type="primary", on_click=lambda: enter(lessons[0], 0))
    link("lessons", f"All {len(lessons)} lessons, which follow the post")
LET = "Let another picture flow: drop one anywhere on this page, or choose one here"
with st.expander(LET, key="home_pictures", on_change="rerun") as fold:
    picture_panel(folded=not fold.open)
next_steps()
show_html(
    quiet(
        "It makes ",
        tag("a", "Deconvoluting Convolutional Neural Networks", href=POST),
        " by Charles Reid (2019) something to do; the post stands on ",
        tag("a", "a notebook", href=NOTEBOOK),
        ". Every number here is what Keras computes for the same network.",
    )
)
