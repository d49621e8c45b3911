"""Draw transforms within their ranges and apply them; equality with Keras is held in tests/tf."""

import json
from dataclasses import replace

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
        (Transform(0.13, 0.87, 1.12, True), "shear 0.13°, zoom 1.12 × 0.87, flipped"),
        (Transform(-0.2, 1, 1, False), "shear −0.20°, zoom 1.00 × 1.00"),
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
        ({"samplewise_center": True}, "no setting 'samplewise_center'"),
        ({"rotation_range": 361}, "rotation_range must lie between 0 and 360 degrees, not 361"),
        ({"width_shift_range": -0.1}, "width_shift_range"),
        ({"height_shift_range": [1, 2]}, "height_shift_range"),
        ({"brightness_range": 0.5}, "brightness_range must be two numbers"),
        ({"brightness_range": [1.5, 0.5]}, "from 1.5 to 0.5"),
        ({"channel_shift_range": 300}, "channel_shift_range"),
        ({"vertical_flip": "yes"}, "vertical_flip must be true or false"),
        ({"fill_mode": "mirror"}, "fill_mode must be one of nearest, reflect, wrap, constant, not 'mirror'"),
        ({"cval": -1}, "cval"),
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


ALL = Augmentation(
    rotation_range=40,
    width_shift_range=0.2,
    height_shift_range=7,
    shear_range=10,
    zoom_range=(0.7, 1.1),
    horizontal_flip=True,
    vertical_flip=True,
    brightness_range=(0.5, 1.5),
    channel_shift_range=30,
)
NAMES = tuple(vars(Transform()))


def test_all_that_is_drawn_is_drawn_independently() -> None:
    drawn = draw_many(ALL, MANY, seed=2, size=(30, 50))
    values = np.array([[getattr(t, name) for name in NAMES] for t in drawn], dtype=float).T
    correlations = np.corrcoef(values) - np.eye(len(NAMES))
    assert np.abs(correlations).max() < 0.05


def test_every_draw_fills_its_range() -> None:
    drawn = draw_many(ALL, MANY, seed=3, size=(30, 50))
    ends = {"theta": (-40, 40), "ty": (-10, 10), "tx": (-6, 6), "shear": (-10, 10), "zx": (0.7, 1.1), "zy": (0.7, 1.1)}
    ends |= {"channel_shift_intensity": (-30, 30), "brightness": (0.5, 1.5)}
    for name, (low, high) in ends.items():
        values = np.array([getattr(t, name) for t in drawn])
        span = high - low
        assert low <= values.min() < low + 0.01 * span
        assert high - 0.01 * span < values.max() <= high
    assert {t.tx for t in drawn} == set(range(-6, 7))
    assert {t.flip_vertical for t in drawn} == {True, False}


@pytest.mark.parametrize("setting", ["rotation_range", "width_shift_range", "zoom_range", "brightness_range"])
def test_turning_one_setting_off_leaves_what_the_others_draw(setting: str) -> None:
    others = replace(ALL, **{setting: getattr(Augmentation(), setting)})
    hidden = {"rotation_range": ["theta"], "width_shift_range": ["ty"], "zoom_range": ["zx", "zy"]}
    before, after = (draw_many(a, 5, seed=1, size=(30, 50)) for a in (ALL, others))
    for name in NAMES:
        if name not in hidden.get(setting, ["brightness"]):
            assert [getattr(t, name) for t in before] == [getattr(t, name) for t in after]


def test_a_share_needs_the_size_of_the_picture() -> None:
    with pytest.raises(AugmentationError, match="height and width must be given"):
        draw_many(Augmentation(width_shift_range=0.1), 1, seed=0)
    assert draw_many(Augmentation(width_shift_range=4), 1, seed=0)


@pytest.mark.parametrize(
    ("fill_mode", "expected"),
    [
        ("nearest", [10, 10, 10, 20, 30]),
        ("reflect", [20, 10, 10, 20, 30]),
        ("constant", [7, 7, 10, 20, 30]),
        ("wrap", [30, 40, 10, 20, 30]),
    ],
)
def test_a_fill_mode_says_what_lies_outside(fill_mode: str, expected: list[int]) -> None:
    row = np.array([10, 20, 30, 40, 50], np.uint8)
    image = np.broadcast_to(row[None, None, :, None], (1, 5, 5, 1))
    out = apply(image, [Transform(tx=-2)], Augmentation(rescale=1.0, fill_mode=fill_mode, cval=7))
    assert out[0, 2, :, 0].tolist() == expected


def test_rescale_comes_last_so_that_it_also_scales_cval_and_brightness() -> None:
    image = np.full((1, 6, 6, 3), 100, np.uint8)
    settings = Augmentation(rescale=0.5, fill_mode="constant", cval=40)
    out = apply(image, [Transform(tx=50, brightness=1.5)], settings)
    np.testing.assert_array_equal(out, np.full((1, 6, 6, 3), 30.0))
    assert apply(image, [Transform(brightness=1.5)], settings)[0, 0, 0, 0] == 75


def test_every_setting_survives_json() -> None:
    settings = replace(ALL, fill_mode="reflect", cval=3.5)
    again = Augmentation.from_dict(json.loads(json.dumps(settings.to_dict())))
    assert again == settings
    assert isinstance(again.height_shift_range, int)


def test_a_caption_names_everything_that_was_drawn() -> None:
    drawn = Transform(0.1, 1, 1, True, True, theta=-12.34, tx=3, ty=-1.5, channel_shift_intensity=-20.4, brightness=0.5)
    assert describe(drawn) == (
        "rotation −12.3°, tx 3.0, ty −1.5 px, shear 0.10°, zoom 1.00 × 1.00, flipped, upside down, channels −20, "
        "brightness × 0.50"
    )
