"""Show what one unit of a network likes: the picture that it answers most, and the strongest patches of real ones."""

import streamlit as st

from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.climbing import climb_view
from cnnlab.ui.explain.unit import unit_control


def what_a_unit_likes(subject: Subject) -> None:
    """Draw the choice of a unit and everything about what it likes; raise `InferenceError` or `AscentError`."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="unit_controls"):
        unit = unit_control(subject)
    climb_view(subject, unit, None)
