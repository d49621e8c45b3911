"""Show what a network, or somebody else's model, sees in a visitor's own picture."""

import streamlit as st

from cnnlab.core.markdown import plain
from cnnlab.core.teach.brief import describe_shape
from cnnlab.ui.inside.models import chosen_model, chosen_range, range_control, show_model
from cnnlab.ui.inside.weights import map_controls, resolve_choice, show_maps
from cnnlab.ui.parts import frame
from cnnlab.ui.pictures.panel import picture_for, picture_panel, prepared_picture, require_input, require_picture
from cnnlab.ui.pictures.preparation import preparation_controls, show_preparation

choice, model = resolve_choice(), chosen_model()
frame.page("Feature maps", "What does the network see in your picture?", network=choice.network)
left, right = st.columns([3, 9], gap="medium")
with left:
    picture_panel()
    map_controls(choice)
    shape = model.input_shape if model else choice.network.input_shape
    with right:
        require_input(shape)
    with right, require_picture():
        picture, prepared = picture_for(shape), prepared_picture(shape)
    st.image(
        prepared,
        width=150,
        alt=f"The picture as the network receives it, {shape[1]} by {shape[0]} pixels.",
        caption=f"{plain(picture.name)}, {picture.facts.shape[1]} × {picture.facts.shape[0]} pixels, as the array "
        f"{describe_shape(shape)}",
    )
    with st.expander("How it becomes numbers"):
        preparation_controls()
        if model:
            range_control(model)
        show_preparation(picture.facts, prepared, *(chosen_range(model) if model else (choice.weights.rescale, 0.0)))
with right, st.container(key="feature_maps"):
    if model:
        show_model(model, prepared)
    else:
        show_maps(choice, prepared)
