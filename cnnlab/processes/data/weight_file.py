"""Read the weights of VGG16 out of the HDF5 file that Keras publishes, in a process of its own that has limits.

The file is the offered one by its checksum before it comes here. What is kept has no HDF5 and no pickles.
"""

from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from cnnlab.core.data.splits import DataSetError
from cnnlab.core.trunks.files import pack
from cnnlab.core.trunks.vgg16 import KEY, weight_shapes

_WRONG = "The file does not hold the weights of VGG16 without its top, so it is not used."


def vgg16_arrays(file: Path) -> bytes:
    """Return kernels and biases, in Keras' order, as the content of a file of arrays; raise `DataSetError`.

    Layers are named by the attribute `layer_names`, the weights of each by its `weight_names`: the layout of
    `Model.save_weights` before Keras 3.
    """
    try:
        with h5py.File(file, "r") as source:
            return pack({"weights": KEY}, _arrays(source))
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise DataSetError(_WRONG) from error


def _arrays(source: h5py.File) -> list[npt.NDArray[np.float32]]:
    expected = weight_shapes()
    found: list[npt.NDArray[np.float32]] = []
    for layer in source.attrs["layer_names"]:
        group = source[layer]
        for name in group.attrs["weight_names"]:
            dataset = group[name]
            if len(found) == len(expected) or dataset.shape != expected[len(found)] or dataset.external:
                raise ValueError(name)
            array = np.asarray(dataset[()], np.float32)
            if not np.isfinite(array).all():
                raise ValueError(name)
            found.append(array)
    if len(found) != len(expected):
        raise ValueError(len(found))
    return found
