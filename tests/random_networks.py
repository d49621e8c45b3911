"""Draw random networks, many of them impossible or one pixel away from it."""

import random
from typing import Any

from cnnlab.core.network import Layer, Network, NetworkFormatError
from cnnlab.core.network.layers import ACTIVATIONS
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
VECTOR = ("Dense", "Activation", "ReLU", "Rescaling", "Dropout", "BatchNormalization", "LayerNormalization", "Flatten")
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


def _shape_after(shape: tuple[int, ...], layers: list[Layer]) -> tuple[int, ...]:
    rows, _ = trace_until_problem(Network(shape, tuple(layers)))  # type: ignore[arg-type]
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


def edge_network(rng: random.Random) -> Network:
    """Return a random network on the smallest picture that it can take, or on one with a pixel less each way."""
    while True:
        network = random_network(rng)
        smallest = smallest_input(network)
        if smallest is not None and max(smallest) > 1:
            less = rng.random() < 0.5
            return network.with_image_size(*(max(1, side - less) for side in smallest))


def grid_network(rng: random.Random, class_name: str, padding: str, strides: int) -> Network:
    """Return a possible network of one layer with a window, of this class, padding and strides."""
    while True:
        shape = (rng.randint(4, 16), rng.randint(4, 16), rng.choice((1, 2, 3)))
        layer = _layer(rng, class_name, shape)
        layer = layer.with_option("padding", padding).with_option("strides", strides)
        if trace_until_problem(network := Network(shape, (layer,)))[1] is None:
            return network


def within_one_pixel(network: Network) -> bool:
    """Tell whether one pixel more or less, in height, in width or in both, makes it possible or impossible."""
    height, width, _ = network.input_shape
    here = check(network) is None
    near = ((height + by, width + also) for by, also in ((-1, 0), (0, -1), (-1, -1), (1, 0), (0, 1), (1, 1)))
    return any((check(network.with_image_size(*size)) is None) != here for size in near if min(size) > 0)


def mixed_networks(rng: random.Random, count: int) -> list[Network]:
    """Return random networks, three in ten of them drawn to the border between possible and impossible."""
    return [edge_network(rng) if i % 10 < 3 else random_network(rng) for i in range(count)]


__all__ = [
    "InvalidNetwork",
    "NetworkFormatError",
    "edge_network",
    "grid_network",
    "mixed_networks",
    "random_network",
    "within_one_pixel",
]
