"""Describe VGG16 without its top plainly: every layer with Keras' options, and where its fetched weights lie.

Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2015), as in
`keras.applications.vgg16`.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.core.data.offers.files import fetched
from cnnlab.core.data.offers.table import VGG16
from cnnlab.core.trunks.parts import Part
from cnnlab.core.trunks.trunk import TrunkError

KEY = VGG16.key
NAME = "VGG16"
SIZES = (96, 128, 150, 160, 192, 224)
LAST = "block5_pool"
MEAN = "minus_mean"
MEANS = (123.68, 116.779, 103.939)
"""The means of ImageNet's red, green and blue from 0 to 255, which Keras' mode "caffe" subtracts."""
_BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))  # each: how many convolutions, of how many filters
ORIGIN = (
    "VGG16 was trained at Oxford on the photographs of ImageNet's 1,000 classes; Keras publishes the weights. They "
    "were made for BGR: blue first, each channel minus its mean (Keras' mode “caffe”). Here the first kernel's three "
    f"input channels are turned round, so that it takes RGB, and the layer {MEAN} subtracts the means "
    f"{', '.join(map(str, MEANS))} from pixels of 0 to 255; what every layer makes is the same."
)


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """Return every layer in the order of computing: the means go first, then five blocks."""
    return tuple(_parts())


def _parts() -> Iterator[Part]:
    yield Part(MEAN, "Normalization", {"mean": list(MEANS), "variance": [1.0, 1.0, 1.0]}, ("",))
    last = MEAN
    for block, (count, filters) in enumerate(_BLOCKS, start=1):
        for i in range(1, count + 1):
            config = {"filters": filters, "kernel_size": 3, "padding": "same", "activation": "relu"}
            yield Part(name := f"block{block}_conv{i}", "Conv2D", config, (last,))
            last = name
        yield Part(name := f"block{block}_pool", "MaxPooling2D", {"pool_size": 2, "strides": 2}, (last,))
        last = name


def weight_shapes() -> tuple[tuple[int, ...], ...]:
    """Return the shapes of kernel and bias of each convolution, in the order of the file."""
    shapes: list[tuple[int, ...]] = []
    channels = 3
    for count, filters in _BLOCKS:
        for _ in range(count):
            shapes += [(3, 3, channels, filters), (filters,)]
            channels = filters
    return tuple(shapes)


def for_rgb(weights: Sequence[npt.NDArray[np.float32]]) -> list[npt.NDArray[np.float32]]:
    """Return the weights of the file with the first kernel's input channels turned round, from BGR to RGB."""
    return [weights[0][:, :, ::-1], *weights[1:]]


def weights_path(home: Path) -> Path:
    """Return the fetched weights; raise `TrunkError` if nobody has fetched them."""
    path = fetched(home, VGG16)
    if path is None:
        raise TrunkError(f"The weights of {NAME} are not on this server; fetch them where a trunk is chosen.")
    return path
