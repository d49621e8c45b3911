"""An overlay shows the picture where the map is zero, and the scale's colour where it is strong."""

import io

import numpy as np
from PIL import Image

from cnnlab.viz.explain.overlay import STRONGEST, overlay
from cnnlab.viz.palette import NEGATIVE, POSITIVE


def test_zero_shows_the_picture_and_strong_values_show_their_colour() -> None:
    pixels = np.full((1, 4, 3), 100, np.uint8)
    drawn = np.asarray(Image.open(io.BytesIO(overlay(pixels, np.array([[0, 2, -2, 9]], np.float32), 2.0))))
    assert drawn[0, 0].tolist() == [100, 100, 100]
    for place, colour in ((1, POSITIVE), (2, NEGATIVE), (3, POSITIVE)):
        wanted = (1 - STRONGEST) * 100 + STRONGEST * np.array(colour)
        np.testing.assert_allclose(drawn[0, place], wanted, atol=1)


def test_a_map_of_zeros_changes_nothing() -> None:
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    drawn = np.asarray(Image.open(io.BytesIO(overlay(pixels, np.zeros((2, 3), np.float32), 0.0))))
    assert (drawn == pixels).all()
