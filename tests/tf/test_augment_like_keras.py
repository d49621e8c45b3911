"""Hold `cnnlab.core.augment` to Keras' `ImageDataGenerator`, pixel by pixel."""

import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.augment import Augmentation, Transform, apply, draw, draw_many

# Keras interpolates in doubles, the core in single precision: of 255 grey levels, that is all that may differ.
TOLERANCE = 255 * 5e-7


def by_keras(image: np.ndarray, transform: Transform) -> np.ndarray:
    generator = tf.keras.preprocessing.image.ImageDataGenerator(fill_mode="nearest")
    parameters = {
        "shear": transform.shear,
        "zx": transform.zx,
        "zy": transform.zy,
        "flip_horizontal": transform.flip_horizontal,
    }
    return generator.apply_transform(image.astype(np.float64), parameters)


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
