"""Say what CNN Lab is, and what to do in the next minute."""

import streamlit as st

from cnnlab.ui.home.living import begin_with_silhouette, living_network
from cnnlab.ui.lessons.course import enter, offered
from cnnlab.ui.parts import frame
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES, link
from cnnlab.ui.pictures.panel import picture_panel
from cnnlab.viz.html import heading, paragraph, quiet, tag

POST = "https://charlesreid1.github.io/deconvoluting-convolutional-neural-networks.html"
NOTEBOOK = "https://github.com/charlesreid1/deconvoluting-convolutions"

STEPS = (
    ("Change a layer", "Move a kernel size and watch every tensor shape follow.", "architecture"),
    ("Follow one number", "Take a convolution apart, down to a single product.", "convolution"),
    ("See inside", "Upload a picture and look at every feature map.", "feature_maps"),
    ("Know the data", "See every picture of a set, and what is wrong with it.", "data"),
    ("Bend the data", "See what shear, zoom and flip do to each sample.", "augmentation"),
    ("Train it", "Launch a real Keras training and watch its curves live.", "training"),
)

frame.page("CNN Lab", "Watch a picture flow through a network.", strip=False)
begin_with_silhouette()
living_network()
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    lessons = offered().lessons
    if lessons:
        st.button("Start with the first lesson", type="primary", on_click=lambda: enter(lessons[0], 0))
    link("lessons", f"All {len(lessons)} lessons, which follow the post")
with st.expander("Let another picture flow: drop one anywhere on this page, or choose one here", key="home_pictures"):
    picture_panel()
with st.container(key="steps"):
    columns = st.columns(len(STEPS))
for column, (title, what, name) in zip(columns, STEPS, strict=True):
    with column, st.container(border=True):
        show_html(heading(title), paragraph(what))
        link(name, TITLES[name])
show_html(
    quiet(
        "It makes ",
        tag("a", "Deconvoluting Convolutional Neural Networks", href=POST),
        " by Charles Reid (2019) something to do; the post stands on ",
        tag("a", "a notebook", href=NOTEBOOK),
        ". Every number here is what Keras computes for the same network.",
    )
)
