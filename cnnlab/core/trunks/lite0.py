"""Describe EfficientNet-Lite0 plainly: every layer with Keras' options, what it takes, and what it makes of a picture.

Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019), in Google's form for
small devices: no squeeze-and-excitation, ReLU6 in place of swish.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cnnlab.core.shipped import ASSETS
from cnnlab.core.trunks.parts import Part

FOLDER = ASSETS / "trunks" / "efficientnet_lite0"
WEIGHTS = FOLDER / "weights.npz"
KEY = "efficientnet_lite0"
NAME = "EfficientNet-Lite0"
SCALE, OFFSET = 1 / 128, -127 / 128  # of pixels from 0 to 255: (x − 127) / 128
SIZES = (96, 128, 160, 192, 224)
POOLED = "avg_pool"
CLASSES = 1000
ORIGIN = (
    f"{NAME} was trained by Google on the photographs of ImageNet's {CLASSES:,} classes; its weights are shipped under "
    "Apache-2.0, as float16. Its first layer takes (x − 127) / 128 of pixels from 0 to 255."
)
_EPSILON, _MOMENTUM = 1e-3, 0.99
_STEM, _TOP = 32, 1280
# Each stage: how often, kernel size, stride of the first block, how many times wider inside, channels.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """Return every layer in the order of computing, from the stem to the 1,000 classes of ImageNet."""
    found = list(_convolved("stem", "", "Conv2D", _STEM, 3, 2))
    channels = _STEM
    for stage, (repeats, size, strides, wider, filters) in enumerate(_STAGES, start=1):
        for block in range(repeats):
            name = f"block{stage}{'abcd'[block]}"
            found += _block(name, found[-1].name, channels, size, strides if block == 0 else 1, wider, filters)
            channels = filters
    found += _convolved("top", found[-1].name, "Conv2D", _TOP, 1, 1)
    found.append(Part(POOLED, "GlobalAveragePooling2D", {"keepdims": True}, (found[-1].name,)))
    found.append(Part("flatten", "Flatten", {}, (POOLED,)))
    found.append(Part("predictions", "Dense", {"units": CLASSES, "activation": "softmax"}, ("flatten",)))
    return tuple(found)


def _block(name: str, before: str, channels: int, size: int, strides: int, wider: int, filters: int) -> Iterator[Part]:
    last = before
    if wider > 1:
        yield from (expanded := list(_convolved(f"{name}_expand", last, "Conv2D", wider * channels, 1, 1)))
        last = expanded[-1].name
    yield from (spread := list(_convolved(f"{name}_dw", last, "DepthwiseConv2D", 0, size, strides)))
    yield from (narrow := list(_convolved(f"{name}_project", spread[-1].name, "Conv2D", filters, 1, 1, bends=False)))
    if strides == 1 and channels == filters:
        yield Part(f"{name}_add", "Add", {}, (narrow[-1].name, before))


def _convolved(
    name: str, before: str, class_name: str, filters: int, size: int, strides: int, bends: bool = True
) -> Iterator[Part]:
    """Yield a convolution without bias, batch normalization and, where it bends, ReLU6."""
    config: dict[str, Any] = {"kernel_size": size, "strides": strides, "padding": "same", "use_bias": False}
    yield Part(f"{name}_conv", class_name, ({"filters": filters} if filters else {}) | config, (before,))
    normal = {"epsilon": _EPSILON, "momentum": _MOMENTUM}
    yield Part(f"{name}_bn", "BatchNormalization", normal, (f"{name}_conv",))
    if bends:
        yield Part(f"{name}_activation", "ReLU", {"max_value": 6.0}, (f"{name}_bn",))


@lru_cache(maxsize=1)
def class_names() -> tuple[str, ...]:
    """Return the names of ImageNet's 1,000 classes, in the order of the last layer's outputs."""
    return tuple(json.loads((FOLDER / "classes.json").read_text(encoding="utf-8")))
