"""Keras' layers as settings: what is refused, what is drawn, what comes out; tests/tf holds them to Keras."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.augment import (
    Augmentation,
    AugmentationError,
    RandomLayers,
    apply,
    augmentation_from_dict,
    augments,
    describe,
    draw,
    draw_many,
    only_rescaled,
)
from cnnlab.core.augment.code import as_keras_layers, layer_call
from cnnlab.core.augment.ends import ends
from cnnlab.core.augment.layer_settings import FLIPS, LAYERS, RandomLayer
from cnnlab.core.network import Network
from cnnlab.runs.judge.compare import differences
from cnnlab.runs.judge.retrain import retraining_notebook
from cnnlab.runs.record import RunSpec
from cnnlab.viz.data.augmented import matrix_html, samples_html

MANY = 4000
SIZE = (30, 50)
EVERY = RandomLayers(
    (
        RandomLayer.of("RandomFlip", mode="horizontal"),
        RandomLayer.of("RandomRotation", factor=0.1),
        RandomLayer.of("RandomZoom", height_factor=0.3, width_factor=(-0.2, 0.5)),
        RandomLayer.of("RandomShear", x_factor=0.2, y_factor=(0.1, 0.3)),
        RandomLayer.of("RandomTranslation", height_factor=0.2, width_factor=0.1),
        RandomLayer.of("RandomContrast", factor=(0.4, 0.6)),
        RandomLayer.of("RandomBrightness", factor=(-0.1, 0.3)),
        RandomLayer.of("RandomErasing", factor=(0.5, 0.7)),
    )
)


def pictures(n: int = 3, height: int = 12, width: int = 17, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size=(n, height, width, channels), dtype=np.uint8)


def drawn(settings: RandomLayers, n: int = MANY, seed: int = 0) -> dict[str, np.ndarray]:
    """Return n draws of every number, by layer and name."""
    found: dict[str, list[float]] = {}
    for transform in draw_many(settings, n, seed, SIZE):
        for step in transform.steps:
            for name, value in step.drawn:
                found.setdefault(f"{step.layer.class_name} {name}", []).append(value)
    return {name: np.array(values, float) for name, values in found.items()}


def test_settings_survive_json_and_old_records_still_open() -> None:
    assert augmentation_from_dict(json.loads(json.dumps(EVERY.to_dict()))) == EVERY
    spec = RunSpec(name="a", network=Network.seed(), data="silhouettes", data_name="s", augmentation=EVERY)
    assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert hash(spec.augmentation) == hash(EVERY)
    before = {**spec.to_dict(), "augmentation": {"rescale": 1 / 255, "shear_range": 0.2, "zoom_range": [0.8, 1.2]}}
    assert RunSpec.from_dict(before).augmentation == Augmentation(shear_range=0.2, zoom_range=(0.8, 1.2))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([{"class_name": "RandomSepia"}], "no augmenting layer 'RandomSepia'"),
        ([{"class_name": "RandomFlip", "config": {"factor": 1}}], "RandomFlip takes no 'factor'"),
        ([{"class_name": "RandomFlip", "config": {"mode": "sideways"}}], "mode of RandomFlip must be one of"),
        ([{"class_name": "RandomRotation", "config": {"factor": 1.5}}], "between -1 and 1 of a full turn, not 1.5"),
        ([{"class_name": "RandomRotation", "config": {"factor": [0.1]}}], "one number or two"),
        ([{"class_name": "RandomRotation", "config": {"factor": "0.1"}}], "factor of RandomRotation"),
        ([{"class_name": "RandomRotation", "config": {"factor": True}}], "factor of RandomRotation"),
        ([{"class_name": "RandomRotation", "config": {"factor": float("nan")}}], "factor of RandomRotation"),
        ([{"class_name": "RandomRotation", "config": {"fill_mode": "mirror"}}], "fill_mode of RandomRotation"),
        ([{"class_name": "RandomZoom", "config": {"height_factor": -1}}], "height_factor of RandomZoom"),
        ([{"class_name": "RandomShear", "config": {"x_factor": [-0.1, 0.1]}}], "between 0 and 1"),
        ([{"class_name": "RandomContrast", "config": {"value_range": [3, 3]}}], "value_range of RandomContrast"),
        ([{"class_name": "RandomContrast", "config": {"value_range": 255}}], "two different numbers, not 255"),
        ([{"class_name": "RandomErasing", "config": {"factor": -0.5}}], "(a probability), not -0.5"),
        ([{"class_name": "RandomFlip"}, {"class_name": "RandomFlip"}], "RandomFlip may stand here once, not 2 times"),
        (["RandomFlip"], "Expected a layer as"),
        ("RandomFlip", "Expected {"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(layers: Any, words: str) -> None:
    with pytest.raises(AugmentationError) as caught:
        augmentation_from_dict({"layers": layers})
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_an_unknown_setting_or_rescale_is_refused() -> None:
    for config in ({"layers": [], "seed": 1}, {"layers": [], "rescale": 0}, {"layers": [], "rescale": True}):
        with pytest.raises(AugmentationError):
            augmentation_from_dict(config)


def test_every_draw_fills_its_range_and_does_not_leave_it() -> None:
    found = drawn(EVERY)
    ends_of = {
        "RandomRotation angle": (-36, 36),
        "RandomZoom height_zoom": (0.7, 1.3),
        "RandomZoom width_zoom": (0.8, 1.5),
        "RandomShear shear_x": (-0.2, 0.2),
        "RandomTranslation height": (-6, 6),
        "RandomTranslation width": (-5, 5),
        "RandomContrast contrast_factor": (0.6, 1.6),
        "RandomBrightness rgb_delta": (-25.5, 76.5),
    }
    for name, (low, high) in ends_of.items():
        span = high - low
        assert low <= found[name].min() < low + 0.02 * span
        assert high - 0.02 * span < found[name].max() <= high
    shear = np.abs(found["RandomShear shear_y"])
    assert 0.1 <= shear.min() < 0.11 < 0.29 < shear.max() <= 0.3
    assert abs(found["RandomFlip flips"].mean() - 0.5) < 0.03
    assert abs(found["RandomErasing apply_erasing"].mean() - 0.6) < 0.03
    share = (found["RandomErasing x1"] - found["RandomErasing x0"]) ** 2 / SIZE[1] ** 2
    assert 0.02 <= share.min() < 0.03
    assert 0.32 < share.max() <= 0.3301


def test_all_that_is_drawn_is_drawn_independently_but_for_the_one_sign_of_both_shears() -> None:
    found = drawn(EVERY, seed=1)
    names = [n for n in found if n not in ("RandomErasing x1", "RandomErasing y1")]
    names = [n for n in names if n != "RandomShear shear_y"]
    correlations = np.corrcoef([found[name] for name in names]) - np.eye(len(names))
    assert np.abs(correlations).max() < 0.06
    assert (np.sign(found["RandomShear shear_x"] * found["RandomShear shear_y"]) == 1).mean() == pytest.approx(
        0.5, abs=0.04
    )


@pytest.mark.parametrize("name", list(LAYERS))
def test_taking_one_layer_out_leaves_what_the_others_draw(name: str) -> None:
    others = replace(EVERY, layers=tuple(layer for layer in EVERY.layers if layer.class_name != name))
    whole = [[s for s in t.steps if s.layer.class_name != name] for t in draw_many(EVERY, 5, 3, SIZE)]
    assert whole == [list(t.steps) for t in draw_many(others, 5, 3, SIZE)]


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    assert draw_many(EVERY, 4, 7, SIZE) == draw_many(EVERY, 4, 7, SIZE)
    assert draw_many(EVERY, 4, 7, SIZE) != draw_many(EVERY, 4, 8, SIZE)
    with pytest.raises(AugmentationError, match="height and width must be given"):
        draw_many(EVERY, 1, 0)


def test_without_layers_pictures_are_only_rescaled() -> None:
    nothing = RandomLayers()
    out = apply(pictures(), draw_many(nothing, 3, 0, (12, 17)), nothing)
    np.testing.assert_array_equal(out, pictures() * np.float32(1 / 255))
    assert not augments(nothing)
    assert augments(EVERY)
    assert only_rescaled(replace(EVERY, rescale=0.5)) == Augmentation(rescale=0.5)


def test_each_picture_of_a_batch_gets_its_own_transform() -> None:
    images = pictures(9, 40, 33)
    transforms = draw_many(EVERY, 9, 2, (40, 33))
    together = apply(images, transforms, EVERY)
    for image, transform, result in zip(images, transforms, together, strict=True):
        np.testing.assert_array_equal(apply(image[None], [transform], EVERY)[0], result)


@given(
    st.sampled_from(list(LAYERS)),
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3, 4])),
    st.sampled_from(["reflect", "wrap", "nearest", "constant"]),
    st.sampled_from(["bilinear", "nearest"]),
    st.sampled_from(FLIPS),
    st.integers(0, 10_000),
)
def test_no_value_leaves_the_value_range_whatever_is_drawn(
    name: str, shape: tuple[int, int, int], fill_mode: str, interpolation: str, mode: str, seed: int
) -> None:
    offered = {"fill_mode": fill_mode, "interpolation": interpolation, "mode": mode, "fill_value": 255.0}
    offered |= {"factor": 0.9, "height_factor": 0.9, "width_factor": 0.9, "x_factor": 0.9, "y_factor": 0.9}
    layer = RandomLayer.of(name, **{k: v for k, v in offered.items() if k in LAYERS[name]})
    settings = RandomLayers((layer,), rescale=1.0)
    image = np.random.default_rng(seed).integers(0, 256, (1, *shape), np.uint8)
    transform = draw(settings, np.random.default_rng(seed), shape[:2])
    out = apply(image, [transform], settings)
    assert out.shape == image.shape
    assert -1e-3 <= out.min() <= out.max() <= 255 + 1e-3


@pytest.mark.parametrize(
    ("fill_mode", "expected"),
    [
        ("nearest", [10, 10, 10, 20, 30]),
        ("reflect", [20, 10, 10, 20, 30]),
        ("constant", [7, 7, 10, 20, 30]),
        # TensorFlow leads -1 to the last pixel of a row of five, as it counts the turns by four.
        ("wrap", [40, 50, 10, 20, 30]),
    ],
)
def test_a_fill_mode_says_what_lies_outside(fill_mode: str, expected: list[int]) -> None:
    image = np.array([10, 20, 30, 40, 50], np.uint8)[None, None, :, None].repeat(5, axis=1)
    layer = RandomLayer.of("RandomTranslation", width_factor=(0.4, 0.4), fill_mode=fill_mode, fill_value=7)
    settings = RandomLayers((layer,), rescale=1.0)
    out = apply(image, draw_many(settings, 1, 0, (5, 5)), settings)
    np.testing.assert_allclose(out[0, 2, :, 0], expected, atol=1e-3)


def test_the_matrix_leads_from_the_sample_to_the_picture_through_all_layers() -> None:
    settings = RandomLayers(
        (
            RandomLayer.of("RandomFlip", mode="vertical"),
            RandomLayer.of("RandomTranslation", height_factor=(0.25, 0.25), fill_mode="constant"),
        ),
        rescale=1.0,
    )
    image = np.zeros((1, 8, 8, 1), np.uint8)
    image[0, 4, 3] = 255
    transforms = draw_many(settings, 12, 0, (8, 8))
    for out, transform in zip(apply(image.repeat(12, axis=0), transforms, settings), transforms, strict=True):
        row, column = np.argwhere(out[..., 0] > 250)[0]
        np.testing.assert_allclose(transform.matrix() @ (column, row, 1), (3, 4, 1), atol=1e-6)


def test_a_caption_names_what_was_drawn_and_a_matrix_stands_where_pixels_move() -> None:
    transforms = draw_many(EVERY, 6, 0, SIZE)
    said = describe(transforms[0])
    assert all(word in said for word in ("angle", "zoom", "shear", "moved", "contrast ×", "brightness"))
    colours = replace(EVERY, layers=EVERY.layers[5:])
    assert matrix_html(draw_many(colours, 1, 0, SIZE)[0]) == ""
    html = samples_html(["x"] * 6, transforms, "a", "picture")
    assert html.count('<table class="matrix"') == 6
    assert describe(draw_many(RandomLayers(), 1, 0, SIZE)[0]) == "nothing drawn"


def test_both_ends_are_what_no_draw_goes_beyond() -> None:
    found = {end.setting: end for end in ends(EVERY, SIZE)}
    assert list(found)[:4] == ["RandomFlip", "RandomRotation", "RandomZoom height_factor", "RandomZoom width_factor"]
    assert found["RandomRotation"].low_text == "-36°"
    assert found["RandomRotation"].high.steps[1]["angle"] == 36
    assert found["RandomTranslation width_factor"].high_text == "+5 px"
    assert found["RandomContrast"].low_text == "× 0.6"
    image = pictures(1, *SIZE)
    for end in found.values():
        low, high = apply(image.repeat(2, axis=0), (end.low, end.high), EVERY)
        assert not np.array_equal(low, high), end.setting
    assert ends(RandomLayers(), SIZE) == ()


def test_the_code_says_every_factor_and_nothing_that_keras_would_assume() -> None:
    assert layer_call(EVERY.layers[0]) == 'RandomFlip(mode="horizontal")'
    assert layer_call(EVERY.layers[2]) == "RandomZoom(height_factor=0.3, width_factor=(-0.2, 0.5))"
    assert layer_call(RandomLayer.of("RandomErasing")) == "RandomErasing(factor=1)"
    written = as_keras_layers(EVERY, SIZE)
    assert written.index("RandomFlip") < written.index("RandomErasing") < written.index("Rescaling(1.0 / 255)")


def test_layers_are_compared_and_written_into_a_training_notebook() -> None:
    spec = RunSpec(name="a", network=Network.seed(), data="silhouettes", data_name="s", augmentation=EVERY)
    (row,) = differences([spec, replace(spec, augmentation=RandomLayers())])
    assert "RandomRotation(factor=0.1)" in row.values[0]
    assert row.values[1] == "off"
    assert "layers.RandomRotation(factor=0.1)" in retraining_notebook(spec, "binary_crossentropy", ("cats", "dogs"))
