"""Draw transforms within their ranges and apply them; equality with Keras is held in tests/tf."""

import json

import numpy as np
import pytest

from cnnlab.core.augment import Augmentation, AugmentationError, Transform, apply, describe, draw_many

MANY = 6000


def pictures(n: int = 3, height: int = 9, width: int = 14, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size=(n, height, width, channels), dtype=np.uint8)


def slow_bilinear(image: np.ndarray, transform: Transform) -> np.ndarray:
    """Warp pixel by pixel about the centre of a square picture, then flip."""
    size = len(image)
    centre = (size - 1) / 2
    matrix = transform.matrix()[:2, :2]
    out = np.empty(image.shape)
    for i, j in np.ndindex(size, size):
        row, column = np.clip(matrix @ (i - centre, j - centre) + centre, 0, size - 1)
        top, left = int(row), int(column)
        bottom, right = min(top + 1, size - 1), min(left + 1, size - 1)
        down, along = row - top, column - left
        upper = image[top, left] * (1 - along) + image[top, right] * along
        lower = image[bottom, left] * (1 - along) + image[bottom, right] * along
        out[i, j] = upper * (1 - down) + lower * down
    return out[:, ::-1] if transform.flip_horizontal else out


def test_the_posts_settings_are_those_of_the_post() -> None:
    assert Augmentation.post().to_dict() == {
        "rescale": 1 / 255,
        "shear_range": 0.2,
        "zoom_range": [0.8, 1.2],
        "horizontal_flip": True,
    }
    assert Augmentation.none() == Augmentation(rescale=1 / 255)


def test_draws_fill_their_ranges_and_do_not_leave_them() -> None:
    drawn = draw_many(Augmentation.post(), MANY, seed=0)
    shear, zx, zy = (np.array([getattr(t, name) for t in drawn]) for name in ("shear", "zx", "zy"))
    assert -0.2 <= shear.min() < -0.19
    assert 0.19 < shear.max() <= 0.2
    for zoom in (zx, zy):
        assert 0.8 <= zoom.min() < 0.81
        assert 1.19 < zoom.max() <= 1.2
        assert abs(zoom.mean() - 1) < 0.01
    assert abs(np.mean([t.flip_horizontal for t in drawn]) - 0.5) < 0.03


def test_both_zooms_and_the_rest_are_drawn_independently() -> None:
    drawn = draw_many(Augmentation.post(), MANY, seed=1)
    values = np.array([(t.shear, t.zx, t.zy, t.flip_horizontal) for t in drawn], dtype=float).T
    correlations = np.corrcoef(values) - np.eye(4)
    assert np.abs(correlations).max() < 0.05


def test_without_settings_nothing_is_drawn() -> None:
    assert set(draw_many(Augmentation.none(), 50, seed=0)) == {Transform()}


def test_the_same_seed_draws_the_same_and_another_seed_does_not() -> None:
    assert draw_many(Augmentation.post(), 5, seed=7) == draw_many(Augmentation.post(), 5, seed=7)
    assert draw_many(Augmentation.post(), 5, seed=7) != draw_many(Augmentation.post(), 5, seed=8)


@pytest.mark.parametrize(
    "transform",
    [
        Transform(zx=0.5, zy=0.5),
        Transform(zx=1.9, zy=0.7, flip_horizontal=True),
        Transform(shear=30),
        Transform(shear=-75, zx=0.9, zy=1.1, flip_horizontal=True),
    ],
)
def test_a_warp_equals_interpolation_pixel_by_pixel(transform: Transform) -> None:
    image = pictures(1, 11, 11)[0]
    warped = apply(image[None], [transform], Augmentation(rescale=1.0))[0]
    np.testing.assert_allclose(warped, slow_bilinear(image, transform), rtol=0, atol=1e-4)


def test_an_identity_transform_only_rescales() -> None:
    images = pictures()
    out = apply(images, [Transform()] * 3, Augmentation.none())
    np.testing.assert_array_equal(out, images * np.float32(1 / 255))
    assert out.dtype == np.float32


def test_a_flip_mirrors_columns_and_leaves_rows() -> None:
    images = pictures(1)
    out = apply(images, [Transform(flip_horizontal=True)], Augmentation(rescale=1.0))
    np.testing.assert_array_equal(out, images[:, :, ::-1])


def test_zoom_below_one_zooms_in() -> None:
    image = np.zeros((1, 20, 20, 1), np.uint8)
    image[0, 8:12, 8:12] = 255
    areas = [apply(image, [Transform(zx=zoom, zy=zoom)], Augmentation.none()).sum() for zoom in (0.5, 1.0, 2.0)]
    assert areas[0] > areas[1] > areas[2]


