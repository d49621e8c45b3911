"""Draw random networks, many of them impossible or one pixel away from it."""

import random
from typing import Any

from cnnlab.core.network import InputShape, Layer, Network, NetworkFormatError
from cnnlab.core.network.layers import ACTIVATIONS, KINDS
from cnnlab.core.shapes import InvalidNetwork, check, trace_until_problem
from cnnlab.core.teach.network_doctor import smallest_input

SPATIAL = (
    "Conv2D",
    "Conv2DTranspose",
    "DepthwiseConv2D",
    "SeparableConv2D",
    "MaxPooling2D",
    "AveragePooling2D",
    "ZeroPadding2D",
    "UpSampling2D",
    "BatchNormalization",
    "LayerNormalization",
    "Activation",
    "ReLU",
    "Rescaling",
    "Dropout",
)
SEQUENTIAL = (
    "Conv1D",
    "Conv1D",
    "DepthwiseConv1D",
    "SeparableConv1D",
    "MaxPooling1D",
    "AveragePooling1D",
    "ZeroPadding1D",
    "UpSampling1D",
    "Cropping1D",
    "BatchNormalization",
    "LayerNormalization",
    "Activation",
    "ReLU",
    "Rescaling",
    "Dropout",
)
VECTOR = ("Dense", "Activation", "ReLU", "Rescaling", "Dropout", "BatchNormalization", "LayerNormalization", "Flatten")
SEQUENCE_CLOSING = ("Flatten", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "Dense")
CLOSING = ("Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Dense")


def random_network(rng: random.Random) -> Network:
    """Return a network of 1 to 9 layers on a small, mostly non-square input; about a third are impossible."""
    shape = (rng.randint(1, 24), rng.randint(1, 24), rng.choice((1, 2, 3)))
    layers: list[Layer] = []
    closed = False
    for _ in range(rng.randint(1, 8)):
        here = _shape_after(shape, layers)
        if not closed and rng.random() < 0.12:
            layers.append(_layer(rng, rng.choice(CLOSING), here))
            closed = len(_shape_after(shape, layers)) == 1
        elif closed and rng.random() < 0.95:
            layers.append(_layer(rng, rng.choice(VECTOR), here))
        else:
            layers.append(_layer(rng, rng.choice(SPATIAL), here))
    return Network(shape, tuple(layers))


def random_sequence_network(rng: random.Random) -> Network:
    """Return a network of 1 to 8 layers on a short sequence; about a third are impossible."""
    shape = (rng.randint(1, 40), rng.choice((1, 2, 3, 4)))
    layers: list[Layer] = []
    closed = False
    for _ in range(rng.randint(1, 8)):
        here = _shape_after(shape, layers)
        if not closed and rng.random() < 0.12:
            layers.append(_sequence_layer(rng, rng.choice(SEQUENCE_CLOSING), here))
            closed = len(_shape_after(shape, layers)) == 1
        elif closed and rng.random() < 0.95:
            layers.append(_layer(rng, rng.choice(VECTOR), here))
        elif rng.random() < 0.02:
            layers.append(_layer(rng, rng.choice(SPATIAL[:8]), (4, 4, 1)))
        else:
            layers.append(_sequence_layer(rng, rng.choice(SEQUENTIAL), here))
    return Network(shape, tuple(layers))


def network_of_either_kind(rng: random.Random) -> Network:
    """Return a random network, one in three for sequences."""
    return random_sequence_network(rng) if rng.random() < 1 / 3 else random_network(rng)


def _shape_after(shape: InputShape, layers: list[Layer]) -> tuple[int, ...]:
    rows, _ = trace_until_problem(Network(shape, tuple(layers)))
    return rows[-1].output_shape if rows else shape


def _side(rng: random.Random, size: int) -> int:
    """Return a window side, in one case of five exactly the input's size or one pixel more."""
    return rng.choice((size, size + 1)) if rng.random() < 0.15 else rng.randint(1, 4)


def _layer(rng: random.Random, class_name: str, shape: tuple[int, ...]) -> Layer:
    height, width = (shape[0], shape[1]) if len(shape) == 3 else (1, 1)
    square = rng.random() < 0.6
    first = _side(rng, height)
    window = first if square else (first, _side(rng, width))
    strides: Any = rng.choice((1, 1, 1, 2, 3)) if rng.random() < 0.8 else (rng.randint(1, 3), rng.randint(1, 3))
    common = {"strides": strides, "padding": rng.choice(("valid", "valid", "same"))}
    conv = common | {"kernel_size": window, "dilation_rate": rng.choice((1, 1, 1, 1, 2, (1, 2)))}
    conv |= {"use_bias": rng.random() < 0.7, "activation": rng.choice((None, *ACTIVATIONS))}
    config: dict[str, dict[str, Any]] = {
        "Conv2D": conv | {"filters": rng.randint(1, 6)},
        "Conv2DTranspose": conv | {"filters": rng.randint(1, 6)},
        "DepthwiseConv2D": conv | {"depth_multiplier": rng.choice((1, 1, 2))},
        "SeparableConv2D": conv | {"filters": rng.randint(1, 6), "depth_multiplier": rng.choice((1, 1, 2))},
        "MaxPooling2D": common | {"pool_size": window, "strides": rng.choice((None, strides))},
        "AveragePooling2D": common | {"pool_size": window, "strides": rng.choice((None, strides))},
        "ZeroPadding2D": {"padding": rng.choice((1, 0, 2, -1, (1, 2), ((0, 1), (2, 0))))},
        "UpSampling2D": {
            "size": rng.choice((2, 2, 3, 1, 0, (1, 2), (2, 1))),
            "interpolation": rng.choice(("nearest", "nearest", "bilinear", "Bilinear", "linear")),
        },
        "GlobalAveragePooling2D": {"keepdims": rng.random() < 0.2},
        "GlobalMaxPooling2D": {"keepdims": rng.random() < 0.2},
        "Flatten": {},
        "Dense": {"units": rng.randint(1, 9), "use_bias": rng.random() < 0.7},
        "Activation": {"activation": rng.choice(ACTIVATIONS)},
        "ReLU": {
            "max_value": rng.choice((None, None, 6, 1.0, 0, -1)),
            "negative_slope": rng.choice((0.0, 0.0, 0.1, 1, -0.1)),
            "threshold": rng.choice((0.0, 0.0, 0.5, -1)),
        },
        "Rescaling": {"scale": rng.choice((1 / 255, 2, -0.5, 0)), "offset": rng.choice((0.0, -1, 0.25))},
        "Dropout": {"rate": rng.choice((0.0, 0.25, 0.5, 1.0, 1.5))},
        "LayerNormalization": {"center": rng.random() < 0.8, "scale": rng.random() < 0.8},
        "BatchNormalization": {"center": rng.random() < 0.8, "scale": rng.random() < 0.8},
    }
    return Layer.make(class_name, **config[class_name])


