"""Compute the output of every layer of a network for one picture, and read a network out of a model file."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.likeness import Likeness, as_arrays, compare
from cnnlab.core.inside.sliding import pointwise_until_pool
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.shapes import InvalidNetwork, trace
from cnnlab.tf.build import build_model
from cnnlab.tf.inside.kept import KeptModels, model_bytes
from cnnlab.tf.inside.steps import activity, kernels, through
from cnnlab.tf.inside.window import take_apart

MOST_BYTES = 256 << 20  # of all models that are kept, three of the largest that may be trained


class MapsError(ValueError):
    """Say in one sentence why there are no maps."""


class Maps:
    """Compute maps, and keep the models used last."""

    def __init__(self) -> None:
        self._models: KeptModels[keras.Model] = KeptModels(MOST_BYTES)

    def compute(
        self, network: Network, weights: Mapping[str, Any], pixels: npt.NDArray[np.uint8]
    ) -> list[npt.NDArray[np.float32]]:
        """Return each layer's output, without the batch, for uint8 pixels (height, width, channels), rescaled.

        `weights` is `{"kind": "random", "seed"}` or `{"kind": "file", "path", "rescale"}`. Raises `MapsError` or
        `InvalidNetwork`.
        """
        return through(_layers(self._model(network, weights)), _batch(pixels[None], weights))[0]

    def window(
        self,
        network: Network,
        weights: Mapping[str, Any],
        pixels: npt.NDArray[np.uint8],
        index: int,
        channel: int,
        first: int,
        most: int,
    ) -> tuple[dict[str, object], list[npt.NDArray[np.float32]]]:
        """Return what `take_apart` finds for one channel of one layer; raise as `compute` does."""
        layers = _layers(self._model(network, weights))
        value = _batch(pixels[None], weights)
        for layer in layers[:index]:
            value = layer(value, training=False)
        following, pool = pointwise_until_pool(network, index)
        behind = [layers[i] for i in (*following, *(() if pool is None else (pool,)))]
        return take_apart(layers[index], value, behind, channel, first, most)

    def look(
        self, network: Network, weights: Mapping[str, Any], pixels: npt.NDArray[np.uint8]
    ) -> tuple[dict[str, object], list[npt.NDArray[np.float32]]]:
        """Return the outputs as `compute` does and behind them, if `logits` says so, the last activation's input."""
        outputs, logits = through(_layers(self._model(network, weights)), _batch(pixels[None], weights))
        return {"logits": logits is not None}, outputs if logits is None else [*outputs, logits]

    def activity(
        self, network: Network, weights: Mapping[str, Any], batch: npt.NDArray[np.uint8]
    ) -> list[npt.NDArray[np.float32]]:
        """Return for each layer the largest absolute value of each channel over uint8 pictures (n, h, w, channels)."""
        layers = _layers(self._model(network, weights))
        largest: list[npt.NDArray[np.float32]] = []
        for pixels in batch:
            found = activity(through(layers, _batch(pixels[None], weights))[0])
            largest = found if not largest else [np.maximum(a, b) for a, b in zip(largest, found, strict=True)]
        return largest

    def twins(
        self, network: Network, weights: Mapping[str, Any], batch: npt.NDArray[np.uint8], least: float
    ) -> list[npt.NDArray[np.float32]]:
        """Return `likeness.as_arrays` of every layer over uint8 pictures (n, height, width, channels)."""
        layers = _layers(self._model(network, weights))
        kept: list[Likeness] = []
        for pixels in batch:
            kept = compare(kept, through(layers, _batch(pixels[None], weights))[0])
        return as_arrays(kept, least)

    def kernels(
        self, network: Network, weights: Mapping[str, Any]
    ) -> tuple[dict[str, object], list[npt.NDArray[np.float32]]]:
        """Return what `inside.kernels` finds in a network."""
        found, arrays = kernels(_layers(self._model(network, weights)))
        return {"kernels": found}, arrays

    def _model(self, network: Network, weights: Mapping[str, Any]) -> keras.Model:
        if weights["kind"] == "random":
            key: tuple[Any, ...] = (network, weights["seed"])
            return self._kept(network, key, lambda: build_model(network, weights["seed"]))
        path = Path(weights["path"])
        if not path.is_file():
            raise MapsError("The file with these weights is not there (any more); choose another model.")
        status = path.stat()
        key = (network, str(path), status.st_mtime_ns, status.st_size)
        return self._kept(network, key, lambda: load_weights_of(network, path))

    def _kept(self, network: Network, key: tuple[Any, ...], make: Callable[[], keras.Model]) -> keras.Model:
        expected = 4 * sum(row.params for row in trace(network))
        return self._models.get(key, make, model_bytes, expected)

    def forget(self) -> None:
        """Forget every model, so that there is memory again."""
        self._models.clear()


def load_weights_of(network: Network, path: Path) -> keras.Model:
    """Return the model in a file; raise `MapsError` if it is not exactly this network (names aside)."""
    model = _load(path)
    if _nameless(network_of(model)) != _nameless(network):
        raise MapsError(
            "These weights belong to another network than the one on the page, so they cannot be used with it; "
            "show the trained network instead."
        )
    return model


def _load(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises many kinds for a file that is damaged or not a model
        raise MapsError(
            f"The file {path.name} cannot be read as a Keras model ({type(error).__name__}); save it again with "
            "model.save as .keras or .h5."
        ) from error


def _computing(layer: keras.layers.Layer) -> dict[str, Any]:
    return {key: None if key.endswith("_regularizer") else value for key, value in layer.get_config().items()}


def network_of(model: keras.Model) -> Network:
    """Return a model as a network; raise `MapsError` if it is not a plain sequence of known layers.

    Regularizers are left out: they belong to how it was trained, and change nothing of what it computes.
    """
    layers = _layers(model)
    try:
        # A Sequential that was loaded has called its layers more than once; it is a single row all the same.
        if not isinstance(model, keras.Sequential) and any(
            after.input is not before.output for before, after in pairwise(layers)
        ):
            raise NetworkFormatError("its layers do not follow one another in a single row.")
        network = Network.from_dict(
            {
                "input_shape": list(model.input_shape[1:]),
                "layers": [{"class_name": type(layer).__name__, "config": _computing(layer)} for layer in layers],
            }
        )
        trace(network)
        return network
    except (NetworkFormatError, InvalidNetwork, AttributeError, TypeError) as error:
        raise MapsError(
            f"This model is not a plain sequence of layers that CNN Lab knows, so it can only be looked at: {error}"
        ) from error


def _batch(pixels: npt.NDArray[np.uint8], weights: Mapping[str, Any]) -> Any:
    return keras.ops.convert_to_tensor(pixels.astype(np.float32) * np.float32(weights.get("rescale", 1 / 255)))


def _layers(model: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def _nameless(network: Network) -> dict[str, Any]:
    data = network.to_dict()
    for layer in data["layers"]:
        layer["config"].pop("name", None)
    return data
