"""Gather what the browser needs for the benches: pictures, kernels, maps, and where every window stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.drawn_kernels import BY_HAND_INPUT, BY_HAND_KERNEL, PRESETS, SIZES
from cnnlab.core.inside.output_loss import ACTIVATIONS as OUTPUTS
from cnnlab.core.inside.output_loss import LOGITS, output_loss
from cnnlab.core.inside.sliding import sliding
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.viz.inside.window_facts import places
from cnnlab.viz.palette import css_gradient, diverging

POOL_SIZES = (2, 3, 4)
MOST_OWN = 8
FARTHEST = 4  # pixels that the picture can be shifted
SMALLEST = max(SIZES) + max(POOL_SIZES) - 1
LARGEST = 160


def bench_size(height: int, width: int) -> tuple[int, int]:
    """Return a size near an image size at which every kernel and pool of the bench fits and is quick."""
    fitted = (min(max(side, SMALLEST), LARGEST) for side in (height, width))
    return next(fitted), next(fitted)


def layer_presets(name: str, channel: int, first: int, kernel: npt.NDArray[np.float32]) -> list[dict[str, Any]]:
    """Return a layer's own kernel (size, size, channels) as kernels of the bench, none if the bench has no such size.

    `first` is the first of the input channels; at most `MOST_OWN` are offered.
    """
    height, width, count = kernel.shape
    if height != width or height not in SIZES:
        return []
    return [
        {
            "key": f"own{i}",
            "title": f"{name}[:, :, {first + i}, {channel}]",
            "why": f"The network's own numbers for input channel {first + i}, here on the grey picture.",
            "values": {str(height): kernel[:, :, i].ravel().tolist()},
        }
        for i in range(min(count, MOST_OWN))
    ]


def bench_facts(
    grey: npt.NDArray[np.uint8], own: Sequence[Mapping[str, Any]] = ()
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return facts and arrays for a grey picture (height, width) of whole numbers 0 to 255, as `pack` takes them.

    `own` are kernels of the network, from `layer_presets`.
    """
    height, width = grey.shape
    facts = {
        "height": height,
        "width": width,
        "sizes": {str(size): _windows(height, width, size) for size in SIZES},
        "presets": [
            {
                "key": preset.key,
                "title": preset.title,
                "why": preset.why,
                "values": {str(size): preset.values(size).ravel().tolist() for size in SIZES},
            }
            for preset in PRESETS
        ]
        + list(own),
        "pool_sizes": POOL_SIZES,
        "farthest": FARTHEST,
        "by_hand": {
            "input": BY_HAND_INPUT.tolist(),
            "kernel": BY_HAND_KERNEL.tolist(),
            **_window((*BY_HAND_INPUT.shape, 1), "Conv2D", filters=1, kernel_size=BY_HAND_KERNEL.shape),
        },
        "gradient": css_gradient(),
    }
    return facts, {"grey": grey.astype(np.float32) / np.float32(255), "palette": diverging()}


def _windows(height: int, width: int, size: int) -> dict[str, Any]:
    """Return where a kernel of this size stands on the picture, and each pool on the map that it makes."""
    shape = trace(Network((height, width, 1), (Layer.make("Conv2D", filters=1, kernel_size=size),)))[0].output_shape
    made = (shape[0], shape[1], 1)
    pools = {str(pool): _window(made, "MaxPooling2D", pool_size=pool) for pool in POOL_SIZES}
    return _window((height, width, 1), "Conv2D", filters=1, kernel_size=size) | {"pools": pools}


def _window(shape: tuple[int, int, int], class_name: str, **config: Any) -> dict[str, Any]:
    network = Network(shape, (Layer.make(class_name, **config),))
    return places(*sliding(network.layers[0], trace(network)[0]))


def activation_facts(name: str, channel: int, before: npt.NDArray[np.float32]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return facts and arrays for the activation bench; `before` (height, width) is a map before any activation."""
    table = {
        f"{activation}{true_class}": {
            key: [float(value) for value in values]
            for key, values in vars(output_loss(LOGITS, activation, true_class)).items()
        }
        for activation in OUTPUTS
        for true_class in (0, 1)
    }
    facts = {
        "name": name,
        "channel": channel,
        "height": before.shape[0],
        "width": before.shape[1],
        "limit": float(np.abs(before).max()),
        "lowest": float(before.min()),
        "highest": float(before.max()),
        "logits": [round(float(logit), 1) for logit in LOGITS],
        "losses": table,
        "gradient": css_gradient(),
    }
    return facts, {"before": before, "palette": diverging()}
