"""Show what one unit of a network likes: the picture that it answers most, and its patches in real pictures."""

import streamlit as st

from cnnlab.ui.explain.units.climbing import climb_view
from cnnlab.ui.explain.units.patches import strongest_patches
from cnnlab.ui.explain.units.unit import unit_control
from cnnlab.ui.inside.current import Current
from cnnlab.ui.parts import pages
from cnnlab.ui.session.keys import FILTERS, MAP_KIND


def what_a_unit_likes(current: Current) -> None:
    """Draw the choice of a unit and everything about what it likes; raise `InferenceError` or `AscentError`."""
    subject = current.subject
    with st.container(horizontal=True, vertical_alignment="bottom", key="unit_controls"):
        unit = unit_control(subject)
        if unit.row in current.sendable and unit.row in subject.graph.windowed:
            label = "Take its sum apart"
            if st.button(label, key="unit_apart", help="Open this channel in the convolution view."):
                current.select(unit.row, unit.channel)
                pages.go("convolution")
            if st.button("See the kernels", key="unit_kernels", help="Open the filters on the feature-maps page."):
                MAP_KIND.set(FILTERS)
                pages.go("feature_maps")
    known = strongest_patches(subject, unit)
    climb_view(subject, unit, known)
