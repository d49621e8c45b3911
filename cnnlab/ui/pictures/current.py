"""Know the picture that every page works on now, and bring it to what a network takes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.data.held import HeldPicture, Measure, hold
from cnnlab.core.pictures import PictureError, Pixels, input_problem
from cnnlab.core.pictures.patterns import pattern_picture
from cnnlab.core.pictures.reference import FromData, FromPattern
from cnnlab.ui.data.current import ordered
from cnnlab.ui.parts.pages import link, link_to_sequences
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.pictures.prepared import prepared_in
from cnnlab.ui.session import current_picture, shared


def picture_for(input_shape: tuple[int, int, int]) -> HeldPicture:
    """Return the current picture; a test pattern is drawn at exactly the size that a network takes."""
    reference = shared().picture.reference
    if isinstance(reference, FromPattern):
        return drawn(reference.name, *input_shape[:2])
    return current_picture()


def truth() -> str:
    """Return the class of the current picture where a data set tells it, else nothing."""
    mine = shared()
    reference = mine.picture.reference
    if isinstance(reference, FromData):
        with suppress(DataSetError):
            data = ordered(mine.data.reference)
            split = data.train if reference.split == "training" else data.validation
            if data.fingerprint == reference.fingerprint and reference.index < len(split):
                return data.classes[int(split.labels[reference.index])]
    return mine.picture.truth


def prepared_picture(input_shape: tuple[int, int, int]) -> Pixels:
    """Return the current picture as a network receives it, uint8 in its input shape (height, width, channels).

    Raises `PictureError`.
    """
    height, width, channels = input_shape
    if problem := input_problem(height, width, channels):
        raise PictureError(problem)
    mine = shared()
    measure = Measure(height, width, channels, mine.picture.preparation)
    mine.picture = mine.picture.measured(measure)
    return prepared_in(picture_for(input_shape), measure)


def require_input(input_shape: tuple[int, ...]) -> None:
    """End this page, or fragment, with one sentence and the way out if no picture can become such an input."""
    if problem := input_problem(*input_shape):
        refuse(problem)
        if len(input_shape) == 2:
            link_to_sequences()
        link("architecture", "Change the network's input")
        st.stop()


@contextmanager
def require_picture() -> Iterator[None]:
    """End this page, or fragment, with one sentence if the current picture cannot be read again."""
    try:
        yield
    except PictureError as error:
        refuse(error)
        st.stop()


def drawn(name: str, height: int, width: int) -> HeldPicture:
    """Return a test pattern at this size."""
    made = pattern_picture(name, height, width)
    return hold(made, lambda: made)
