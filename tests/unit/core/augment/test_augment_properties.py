"""What holds for every transform, whatever was drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.core.augment import Augmentation, Transform, apply, draw
from cnnlab.core.augment.generator_settings import FILL_MODES


def drawn(least: float, most: float) -> st.SearchStrategy[float]:
    """Draw as a generator does: no number so small that it only decides which way a half is rounded."""
    return st.floats(least, most).map(lambda number: round(number, 9))


GEOMETRY = {
    "shear": drawn(-80, 80),
    "zx": drawn(0.2, 4),
    "zy": drawn(0.2, 4),
    "theta": drawn(-180, 180),
    "tx": drawn(-30, 30),
    "ty": drawn(-30, 30),
}
TRANSFORMS = st.builds(Transform, **GEOMETRY, flip_horizontal=st.booleans(), flip_vertical=st.booleans())
PICTURES = st.tuples(st.integers(1, 14), st.integers(1, 14), st.sampled_from([1, 3]), st.integers(0, 2**16)).map(
    lambda t: np.random.default_rng(t[3]).integers(0, 256, (1, *t[:3]), np.uint8)
)
FILLS = st.sampled_from(FILL_MODES)
quickly = settings(max_examples=120, deadline=None)


def warped(picture: np.ndarray, transform: Transform, fill: str = "nearest", cval: float = 0.0) -> np.ndarray:
    return apply(picture, [transform], Augmentation(rescale=1.0, fill_mode=fill, cval=cval))[0]


@quickly
@given(PICTURES, TRANSFORMS, FILLS, st.integers(0, 255))
def test_no_value_leaves_the_range_of_the_picture_and_its_surrounding(
    picture: np.ndarray, transform: Transform, fill: str, cval: int
) -> None:
    out = warped(picture, transform, fill, cval)
    low, high = int(picture.min()), int(picture.max())
    if fill == "constant":
        low, high = min(low, cval), max(high, cval)
    assert out.shape == picture.shape[1:]
    assert low - 1e-3 <= out.min() <= out.max() <= high + 1e-3


@quickly
@given(PICTURES, st.builds(Transform, **GEOMETRY), FILLS, st.booleans(), st.booleans())
def test_flips_come_after_everything_else(
    picture: np.ndarray, transform: Transform, fill: str, across: bool, down: bool
) -> None:
    plain = warped(picture, transform, fill)
    values = {**vars(transform), "flip_horizontal": across, "flip_vertical": down}
    flipped = warped(picture, Transform(**values), fill)
    expected = plain[:: -1 if down else 1, :: -1 if across else 1]
    # A coordinate on the very edge of the picture, or of a fill's period, may be rounded to either side of it.
    assert (
        (np.abs(flipped - expected) > 0.01).mean() <= 0.2
        if fill in ("constant", "wrap")
        else np.allclose(flipped, expected, atol=0.01)
    )


@quickly
@given(st.builds(Transform, **GEOMETRY))
def test_the_matrix_is_rotation_shift_shear_and_zoom(transform: Transform) -> None:
    matrix = transform.matrix()
    assert matrix[2].tolist() == [0, 0, 1]
    area = np.linalg.det(matrix[:2, :2])
    assert area == pytest.approx(transform.zx * transform.zy * np.cos(np.radians(transform.shear)), rel=1e-9)
    back = Transform(theta=-transform.theta).matrix() @ Transform(theta=transform.theta).matrix()
    np.testing.assert_allclose(back, np.eye(3), atol=1e-12)


@quickly
@given(st.floats(0, 360), st.floats(0, 0.99), st.floats(0, 90), st.floats(0.1, 1), st.floats(1, 3), st.integers(0, 999))
def test_a_draw_stays_within_its_settings(
    rotation: float, shift: float, shear: float, low: float, high: float, seed: int
) -> None:
    augmentation = Augmentation(
        rotation_range=rotation, width_shift_range=shift, shear_range=shear, zoom_range=(low, high)
    )
    drawn = draw(augmentation, np.random.default_rng(seed), (20, 40))
    assert abs(drawn.theta) <= rotation
    assert abs(drawn.ty) <= shift * 40
    assert drawn.tx == 0
    assert abs(drawn.shear) <= shear
    assert low <= drawn.zx <= high
    assert low <= drawn.zy <= high
    assert (drawn.flip_horizontal, drawn.flip_vertical, drawn.brightness) == (False, False, None)


@quickly
@given(PICTURES, st.floats(0, 3), st.floats(-255, 255))
def test_colours_stay_between_0_and_255_and_no_pixel_moves(
    picture: np.ndarray, brightness: float, intensity: float
) -> None:
    out = warped(picture, Transform(brightness=brightness, channel_shift_intensity=intensity))
    assert 0 <= out.min() <= out.max() <= 255
    order = np.argsort(picture[0].ravel(), kind="stable")
    assert (np.diff(out.ravel()[order]) >= 0).all(), "a lighter value stays lighter or equal"
