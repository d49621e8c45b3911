"""Test patterns are what their names say, at any size."""

import numpy as np
import pytest

from cnnlab.core.pictures.patterns import PATTERNS, pattern, pattern_picture


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (28, 28), (64, 150)])
def test_every_pattern_has_the_size_that_is_asked_for(name: str, size: tuple[int, int]) -> None:
    pixels = pattern(name, *size)
    assert (pixels.shape, pixels.dtype) == ((*size, 3), np.uint8)
    assert (pixels == pixels[:, :, :1]).all(), "grey"


def test_stripes_change_along_one_axis_only() -> None:
    vertical, horizontal = (
        pattern(f"{way}_stripes", 60, 48)[:, :, 0].astype(int) for way in ("vertical", "horizontal")
    )
    assert not np.diff(vertical, axis=0).any()
    assert set(np.diff(vertical, axis=1).ravel()) == {-255, 0, 255}
    assert not np.diff(horizontal, axis=1).any()
    assert set(np.diff(horizontal, axis=0).ravel()) == {-255, 0, 255}


def test_a_checkerboard_is_half_white_and_one_bright_pixel_is_one() -> None:
    assert pattern("checkerboard", 48, 48)[:, :, 0].mean() == 127.5
    bright = pattern("one_bright_pixel", 31, 40)[:, :, 0]
    assert np.argwhere(bright).tolist() == [[15, 20]]
    assert bright.max() == 255


def test_the_gradient_runs_from_black_to_white() -> None:
    row = pattern("gradient", 5, 256)[2, :, 0]
    assert row.tolist() == list(range(256))


def test_a_pattern_of_another_size_is_another_picture() -> None:
    assert pattern_picture("gradient", 5, 6).sha256 != pattern_picture("gradient", 6, 5).sha256
    assert not pattern_picture("gradient", 5, 6).pixels.flags.writeable
