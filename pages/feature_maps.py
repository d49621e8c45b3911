"""Show what the network sees in a visitor's own picture."""

import streamlit as st

from cnnlab.core.explain import describe_shape
from cnnlab.core.pictures import prepare
from cnnlab.ui import frame
from cnnlab.ui.feature_maps import map_controls, resolve_choice, show_maps
from cnnlab.ui.picture import picture_panel

choice = resolve_choice()
frame.page("Feature maps", "What does the network see in your picture?", network=choice.network)
left, right = st.columns([3, 9], gap="medium")
with left:
    picture = picture_panel()
    map_controls(choice)
    height, width, channels = choice.network.input_shape
    st.image(
        prepare(picture.pixels, height, width, channels),
        width=150,
        alt=f"The picture as the network receives it, {width} by {height} pixels.",
        caption=f"{picture.name}, {picture.pixels.shape[1]} × {picture.pixels.shape[0]} pixels, stretched to the array "
        f"{describe_shape(choice.network.input_shape)}",
    )
with right, st.container(key="feature_maps"):
    show_maps(choice, picture)
