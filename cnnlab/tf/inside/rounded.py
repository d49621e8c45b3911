"""Read and write weights without their network, rounded to float16: half the bytes, and the network is known anyway."""

from pathlib import Path

import keras
import numpy as np

from cnnlab.core.network import Network
from cnnlab.tf.build import build_model

SUFFIX = ".npz"


def write_rounded(model: keras.Model, path: Path) -> None:
    """Write every weight of a model as float16, in Keras' order, as .npz; ValueError if one is too large for that."""
    with np.errstate(over="ignore"):
        rounded = [np.asarray(weight, np.float16) for weight in model.get_weights()]
    if not all(np.isfinite(weight).all() for weight in rounded):
        raise ValueError("A weight does not fit into float16.")
    np.savez(path, *rounded)


def read_rounded(network: Network, path: Path) -> keras.Model:
    """Return the network with the weights in a file; raise `ValueError` if they are not those of such a network.

    They are float32 again, each with the value that it was rounded to.
    """
    model = build_model(network)
    with np.load(path, allow_pickle=False) as arrays:
        model.set_weights([arrays[f"arr_{i}"].astype(np.float32) for i in range(len(arrays.files))])
    return model
