"""Open a network with its weights, and read a network out of a model file."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile

import keras

from cnnlab.core.inside.graph import PICTURE, nodes_of
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.network.layers import KINDS
from cnnlab.core.shapes import InvalidNetwork, trace
from cnnlab.core.words import Refusal
from cnnlab.tf.build import build_model
from cnnlab.tf.built import Subject
from cnnlab.tf.inside.kept import KeptModels, model_bytes
from cnnlab.tf.inside.rounded import SUFFIX, read_rounded
from cnnlab.tf.inside.steps import steps_of, trained_calls

MOST_BYTES = 256 << 20  # of all models that are kept, three of the largest that may be trained

OTHERS = (
    "These weights belong to another network than the one on the page, so they cannot be used with it; "
    "show the trained network instead."
)

_TRAINING = ("_initializer", "_regularizer", "_constraint", "trainable")


class MapsError(Refusal):
    """Say in one sentence why there are no maps."""


class Plain:
    """Be a built network, a plain row of layers."""

    name = "this network"

    def __init__(self, network: Network, model: keras.Model) -> None:
        self.model = model
        self.layers: list[keras.layers.Layer] = _layers(model)
        self.nodes = nodes_of(network)

    def taken(self, value: Any) -> Any:
        """Return a batch of pictures as it is."""
        return value

    def run(self, value: Any) -> Iterator[Any]:
        """Yield what each layer makes of a batch, without dropout."""
        for layer in self.layers:
            value = layer(value, training=False)
            yield value


class Networks:
    """Open networks with their weights, and keep those used last."""

    def __init__(self) -> None:
        self._kept: KeptModels[Plain] = KeptModels(MOST_BYTES)

    def open(self, network: Network, weights: Mapping[str, Any]) -> Subject:
        """Return a network with weights: `{"kind": "random", "seed"}` or `{"kind": "file", "path"}`, and `rescale`.

        Pixels are multiplied by `rescale`. Raises `MapsError` or `InvalidNetwork`.
        """
        return Subject(self._built(network, weights), weights["rescale"])

    def keras_file(self, network: Network, weights: Mapping[str, Any]) -> bytes:
        """Return the file that `model.save` writes of a network with weights; its layers have the names of the trace.

        Raises `MapsError` or `InvalidNetwork`.
        """
        model = build_model(network)
        model.set_weights(self._built(network, weights).model.get_weights())
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            model.save(path)
            return path.read_bytes()

    def _built(self, network: Network, weights: Mapping[str, Any]) -> Plain:
        if weights["kind"] == "random":
            key: tuple[Any, ...] = (network, weights["seed"])
            return self._get(network, key, lambda: build_model(network, weights["seed"]))
        path = Path(weights["path"])
        if not path.is_file():
            raise MapsError("The file with these weights is not there (any more); choose another model.")
        status = path.stat()
        key = (network, str(path), status.st_mtime_ns, status.st_size)
        return self._get(network, key, lambda: load_weights_of(network, path))

    def _get(self, network: Network, key: tuple[Any, ...], make: Callable[[], keras.Model]) -> Plain:
        expected = 4 * sum(row.params for row in trace(network))
        return self._kept.get(key, lambda: Plain(network, make()), lambda kept: model_bytes(kept.model), expected)

    def forget(self) -> None:
        """Forget every model, so that there is memory again."""
        self._kept.clear()


def load_weights_of(network: Network, path: Path) -> keras.Model:
    """Return the model in a file, or the network with the weights of a file that `rounded` wrote.

    Raises `MapsError` if they are not those of exactly this network (names aside).
    """
    if path.suffix == SUFFIX:
        try:
            return read_rounded(network, path)
        except (ValueError, KeyError, OSError, BadZipFile):
            raise MapsError(OTHERS) from None
    model = _load(path)
    if _nameless(network_of(model)) != _nameless(network):
        raise MapsError(OTHERS)
    return model


def _load(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises many kinds for a file that is damaged or not a model
        raise MapsError(
            f"The file {path.name} cannot be read as a Keras model ({type(error).__name__}); save it again with "
            "model.save as .keras or .h5."
        ) from error


def network_of(model: keras.Model) -> Network:
    """Return a model as a network; raise `MapsError` if it is not a plain sequence of known layers.

    What belongs to how it was trained alone (initializers, regularizers, constraints, what was frozen) is left out:
    it changes nothing of what it computes.
    """
    try:
        layers = _row_of(model)
        network = Network.from_dict(
            {
                "input_shape": _picture_shape(model.input_shape[1:], layers),
                "layers": [{"class_name": type(layer).__name__, "config": _computing(layer)} for layer in layers],
            }
        )
        trace(network)
        return network
    except (NetworkFormatError, InvalidNetwork, AttributeError, TypeError) as error:
        raise MapsError(
            f"This model is not a plain sequence of layers that CNN Lab knows, so it can only be looked at: {error}"
        ) from error


def _row_of(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a model that is a single row of them; raise `NetworkFormatError` for any other."""
    # A Sequential that was loaded has called its layers more than once; it is a single row all the same.
    if isinstance(model, keras.Sequential):
        return _layers(model)
    steps = steps_of(model)
    computing = [step.layer for step in steps]
    operation = next((each for each in computing if not isinstance(each, keras.Layer)), None)
    if operation is not None:
        raise NetworkFormatError(f"{type(operation).__name__} in it is an operation and no layer.")
    follow = all(step.sources == (before,) for before, step in enumerate(steps, PICTURE))
    ends = [tensor._keras_history.operation for tensor in keras.tree.flatten(model.outputs)] == computing[-1:]
    if not follow or not ends or len({id(each) for each in computing}) < len(computing):
        raise NetworkFormatError("its layers do not follow one another in a single row.")
    if trained_calls(model):
        raise NetworkFormatError("a layer in it works as in training whenever it is called.")
    return computing


def _picture_shape(shape: tuple[int | None, ...], layers: list[keras.layers.Layer]) -> list[int | None]:
    """Return a picture with one channel for one without any, if its layers flatten it at once.

    The shape of a sequence stays as it is.
    """
    if len(shape) == 3 or (len(shape) == 2 and any(_is_for_sequences(layer) for layer in layers)):
        return list(shape)
    if layers and isinstance(layers[0], keras.layers.Flatten):
        return [*shape, 1]
    raise NetworkFormatError("it takes pictures without channels.")


def _is_for_sequences(layer: keras.layers.Layer) -> bool:
    name = type(layer).__name__
    return name in KINDS and KINDS[name].rank == 1


def _computing(layer: keras.layers.Layer) -> dict[str, Any]:
    """Return the config of a layer without what matters for its training alone."""
    config = {key: value for key, value in layer.get_config().items() if not key.endswith(_TRAINING)}
    last = len(layer.input.shape) - 1
    if config.get("axis") in (last, [last]):
        config["axis"] = -1
    return config


def _layers(model: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def _nameless(network: Network) -> dict[str, Any]:
    data = network.to_dict()
    for layer in data["layers"]:
        layer["config"].pop("name", None)
    return data
