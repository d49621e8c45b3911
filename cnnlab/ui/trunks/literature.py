"""Draw beside a run on a trunk what the literature reports, and whether its data were the same."""

import streamlit as st

from cnnlab.core.training.story import Story
from cnnlab.core.trunks.literature import ADDRESS, LESSONS, SET_UP, counts_of, same_data
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import bold, line, quiet, table, tag


def literature(story: Story) -> None:
    """Draw the numbers of the Keras blog's three lessons as they stand there."""
    with st.expander("What the literature reports"):
        lines = (line(each.lesson, each.accuracy, each.how) for each in LESSONS)
        heads = ("lesson", "validation accuracy", "set-up")
        show_html(
            tag("div", table("The Keras blog's three lessons", heads, lines), class_="sideways"),
            quiet(SET_UP, " ", tag("a", "The Keras blog, 2016", href=ADDRESS), "."),
        )
        if story.first_start:
            show_html(quiet("Same data? ", bold(same_data(*counts_of(story.first_start))), "."))
