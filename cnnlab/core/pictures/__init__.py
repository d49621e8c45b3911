"""Decode, prepare and offer pictures."""

from cnnlab.core.pictures.picture import PLAIN, Facts, Handling, Picture, PictureError, Pixels
from cnnlab.core.pictures.pictures import (
    FORMATS_IN_WORDS,
    PICTURE_SUFFIXES,
    decode,
    format_of,
    open_upright,
    shown_name,
)
from cnnlab.core.pictures.preparing import (
    AS_IN_THE_POST,
    FITS,
    INTERPOLATIONS,
    Preparation,
    fitted,
    input_problem,
    prepare,
    small_square,
)

__all__ = [
    "AS_IN_THE_POST",
    "FITS",
    "FORMATS_IN_WORDS",
    "INTERPOLATIONS",
    "PICTURE_SUFFIXES",
    "PLAIN",
    "Facts",
    "Handling",
    "Picture",
    "PictureError",
    "Pixels",
    "Preparation",
    "decode",
    "fitted",
    "format_of",
    "input_problem",
    "open_upright",
    "prepare",
    "shown_name",
    "small_square",
]
