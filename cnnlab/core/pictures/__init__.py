"""Decode, prepare and offer pictures."""

from cnnlab.core.pictures.pictures import (
    AS_IN_THE_POST,
    FITS,
    FORMATS,
    INTERPOLATIONS,
    Facts,
    Picture,
    PictureError,
    Pixels,
    Preparation,
    decode,
    fitted,
    input_problem,
    open_upright,
    prepare,
    shown_name,
    small_square,
)

__all__ = [
    "AS_IN_THE_POST",
    "FITS",
    "FORMATS",
    "INTERPOLATIONS",
    "Facts",
    "Picture",
    "PictureError",
    "Pixels",
    "Preparation",
    "decode",
    "fitted",
    "input_problem",
    "open_upright",
    "prepare",
    "shown_name",
    "small_square",
]
