"""A layer of a branched model taken apart adds up to Keras' own, and its places see what changes them."""

import random
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.inside.graph import PICTURE, fields_of, windowed, windowed_nodes
from cnnlab.core.inside.sliding import NoWindow, pools
from cnnlab.tf.built import Subject
from cnnlab.tf.inside.answers import look, window
from cnnlab.tf.inside.models import Imported

layers = keras.layers
TOLERANCE = 1e-5  # of the map's largest value
SCALE, OFFSET = np.float32(2 / 255), np.float32(-1)
MODELS = [pytest.param(seed, marks=[pytest.mark.slow] if seed > 3 else []) for seed in range(20)]
PLACES = 4


def block(rng: random.Random, value: keras.KerasTensor, activation: str | None) -> keras.KerasTensor:
    """Return a tensor behind one more random piece of a network that is no plain row."""
    height, width, channels = value.shape[1:]
    kernel, strides = rng.choice([1, 3, (3, 1), (2, 3)]), rng.choice([1, 1, (2, 1)])
    output = rng.choice([None, 0]) if strides == 1 else None
    options = {"padding": "same", "activation": activation, "use_bias": rng.random() < 0.7}
    enlarged = "bilinear" if height % 2 else "nearest"
    kinds = {
        "residual": lambda: layers.Add()([value, layers.Conv2D(channels, kernel, **options)(value)]),
        "branches": lambda: layers.Concatenate()(
            [
                layers.Conv2D(2, kernel, strides, **options)(value),
                layers.Conv2D(2, 1, strides, **options)(value),
            ]
        ),
        "groups": lambda: layers.Conv2D(2 * channels, kernel, groups=channels, **options)(value),
        "dilated": lambda: layers.Conv2D(4, 3, dilation_rate=2, **options)(value),
        "separable": lambda: layers.SeparableConv2D(4, kernel, depth_multiplier=2, **options)(value),
        "depthwise": lambda: layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, **options)(value),
        "squeeze": lambda: layers.Multiply()(
            [value, layers.Dense(channels, activation)(layers.GlobalAveragePooling2D(keepdims=True)(value))]
        ),
        "transposed": lambda: layers.Conv2DTranspose(3, kernel, strides, output_padding=output, **options)(value),
        "pool": lambda: layers.MaxPooling2D(2, padding="same")(layers.ReLU()(layers.Conv2D(3, 3, **options)(value))),
        "shaped": lambda: layers.Cropping2D(((1, 0), (0, 1)))(
            layers.UpSampling2D((1, 2), interpolation=enlarged)(layers.ZeroPadding2D(1)(value))
        ),
        "nested": lambda: keras.Sequential(
            [keras.Input(value.shape[1:]), layers.Conv2D(3, 3, **options), layers.BatchNormalization()]
        )(value),
        "twice": lambda: (lambda conv: conv(conv(value)))(layers.Conv2D(channels, kernel, **options)),
    }
    return kinds[rng.choice(list(kinds))]() if height > 4 and width > 4 else value


def branched(rng: random.Random, activation: str | None) -> keras.Model:
    entry = keras.Input((rng.randrange(9, 15), rng.randrange(9, 15), rng.choice([1, 3])))
    value = layers.Conv2D(3, rng.choice([2, 3]), activation=activation)(entry)
    for _ in range(4):
        value = block(rng, value, activation)
    return keras.Model(entry, value)


def opened(model: keras.Model, folder: Path) -> Imported:
    model.save(folder / "theirs.keras")
    return Imported(folder / "theirs.keras", "theirs.keras")


def close(got: np.ndarray, wanted: np.ndarray, scale: np.ndarray | None = None) -> None:
    limit = float(np.abs(wanted if scale is None else scale).max(initial=0)) or 1.0
    np.testing.assert_allclose(got, wanted, rtol=0, atol=TOLERANCE * limit)