def test_each_picture_of_a_batch_gets_its_own_transform() -> None:
    images = pictures(40, 30, 31)
    transforms = draw_many(Augmentation(shear_range=20, zoom_range=(0.5, 1.5), horizontal_flip=True), 37, seed=3)
    transforms = (Transform(), *transforms, Transform(flip_horizontal=True), Transform(shear=5))
    together = apply(images, transforms, Augmentation.post())
    for image, transform, result in zip(images, transforms, together, strict=True):
        np.testing.assert_array_equal(apply(image[None], [transform], Augmentation.post())[0], result)


@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (2, 1, 5, 1), (2, 5, 1, 3), (1, 4, 6, 4), (0, 5, 5, 3)])
def test_small_and_odd_shapes_are_warped(shape: tuple[int, ...]) -> None:
    out = apply(np.full(shape, 200, np.uint8), [Transform(shear=3, zx=0.8)] * shape[0], Augmentation(rescale=1.0))
    np.testing.assert_allclose(out, np.full(shape, 200.0), atol=1e-3)


def test_the_images_themselves_are_left_alone() -> None:
    images = pictures()
    images.setflags(write=False)
    before = images.copy()
    apply(images, draw_many(Augmentation.post(), 3, seed=0), Augmentation.post())
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        (Transform(0.13, 0.87, 1.12, True), "shear 0.13°, zoom 0.87 × 1.12, flipped"),
        (Transform(-0.2, 1, 1, False), "shear -0.20°, zoom 1.00 × 1.00"),
        (Transform(-0.001), "shear 0.00°, zoom 1.00 × 1.00"),
    ],
)
def test_a_caption_says_what_was_drawn(transform: Transform, words: str) -> None:
    assert describe(transform) == words


def test_settings_survive_json() -> None:
    for augmentation in (Augmentation.post(), Augmentation.none()):
        assert Augmentation.from_dict(json.loads(json.dumps(augmentation.to_dict()))) == augmentation


@pytest.mark.parametrize(
    ("config", "zoom_range"),
    [
        ({"zoom_range": 0.2}, (0.8, 1.2)),
        ({"zoom_range": [0.5, 1]}, (0.5, 1)),
        ({"zoom_range": 0}, (1, 1)),
        ({}, (1, 1)),
    ],
)
def test_zoom_is_one_number_or_a_range(config: dict, zoom_range: tuple[float, float]) -> None:
    assert Augmentation.from_dict(config).zoom_range == zoom_range


@pytest.mark.parametrize("rescale", [None, 0])
def test_no_rescale_means_none_as_in_keras(rescale: float | None) -> None:
    assert Augmentation.from_dict({"rescale": rescale}).rescale == 1.0


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"rotation_range": 40}, "no setting 'rotation_range'"),
        ({"shear_range": -1}, "shear_range must lie between 0 and 90 degrees, not -1"),
        ({"shear_range": "0.2"}, "shear_range"),
        ({"shear_range": float("nan")}, "shear_range"),
        ({"shear_range": True}, "shear_range"),
        ({"zoom_range": 1}, "zoom_range"),
        ({"zoom_range": [1.2, 0.8]}, "from 1.2 to 0.8"),
        ({"zoom_range": [0.8, 1.0, 1.2]}, "zoom_range"),
        ({"zoom_range": [0.8, None]}, "zoom_range"),
        ({"zoom_range": "wide"}, "zoom_range"),
        ({"zoom_range": 50}, "zoom_range"),
        ({"horizontal_flip": 1}, "horizontal_flip must be true or false"),
        ({"rescale": -1}, "rescale"),
        ({"rescale": float("inf")}, "rescale"),
        ({"rescale": False}, "rescale"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_one_sentence(config: dict, words: str) -> None:
    with pytest.raises(AugmentationError) as caught:
        Augmentation.from_dict(config)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_images_and_transforms_must_match() -> None:
    with pytest.raises(AugmentationError, match="one transform for each of the 3 pictures, not 1"):
        apply(pictures(3), [Transform()], Augmentation.none())
    with pytest.raises(AugmentationError, match="float32"):
        apply(pictures(1).astype(np.float32), [Transform()], Augmentation.none())
    with pytest.raises(AugmentationError, match="at most 4 channels"):
        apply(pictures(1, channels=5), [Transform()], Augmentation.none())
