"""Build a trunk in Keras with its weights, cut where it is cut and frozen where it is frozen, and set a head on it."""

from pathlib import Path

import keras

from cnnlab.core.exchange.model_config import check_model_config
from cnnlab.core.trunks.files import read
from cnnlab.core.trunks.known import KNOWN
from cnnlab.core.trunks.trunk import RESCALING, TRUNK, Trunk, TrunkError
from cnnlab.tf.trunks.known import known_model

BELOW = (TRUNK, RESCALING)
"""The names of the layers below the head."""


def trunk_model(trunk: Trunk, home: Path) -> keras.Model:
    """Return the layers up to the cut with their weights; raise `TrunkError`.

    Frozen layers work as when predicting, whatever happens above them: their batch normalization keeps its averages,
    and their dropout is off.
    """
    is_known = trunk.source in KNOWN
    model = known_model(trunk.source, *trunk.input_shape[:2], home) if is_known else _of_file(trunk, home)
    names = [layer.name for layer in model.layers]
    for name in filter(None, (trunk.cut, trunk.trainable_from)):
        if name not in names:
            raise TrunkError(f"{trunk.name} has no layer {name!r}; choose the trunk anew.")
    if names[-1] != trunk.cut:
        model = keras.Model(model.inputs, model.get_layer(trunk.cut).output)
    if tuple(model.output.shape[1:]) != trunk.feature_shape or tuple(model.input_shape[1:]) != trunk.input_shape:
        raise TrunkError(f"{trunk.name} does not have the shapes that this training expects; choose the trunk anew.")
    return frozen(model, trunk.trainable_from)


def _of_file(trunk: Trunk, home: Path) -> keras.Model:
    told, weights = read(home, trunk.source)
    check_model_config(told["config"], trunk.name)
    model = keras.saving.deserialize_keras_object(told["config"], safe_mode=True)
    model.set_weights(weights)
    return model


def frozen(model: keras.Model, trainable_from: str | None) -> keras.Model:
    """Return a copy of a functional model whose layers before `trainable_from` are frozen; all of them if it is None.

    Keras itself keeps frozen batch normalization as when predicting; what is random while training is left out.
    """
    names = [layer.name for layer in model.layers]
    first = len(names) if trainable_from is None else names.index(trainable_from)
    still = {id(each) for layer in model.layers[:first] for each in layer._flatten_layers()}

    def copied(layer: keras.Layer) -> keras.Layer:
        if id(layer) in still and "seed" in layer.get_config():
            return keras.layers.Identity(name=layer.name)
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=copied, recursive=True)
    copy.set_weights(model.get_weights())
    for layer in copy.layers[:first]:
        layer.trainable = False
    return keras.Model(copy.inputs[0], copy.outputs[0], name=TRUNK)


def front(trunk: Trunk, home: Path, rescale: float) -> keras.Sequential:
    """Return what makes features of pictures that were multiplied by `rescale`: rescaling, then the trunk."""
    return keras.Sequential([keras.Input(trunk.input_shape), *_below(trunk, home, rescale)])


def on_trunk(trunk: Trunk, home: Path, rescale: float, head: keras.Sequential) -> keras.Sequential:
    """Return one model of rescaling, trunk and a built head, whose layers are the head's own."""
    above = [layer for layer in head.layers if not isinstance(layer, keras.layers.InputLayer)]
    return keras.Sequential([keras.Input(trunk.input_shape), *_below(trunk, home, rescale), *above])


def _below(trunk: Trunk, home: Path, rescale: float) -> list[keras.Layer]:
    model, rescaling = trunk_model(trunk, home), trunk.rescaling(rescale)
    return [model] if rescaling is None else [keras.layers.Rescaling(*rescaling, name=RESCALING), model]


def start_head(head: keras.Sequential, trunk: Trunk, home: Path) -> None:
    """Give a built head the weights that it begins with, if there are any; raise `TrunkError`."""
    if trunk.head is None:
        return
    weights = read(home, trunk.head)[1]
    if [each.shape for each in weights] != [tuple(each.shape) for each in head.weights]:
        raise TrunkError("The trained head belongs to another network; choose the head that was trained.")
    head.set_weights(weights)
