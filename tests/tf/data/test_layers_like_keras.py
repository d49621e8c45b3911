"""Hold `cnnlab.core.augment.layer_draws` to Keras 3's own layers: same drawn numbers, same pictures; same ranges."""

from typing import Any

import keras
import numpy as np
import pytest

from cnnlab.core.augment import RandomLayers, apply, draw_many
from cnnlab.core.augment.layer_draws import LayersTransform, Step, apply_layers, draw_layers, fill_of
from cnnlab.core.augment.layer_settings import LAYERS, RandomLayer

# Both compute coordinates in single precision; of 255 grey levels, that is all that may differ.
TOLERANCE = 0.02
# On a rounded coordinate or the edge of a fill, the last bit decides: that share of the pixels may be any other.
ON_THE_EDGE = 0.004

STRONG: dict[str, dict[str, Any]] = {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.4},
    "RandomZoom": {"height_factor": (-0.6, 0.9), "width_factor": 0.5},
    "RandomShear": {"x_factor": 0.6, "y_factor": (0.1, 0.5)},
    "RandomTranslation": {"height_factor": 0.7, "width_factor": (-0.9, 0.3)},
    "RandomContrast": {"factor": (0.5, 0.9)},
    "RandomBrightness": {"factor": 0.4},
    "RandomErasing": {"factor": (0.9, 1.0)},
}
GEOMETRY = ["RandomFlip", "RandomRotation", "RandomZoom", "RandomShear", "RandomTranslation"]


def pictures(seed: int, n: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, size=(n, *rng.integers(2, 60, size=2), rng.choice([1, 3])), dtype=np.uint8)


def in_keras(layer: RandomLayer) -> Any:
    return getattr(keras.layers, layer.class_name)(**dict(layer.config))


def column(steps: list[Step], *names: str) -> np.ndarray:
    return np.array([[step[name] for name in names] for step in steps], np.float32)


def drawn_in_keras(layer: RandomLayer, steps: list[Step], shape: tuple[int, ...]) -> dict[str, Any]:
    """Return what was drawn, in the form of that layer's own `get_random_transformation`."""
    forms = {
        "RandomFlip": lambda: {"flips": column(steps, "flips")[..., None, None] > 0},
        "RandomRotation": lambda: {"rotation_matrix": rotation_in_keras(layer, steps, shape)},
        "RandomZoom": lambda: {"width_zoom": column(steps, "width_zoom"), "height_zoom": column(steps, "height_zoom")},
        "RandomShear": lambda: {"shear_factor": column(steps, "shear_x", "shear_y")},
        "RandomTranslation": lambda: {"translations": column(steps, "width", "height")},
        "RandomContrast": lambda: {"contrast_factor": column(steps, "contrast_factor")[..., None, None]},
        "RandomBrightness": lambda: {"rgb_delta": column(steps, "rgb_delta")[..., None, None]},
        "RandomErasing": lambda: erasing_in_keras(layer, steps, shape),
    }
    return {**forms[layer.class_name](), "input_shape": shape}


def rotation_in_keras(layer: RandomLayer, steps: list[Step], shape: tuple[int, ...]) -> Any:
    ones, zeros = np.ones(len(steps), np.float32), np.zeros(len(steps), np.float32)
    angle = keras.ops.convert_to_tensor(column(steps, "angle")[:, 0])
    return in_keras(layer)._compute_affine_matrix(
        0.5, 0.5, angle, zeros, zeros, ones, zeros, zeros, height=shape[1], width=shape[2]
    )


def erasing_in_keras(layer: RandomLayer, steps: list[Step], shape: tuple[int, ...]) -> dict[str, Any]:
    fill = np.zeros(shape, np.float32)
    for picture, step in zip(fill, steps, strict=True):
        place, value = fill_of(step, shape[3])
        picture[place] = value
    corners = [column(steps, name)[:, 0] for name in ("x0", "x1", "y0", "y1")]
    masks = in_keras(layer)._generate_batch_mask(shape, corners)
    return {"apply_erasing": column(steps, "apply_erasing")[:, 0] > 0, "batch_masks": masks, "fill_value": fill}


