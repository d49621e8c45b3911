"""Draw the column beside what is seen: the picture, the weights, and how the picture becomes numbers."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.core.pictures import Pixels
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words import plain
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.models import bring_model
from cnnlab.ui.inside.weights import Choice, weights_control
from cnnlab.ui.pictures.current import picture_for, prepared_picture, require_input, require_picture
from cnnlab.ui.pictures.panel import picture_panel
from cnnlab.ui.pictures.preparation import preparation_controls, show_preparation
from cnnlab.ui.pictures.prepared import png_of


def require_pictures(current: Current) -> None:
    """End this page with one sentence and the way out if what is shown reads sequences."""
    if isinstance(current, Choice) and current.network.rank == 1:
        require_input(current.network.input_shape)


def picture_column(current: Current, left: DeltaGenerator, right: DeltaGenerator) -> Pixels:
    """Draw the column, and return the picture as the network receives it, uint8 (height, width, channels).

    Where there is no such picture, what is to be done is said on the right and the page ends.
    """
    with right:
        require_pictures(current)
    with left:
        picture_panel()
        weights_control(current.key, current.trained)
        bring_model()
        shape = current.subject.input_shape
        with right:
            require_input(shape)
        with right, require_picture():
            picture, prepared = picture_for(shape), prepared_picture(shape)
        st.image(
            png_of(prepared),
            width=150,
            alt=f"The picture as the network receives it, {shape[1]} by {shape[0]} pixels.",
            caption=f"{plain(picture.name)}, {picture.facts.shape[1]} × {picture.facts.shape[0]} pixels, as the array "
            f"{describe_shape(shape)}",
        )
        fold = st.expander("How it becomes numbers", key="picture_numbers", on_change="rerun")
        if fold.open:
            with fold:
                preparation_controls()
                current.range_control()
                show_preparation(picture.facts, prepared, *current.subject.rescaling)
    return prepared
