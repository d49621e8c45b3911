"""The code for the augmentation settings runs in Keras, and the preview and the training share one function."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.core import augment
from cnnlab.core.augment import Augmentation, Transform, draw_many
from cnnlab.core.augment_code import as_image_data_generator, as_keras_layers
from cnnlab.tf.batches import Batches
from cnnlab.viz.augmented import augmented

EVERYTHING = Augmentation(
    rotation_range=25,
    width_shift_range=0.2,
    height_shift_range=3,
    shear_range=10,
    zoom_range=(0.7, 1.1),
    horizontal_flip=True,
    vertical_flip=True,
    brightness_range=(0.5, 1.5),
    channel_shift_range=20.0,
    fill_mode="constant",
    cval=30.0,
)
SETTINGS = pytest.mark.parametrize("settings", [Augmentation.post(), Augmentation.none(), EVERYTHING])


@SETTINGS
def test_the_posts_code_makes_a_generator_with_these_settings(settings: Augmentation, tmp_path: Path) -> None:
    made: dict[str, object] = {}
    exec(as_image_data_generator(settings), made)
    generator = made["train_datagen"]
    for name in vars(settings):
        expected = getattr(settings, name)
        given = getattr(generator, name)
        assert given == pytest.approx(expected) if expected is not None else given is None, name
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        Image.fromarray(np.full((20, 20, 3), 90, np.uint8)).save(tmp_path / name / "1.png")
    pictures, labels = next(generator.flow_from_directory(tmp_path, target_size=(16, 16), class_mode="binary"))
    assert pictures.shape == (2, 16, 16, 3)
    assert sorted(labels.tolist()) == [0, 1]
    assert pictures.max() <= 1
    assert made["validation_datagen"].rescale == pytest.approx(1 / 255)


@SETTINGS
def test_the_layers_code_augments_a_batch(settings: Augmentation) -> None:
    made: dict[str, object] = {}
    exec(as_keras_layers(settings, (32, 32)), made)
    model = made["augment"]
    assert isinstance(model, keras.Sequential)
    pictures = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3)).astype(np.float32)
    out = np.asarray(model(pictures, training=True))
    assert out.shape == pictures.shape
    assert -1e-4 <= out.min() <= out.max() <= 1.0001
    assert (settings == Augmentation.none()) == np.allclose(out, pictures / 255, atol=1e-5)


def batches(settings: Augmentation, seed: int, epochs: int = 1) -> Batches:
    images = np.random.default_rng(1).integers(0, 256, (3, 20, 20, 3), dtype=np.uint8)
    return Batches(images, np.zeros(3), settings, 3, epochs, seed, shuffle=False)


def test_the_preview_shows_what_a_training_with_this_seed_makes_of_its_first_picture() -> None:
    made = batches(EVERYTHING, seed=5, epochs=4)
    preview = augmented(made.images[0], draw_many(EVERYTHING, 4, 5, (20, 20)), EVERYTHING)
    for epoch in range(4):
        np.testing.assert_array_equal(made.at(epoch)[0][0], preview[epoch])


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("draw", lambda *_: Transform(zx=0.3)),
        ("warp", lambda images, chosen, affines, scale, out, fill, cval: out.__setitem__(slice(None), 0.25)),
    ],
)
def test_changing_the_function_changes_preview_and_training_alike(
    name: str, changed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(Augmentation.post(), rotation_range=10)

    def both() -> tuple[np.ndarray, np.ndarray]:
        made = batches(settings, seed=0)
        return made.at(0)[0][0], augmented(made.images[0], draw_many(settings, 1, 0, (20, 20)), settings)[0]

    before = both()
    monkeypatch.setattr(augment, name, changed)
    after = both()
    np.testing.assert_array_equal(*before)
    np.testing.assert_array_equal(*after)
    assert not np.array_equal(before[0], after[0])


def test_validation_pictures_are_only_rescaled() -> None:
    made = batches(Augmentation.none(), seed=0)
    np.testing.assert_array_equal(made.at(0)[0], made.images * np.float32(1 / 255))