def by_keras(images: np.ndarray, transforms: list[LayersTransform], settings: RandomLayers) -> np.ndarray:
    values = images.astype(np.float32)
    for place, layer in enumerate(settings.layers):
        steps = [transform.steps[place] for transform in transforms]
        drawn = drawn_in_keras(layer, steps, values.shape)
        values = np.asarray(in_keras(layer).transform_images(values, drawn, training=True))
    return np.asarray(keras.layers.Rescaling(settings.rescale)(values))


def compare(images: np.ndarray, settings: RandomLayers, seed: int, edge: float = 0.0) -> None:
    rng = np.random.default_rng(seed)
    transforms = [draw_layers(settings, rng, images.shape[1:3]) for _ in images]
    off = np.abs(apply(images, transforms, settings) - by_keras(images, transforms, settings)) > TOLERANCE
    assert off.mean() <= edge


@pytest.mark.parametrize("name", list(LAYERS))
@pytest.mark.parametrize("seed", range(4))
def test_every_layer_equals_keras_on_random_pictures(seed: int, name: str) -> None:
    layer = RandomLayer.of(name, **STRONG[name])
    compare(pictures(seed), RandomLayers((layer,), rescale=1.0), seed)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("fill_mode", ["reflect", "wrap", "nearest", "constant"])
@pytest.mark.parametrize("name", GEOMETRY[1:])
def test_every_warp_equals_keras_for_every_edge(name: str, fill_mode: str, interpolation: str) -> None:
    edges = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 90.0}
    layer = RandomLayer.of(name, **STRONG[name], **edges)
    for seed in range(10, 14):
        exact = interpolation == "bilinear" and fill_mode in ("reflect", "nearest", "constant")
        compare(pictures(seed), RandomLayers((layer,), rescale=1.0), seed, 0.0 if exact else ON_THE_EDGE)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("RandomFlip", {"mode": "horizontal"}),
        ("RandomFlip", {"mode": "vertical"}),
        ("RandomZoom", {"height_factor": 0.4}),
        ("RandomContrast", {"factor": 0.8, "value_range": (0, 1)}),
        ("RandomBrightness", {"factor": (-0.5, -0.1), "value_range": (20, 200)}),
        ("RandomErasing", {"scale": (0.3, 0.9), "fill_value": 77}),
        ("RandomErasing", {"scale": 0.5, "fill_value": 200, "value_range": (0, 120)}),
    ],
)
def test_every_form_of_an_argument_equals_keras(name: str, arguments: dict[str, Any]) -> None:
    for seed in range(3):
        compare(pictures(seed), RandomLayers((RandomLayer.of(name, **arguments),), rescale=1.0), seed)


def test_all_layers_one_after_the_other_equal_keras_at_150_pixels() -> None:
    images = np.random.default_rng(0).integers(0, 256, size=(4, 150, 150, 3), dtype=np.uint8)
    everything = tuple(RandomLayer.of(name, **arguments) for name, arguments in STRONG.items())
    settings = RandomLayers(everything, rescale=1.0)
    transforms = list(draw_many(settings, 4, 7, (150, 150)))
    np.testing.assert_allclose(apply(images, transforms, settings), by_keras(images, transforms, settings), atol=0.1)


def keras_draws(layer: RandomLayer, n: int, size: tuple[int, int]) -> dict[str, np.ndarray]:
    """Return n draws of Keras' own, under our names."""
    made = in_keras(layer)
    made.generator = keras.random.SeedGenerator(5)
    drawn = made.get_random_transformation(np.zeros((n, *size, 1), np.float32))
    found = {key: np.asarray(value) for key, value in drawn.items() if not isinstance(value, int | tuple)}
    if layer.class_name == "RandomShear":
        return {"shear_x": found["shear_factor"][:, 0], "shear_y": found["shear_factor"][:, 1]}
    if layer.class_name == "RandomTranslation":
        return {"width": found["translations"][:, 0], "height": found["translations"][:, 1]}
    if layer.class_name == "RandomErasing":
        masks = found["batch_masks"]
        sides = {"height": masks.any(axis=(2, 3)).sum(axis=1), "width": masks.any(axis=(1, 3)).sum(axis=1)}
        return {"apply_erasing": found["apply_erasing"], **sides}
    return {key: value.ravel() for key, value in found.items() if value.size == n}


