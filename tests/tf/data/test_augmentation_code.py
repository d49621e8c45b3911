"""The code for the augmentation settings runs in Keras, and the preview and the training share one function."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.core.augment import AnyAugmentation, Augmentation, RandomLayers, Transform, augment, draw_many
from cnnlab.core.augment.code import as_image_data_generator, as_keras_layers
from cnnlab.core.augment.layer_settings import RandomLayer
from cnnlab.tf.data.batches import Batches
from cnnlab.viz.data.augmented import augmented

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


LAYERS = RandomLayers(
    (
        RandomLayer.of("RandomRotation", factor=(-0.05, 0.2), fill_mode="constant", fill_value=30),
        RandomLayer.of("RandomFlip"),
        RandomLayer.of("RandomZoom", height_factor=0.3),
        RandomLayer.of("RandomContrast", factor=0.4, value_range=(0, 200)),
        RandomLayer.of("RandomErasing", scale=(0.1, 0.2), fill_value=9),
    )
)


def test_the_code_for_layers_makes_these_very_layers_in_this_order() -> None:
    made: dict[str, object] = {}
    exec(as_keras_layers(LAYERS, (32, 32)), made)
    *layers, rescaling = made["augment"].layers
    assert rescaling.scale == pytest.approx(1 / 255)
    for layer, ours in zip(layers, LAYERS.layers, strict=True):
        assert type(layer).__name__ == ours.class_name
        config = layer.get_config()
        for name, value in ours.config:
            given = tuple(config[name]) if isinstance(config[name], list) else config[name]
            assert given == pytest.approx(ours.range(name) if isinstance(given, tuple) else value), name


def batches(settings: AnyAugmentation, seed: int, epochs: int = 1) -> Batches:
    images = np.random.default_rng(1).integers(0, 256, (3, 20, 20, 3), dtype=np.uint8)
    return Batches(images, np.zeros(3), settings, 3, epochs, seed, shuffle=False)


@pytest.mark.parametrize("settings", [EVERYTHING, LAYERS])
def test_the_preview_shows_what_a_training_with_this_seed_makes_of_its_first_picture(
    settings: AnyAugmentation,
) -> None:
    made = batches(settings, seed=5, epochs=4)
    preview = augmented(made.images[0], draw_many(settings, 4, 5, (20, 20)), settings)
    for epoch in range(4):
        np.testing.assert_array_equal(made.at(epoch)[0][0], preview[epoch])


def both_change(settings: AnyAugmentation, name: str, changed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace one function, and expect preview and training to be equal before and after, and to have changed."""

    def both() -> tuple[np.ndarray, np.ndarray]:
        made = batches(settings, seed=0)
        return made.at(0)[0][0], augmented(made.images[0], draw_many(settings, 1, 0, (20, 20)), settings)[0]

    before = both()
    monkeypatch.setattr(augment, name, changed)
    after = both()
    np.testing.assert_array_equal(*before)
    np.testing.assert_array_equal(*after)
    assert not np.array_equal(before[0], after[0])


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

    both_change(settings, name, changed, monkeypatch)


@pytest.mark.parametrize("name", ["draw_layers", "apply_layers"])
def test_changing_the_layers_function_changes_preview_and_training_alike(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = getattr(augment, name)

    def changed(*given: object) -> object:
        if name == "apply_layers":
            return 0.5 * true(*given)
        return true(RandomLayers((RandomLayer.of("RandomZoom", height_factor=(0.9, 0.9)),)), *given[1:])

    settings = RandomLayers((RandomLayer.of("RandomZoom", height_factor=0.1),))

    both_change(settings, name, changed, monkeypatch)


def test_validation_pictures_are_only_rescaled() -> None:
    made = batches(Augmentation.none(), seed=0)
    np.testing.assert_array_equal(made.at(0)[0], made.images * np.float32(1 / 255))