def _sequence_layer(rng: random.Random, class_name: str, shape: tuple[int, ...]) -> Layer:
    """Return a layer for sequences; what is no window is drawn as for pictures."""
    if "1D" not in class_name:
        return _layer(rng, class_name, shape)
    window = _side(rng, shape[0] if len(shape) == 2 else 1)
    common = {"strides": rng.choice((1, 1, 1, 2, 3)), "padding": rng.choice(("valid", "valid", "same"))}
    conv = common | {"kernel_size": window, "dilation_rate": rng.choice((1, 1, 1, 2, 3))}
    if conv["dilation_rate"] > 1 and rng.random() < 0.7:
        conv["strides"] = 1
    conv |= {"use_bias": rng.random() < 0.7, "activation": rng.choice((None, *ACTIVATIONS))}
    if rng.random() < (0.4 if class_name == "Conv1D" else 0.05):
        conv["padding"] = "causal"
    pool = common | {"pool_size": window, "strides": rng.choice((None, common["strides"]))}
    ends = rng.choice((1, 0, 2, -1, (1, 2), (0, 3)))
    config: dict[str, dict[str, Any]] = {
        "Conv1D": conv | {"filters": rng.randint(1, 6)},
        "DepthwiseConv1D": conv | {"depth_multiplier": rng.choice((1, 1, 2))},
        "SeparableConv1D": conv | {"filters": rng.randint(1, 6), "depth_multiplier": rng.choice((1, 1, 2))},
        "MaxPooling1D": pool,
        "AveragePooling1D": pool,
        "ZeroPadding1D": {"padding": ends},
        "Cropping1D": {"cropping": ends},
        "UpSampling1D": {"size": rng.choice((2, 2, 3, 1, 0))},
        "GlobalAveragePooling1D": {"keepdims": rng.random() < 0.2},
        "GlobalMaxPooling1D": {"keepdims": rng.random() < 0.2},
    }
    return Layer.make(class_name, **config[class_name])


def edge_network(rng: random.Random, rank: int = 2) -> Network:
    """Return a random network on the smallest input that it can take, or on one with a place less each way."""
    while True:
        network = random_network(rng) if rank == 2 else random_sequence_network(rng)
        smallest = smallest_input(network)
        if smallest is not None and max(smallest) > 1:
            less = rng.random() < 0.5
            return network.with_sides(*(max(1, side - less) for side in smallest))


def grid_network(rng: random.Random, class_name: str, padding: str, strides: int) -> Network:
    """Return a possible network of one layer with a window, of this class, padding and strides."""
    while True:
        shape: InputShape
        if KINDS[class_name].rank == 1:
            shape = (rng.randint(4, 16), rng.choice((1, 2, 3)))
            layer = _sequence_layer(rng, class_name, shape)
        else:
            shape = (rng.randint(4, 16), rng.randint(4, 16), rng.choice((1, 2, 3)))
            layer = _layer(rng, class_name, shape)
        layer = layer.with_option("padding", padding).with_option("strides", strides)
        if trace_until_problem(network := Network(shape, (layer,)))[1] is None:
            return network


def within_one_pixel(network: Network) -> bool:
    """Tell whether one place more or less, along one axis or along both, makes it possible or impossible."""
    here = check(network) is None
    steps = ((-1, 0), (0, -1), (-1, -1), (1, 0), (0, 1), (1, 1)) if network.rank == 2 else ((-1,), (1,))
    near = [tuple(n + by for n, by in zip(network.input_shape, step, strict=False)) for step in steps]
    return any((check(network.with_sides(*size)) is None) != here for size in near if min(size) > 0)


def mixed_networks(rng: random.Random, count: int, rank: int = 2) -> list[Network]:
    """Return random networks, three in ten of them drawn to the border between possible and impossible."""
    draw = random_network if rank == 2 else random_sequence_network
    return [edge_network(rng, rank) if i % 10 < 3 else draw(rng) for i in range(count)]


__all__ = [
    "InvalidNetwork",
    "NetworkFormatError",
    "edge_network",
    "grid_network",
    "mixed_networks",
    "network_of_either_kind",
    "random_network",
    "random_sequence_network",
    "within_one_pixel",
]