def our_draws(layer: RandomLayer, n: int, size: tuple[int, int]) -> dict[str, np.ndarray]:
    steps = [t.steps[0] for t in draw_many(RandomLayers((layer,)), n, 0, size)]
    if layer.class_name == "RandomErasing":
        places = [fill_of(step, 1)[0] for step in steps]
        sides = {"height": [p[0].stop - p[0].start for p in places], "width": [p[1].stop - p[1].start for p in places]}
        return {
            "apply_erasing": np.array([s["apply_erasing"] for s in steps]),
            **{k: np.array(v) for k, v in sides.items()},
        }
    return {name: np.array([step[name] for step in steps]) for name, _ in steps[0].drawn}


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("name", list(LAYERS))
def test_draws_spread_as_keras_spreads_its_own(name: str, single: bool) -> None:
    numbers = {"RandomErasing": {"factor": 1.0, "scale": 0.5}, "RandomContrast": {"factor": 0.3}}
    plain = {argument: 0.3 for argument in LAYERS[name] if argument.endswith("factor")}
    layer = RandomLayer.of(name, **(numbers.get(name, plain) if single else STRONG[name]))
    theirs, ours = (draws(layer, 3000, (30, 50)) for draws in (keras_draws, our_draws))
    assert set(ours) <= set(theirs)
    for key in ours:
        a, b = theirs[key].astype(float), ours[key].astype(float)
        scale = b.std() + 1e-9
        # The sides of a patch are whole pixels.
        apart = max(0.1 * scale, 1.0 if key in ("height", "width") and name == "RandomErasing" else 0.0)
        assert abs(a.mean() - b.mean()) <= 0.1 * scale, key
        assert abs(a.std() - b.std()) <= 0.06 * scale, key
        assert abs(a.min() - b.min()) <= apart, key
        assert abs(a.max() - b.max()) <= apart, key


def test_keras_flips_both_ways_or_not_at_all_in_its_default_mode() -> None:
    picture = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1).repeat(200, axis=0)
    out = np.asarray(keras.layers.RandomFlip(seed=1)(picture, training=True))
    kinds = {tuple(image.ravel()) for image in out}
    assert kinds == {tuple(range(12)), tuple(reversed(range(12)))}


def test_one_number_never_lowers_the_contrast_in_keras_and_erases_half_of_the_pictures() -> None:
    contrast = keras_draws(RandomLayer.of("RandomContrast", factor=0.5), 3000, (4, 4))["contrast_factor"]
    assert contrast.min() >= 1
    assert contrast.max() > 1.49
    erased = keras_draws(RandomLayer.of("RandomErasing", factor=1.0), 3000, (8, 8))["apply_erasing"]
    assert abs(erased.mean() - 0.5) < 0.04


@pytest.mark.parametrize("name", list(LAYERS))
def test_arguments_and_their_defaults_are_those_of_keras(name: str) -> None:
    required = {k: v for k, v in STRONG[name].items() if "factor" in k}
    config = getattr(keras.layers, name)(**required).get_config()
    ours = dict(RandomLayer.of(name, **required).config)
    ignored = {"name", "trainable", "dtype", "seed", "data_format", "bounding_box_format"}
    assert set(ours) | ignored == set(config) | ignored
    for argument, value in ours.items():
        if "factor" not in argument:
            given = config[argument]
            assert given == value or tuple(given) == value, argument


def test_apply_layers_leaves_the_pictures_alone() -> None:
    images = pictures(1)
    before = images.copy()
    settings = RandomLayers(tuple(RandomLayer.of(name, **given) for name, given in STRONG.items()))
    apply_layers(images, list(draw_many(settings, len(images), 0, images.shape[1:3])), settings)
    np.testing.assert_array_equal(images, before)