def set_weights(model: keras.Model, low: float, high: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        variable.assign(rng.uniform(low, high, variable.shape))


@pytest.mark.parametrize("seed", MODELS)
def test_patch_kernel_and_bias_of_any_layer_are_its_output(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    model = branched(rng, rng.choice([None, "relu", "tanh"]))
    set_weights(model, -0.5, 0.5, seed)
    theirs = opened(model, tmp_path)
    pixels = np.random.default_rng(seed).integers(0, 256, theirs.input_shape, dtype=np.uint8)
    outputs = look(Subject(theirs, SCALE, OFFSET), pixels)[1]
    nodes = theirs.nodes
    for index in windowed_nodes(nodes):
        place = windowed(nodes, theirs.input_shape, index)
        channel, first = rng.randrange(place.node.output_shape[2]), rng.randrange(place.input_shape[2])
        asked = {"index": index, "channel": channel, "first": first, "most": rng.choice([1, 150, 10**6])}
        found, (inputs, kernel, others, before, *after) = window(Subject(theirs, SCALE, OFFSET), pixels, **asked)
        given = pixels * SCALE + OFFSET if place.source == PICTURE else outputs[place.source]
        close(inputs, given[:, :, found["first"] : found["first"] + inputs.shape[2]], given)
        behind = [index, *place.following, *([] if place.pool is None else [place.pool.index])]
        for each, position in zip(after, behind, strict=True):
            close(each, outputs[position][:, :, channel], outputs[position])
        for _ in range(PLACES):
            y, x = (rng.randrange(n) for n in before.shape)
            patch = inputs[np.ix_(place.down.seen(y), place.along.seen(x))]
            if pools(place.node.class_name):
                close(np.array(patch.max()), before[y, x], before)
                continue
            met = kernel[np.ix_(*(standing(s, at) for s, at in ((place.down, y), (place.along, x))))]
            close(np.array((patch * met).sum() + others[y, x] + found["bias"]), before[y, x], before)


def standing(slide: object, at: int) -> list[int]:
    """Return which elements of the kernel stand on the input and not on padding."""
    return [k for k, _ in slide.met(at)]


@pytest.mark.parametrize("seed", MODELS)
def test_a_place_sees_where_a_changed_pixel_changes_it(seed: int, tmp_path: Path) -> None:
    model = branched(random.Random(100 + seed), None)
    # Nothing may cancel out, so that every pixel that a place can see does change it.
    set_weights(model, 0.1, 1, seed)
    theirs = opened(model, tmp_path)
    height, width, channels = theirs.input_shape
    blank = np.full((height, width, channels), 100, np.uint8)
    pictures = [blank]
    for axis, length in ((0, height), (1, width)):
        for i in range(length):
            changed = blank.copy()
            changed[(slice(None),) * axis + (i,)] = 200
            pictures.append(changed)
    looks = [look(Subject(theirs, 1 / 255), each)[1] for each in pictures]
    for index, seen in enumerate(fields_of(theirs.nodes, theirs.input_shape)):
        assert not isinstance(seen, str), seen
        values = np.stack([look[index] for look in looks])
        changes = np.abs(values - values[0]).max(axis=3) > 1e-7 * np.abs(values[0]).max()
        for axis, first, count in ((0, 1, height), (1, 1 + height, width)):
            touched = changes[first : first + count].any(axis=2 - axis)
            for at, expected in enumerate(seen[axis]):
                where = np.flatnonzero(touched[:, at])
                assert ((int(where[0]), int(where[-1])) if where.size else None) == expected


def test_a_layer_without_a_window_is_refused(tmp_path: Path) -> None:
    entry = keras.Input((6, 6, 3))
    value = layers.Conv2D(3, 3, padding="same")(entry)
    theirs = opened(keras.Model(entry, layers.Add()([entry, value])), tmp_path)
    with pytest.raises(NoWindow, match="no window that slides"):
        window(Subject(theirs, 1.0), np.zeros((6, 6, 3)), index=1, channel=0, first=0, most=9)
