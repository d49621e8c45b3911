"""Hold `cnnlab.core.augment` to Keras' `ImageDataGenerator`, pixel by pixel."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.augment import Augmentation, Transform, apply, draw, draw_many
from cnnlab.core.augment.generator_settings import FILL_MODES

# Keras interpolates in doubles, the core in single precision: of 255 grey levels, that is all that may differ.
TOLERANCE = 255 * 5e-7


def by_keras(image: np.ndarray, transform: Transform) -> np.ndarray:
    return as_keras(image, transform, Augmentation())


def as_keras(image: np.ndarray, transform: Transform, settings: Augmentation) -> np.ndarray:
    """Return what Keras makes of a picture in 0..255, with doubles, for every parameter of the transform."""
    generator = tf.keras.preprocessing.image.ImageDataGenerator(fill_mode=settings.fill_mode, cval=settings.cval)
    return generator.apply_transform(image.astype(np.float64), asdict(transform))


def shapes(seed: int) -> tuple[int, ...]:
    rng = np.random.default_rng(seed)
    return (*rng.integers(2, 60, size=2), rng.choice([1, 3]))


@pytest.mark.parametrize("seed", range(25))
def test_every_pixel_equals_keras_on_random_non_square_pictures(seed: int) -> None:
    strong = Augmentation(rescale=1.0, shear_range=40, zoom_range=(0.3, 2.5), horizontal_flip=True)
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, size=(4, *shapes(seed)), dtype=np.uint8)
    transforms = [draw(strong, rng) for _ in images]
    ours = apply(images, transforms, strong)
    for image, transform, mine in zip(images, transforms, ours, strict=True):
        np.testing.assert_allclose(mine, by_keras(image, transform), rtol=0, atol=TOLERANCE)


def test_the_posts_settings_equal_keras_at_150_pixels() -> None:
    images = np.random.default_rng(0).integers(0, 256, size=(6, 150, 150, 3), dtype=np.uint8)
    transforms = draw_many(Augmentation.post(), 6, seed=1)
    ours = apply(images, transforms, Augmentation.post())
    keras = np.stack([by_keras(i, t) for i, t in zip(images, transforms, strict=True)]) / 255
    np.testing.assert_allclose(ours, keras, rtol=0, atol=TOLERANCE / 255)


@pytest.mark.parametrize(
    "transform",
    [Transform(), Transform(flip_horizontal=True), Transform(shear=10), Transform(zx=0.5), Transform(zy=1.7)],
)
def test_each_part_alone_equals_keras(transform: Transform) -> None:
    image = np.random.default_rng(3).integers(0, 256, size=(17, 29, 3), dtype=np.uint8)
    ours = apply(image[None], [transform], Augmentation(rescale=1.0))[0]
    np.testing.assert_allclose(ours, by_keras(image, transform), rtol=0, atol=TOLERANCE)


def test_settings_spread_as_keras_spreads_its_own_draws() -> None:
    settings = {"shear_range": 0.2, "zoom_range": 0.2, "horizontal_flip": True}
    generator = tf.keras.preprocessing.image.ImageDataGenerator(**settings)
    np.random.seed(0)
    theirs = [generator.get_random_transform((8, 8, 3)) for _ in range(4000)]
    ours = draw_many(Augmentation.from_dict(settings), 4000, seed=0)
    for name in ("shear", "zx", "zy", "flip_horizontal"):
        a, b = (np.array(v, dtype=float) for v in ([t[name] for t in theirs], [getattr(t, name) for t in ours]))
        scale = b.std()
        assert abs(a.mean() - b.mean()) < 0.1 * scale
        assert abs(a.std() - b.std()) < 0.05 * scale


def test_a_single_zoom_number_means_the_same_range_as_in_keras() -> None:
    generator = tf.keras.preprocessing.image.ImageDataGenerator(zoom_range=0.3)
    assert Augmentation.from_dict({"zoom_range": 0.3}).zoom_range == tuple(generator.zoom_range)


EVERYTHING = Augmentation(
    rescale=1.0,
    rotation_range=60,
    width_shift_range=0.4,
    height_shift_range=5.5,
    shear_range=40,
    zoom_range=(0.4, 2.2),
    horizontal_flip=True,
    vertical_flip=True,
)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("seed", range(8))
def test_every_geometry_equals_keras_for_every_fill_mode(seed: int, fill_mode: str) -> None:
    settings = replace(EVERYTHING, fill_mode=fill_mode, cval=90)
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, size=(4, *shapes(seed)), dtype=np.uint8)
    transforms = [draw(settings, rng, images.shape[1:3]) for _ in images]
    ours = apply(images, transforms, settings)
    for image, transform, mine in zip(images, transforms, ours, strict=True):
        # Coordinates agree to 1e-13, so a pixel on the very edge may fall on either side of it.
        off = np.abs(mine - as_keras(image, transform, settings)) > TOLERANCE
        assert off.mean() < 0.001 if fill_mode == "constant" else not off.any()


@pytest.mark.parametrize(
    "transform",
    [
        Transform(theta=30),
        Transform(tx=4),
        Transform(ty=-3.5),
        Transform(theta=-90, tx=2, ty=1),
        Transform(flip_vertical=True),
        Transform(channel_shift_intensity=40),
        Transform(channel_shift_intensity=-75.5, flip_horizontal=True),
    ],
)
def test_each_new_part_alone_equals_keras(transform: Transform) -> None:
    image = np.random.default_rng(4).integers(20, 230, size=(18, 25, 3), dtype=np.uint8)
    ours = apply(image[None], [transform], Augmentation(rescale=1.0))[0]
    np.testing.assert_allclose(ours, by_keras(image, transform), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("brightness", [0.0, 0.3, 0.77, 1.0, 1.4, 2.5])
def test_brightness_equals_keras_for_every_grey_level(brightness: float) -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    transform = Transform(brightness=brightness, channel_shift_intensity=12.25)
    ours = apply(image[None], [transform], Augmentation(rescale=1.0))[0]
    np.testing.assert_array_equal(ours, by_keras(image, transform))


def test_brightness_after_a_warp_equals_keras_but_for_pixels_on_the_edge_of_a_grey_level() -> None:
    rng = np.random.default_rng(5)
    image = rng.integers(0, 256, size=(40, 40, 3), dtype=np.uint8)
    transform = Transform(theta=17, zx=0.9, brightness=1.3, channel_shift_intensity=-20)
    ours = apply(image[None], [transform], Augmentation(rescale=1.0))[0]
    off = np.abs(ours - by_keras(image, transform))
    assert off.max() <= 2
    assert (off > 0).mean() < 0.001


def test_keras_moves_columns_by_what_it_draws_from_height_shift_range() -> None:
    image = np.zeros((9, 9, 1), np.uint8)
    image[4, 4] = 255
    assert np.argwhere(by_keras(image, Transform(tx=2))[..., 0] == 255).tolist() == [[4, 2]]
    assert np.argwhere(by_keras(image, Transform(ty=2))[..., 0] == 255).tolist() == [[2, 4]]


@pytest.mark.parametrize(
    "settings",
    [
        {"rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.1},
        {"width_shift_range": 3, "height_shift_range": 7},
        {"width_shift_range": 3.5, "height_shift_range": 7.0},
        {"brightness_range": [0.4, 1.2], "channel_shift_range": 30.0, "vertical_flip": True},
    ],
)
def test_the_new_settings_spread_as_keras_spreads_them(settings: dict) -> None:
    generator = tf.keras.preprocessing.image.ImageDataGenerator(**settings)
    np.random.seed(1)
    theirs = [generator.get_random_transform((30, 50, 3)) for _ in range(4000)]
    ours = draw_many(Augmentation.from_dict(settings), 4000, seed=0, size=(30, 50))
    for name in theirs[0]:
        a, b = (np.array(v, dtype=float) for v in ([t[name] for t in theirs], [getattr(t, name) for t in ours]))
        if np.isnan(a).all():
            assert np.isnan(b).all()
            continue
        scale = b.std() + 1e-12
        assert abs(a.mean() - b.mean()) <= 0.1 * scale
        assert abs(a.std() - b.std()) <= 0.05 * scale
        assert abs(a.min() - b.min()) <= 0.05 * scale
        assert abs(a.max() - b.max()) <= 0.05 * scale
