"""Remember pictures in the measures that networks want, for all visitors together and within a bound."""

from collections.abc import Callable

import streamlit as st

from cnnlab.core.data.held import HeldPicture, Measure
from cnnlab.core.pictures import Pixels


def prepared_in(picture: HeldPicture, measure: Measure) -> Pixels:
    """Return a picture in a measure, uint8 (height, width, channels), made once; raise `PictureError`."""
    return _made(picture.facts.sha256, measure, picture.prepared)


def remember(picture: HeldPicture, measure: Measure, pixels: Pixels) -> None:
    """Take what was made of a picture already."""
    _made(picture.facts.sha256, measure, lambda _: pixels)


@st.cache_data(max_size="32MB", show_spinner=False)
def _made(sha256: str, measure: Measure, _make: Callable[[Measure], Pixels]) -> Pixels:
    return _make(measure)
