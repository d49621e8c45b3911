"""Cut a model after one of its layers, and describe what stays so that it can be built again without the file."""

from math import prod
from typing import Any

import keras

from cnnlab.core.inside.graph import PICTURE
from cnnlab.core.trunks.files import pack
from cnnlab.core.trunks.trunk import TrunkError
from cnnlab.tf.inside.steps import options_of, run, steps_of

_KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")


def trunk_content(model: keras.Model, name: str, input_shape: tuple[int, ...]) -> tuple[bytes, tuple[int, ...]]:
    """Return the content of a file that holds a model up to the layer called `name`, and the shape of its maps.

    `input_shape` is that of its pictures, which a model of any size is given. Raises `TrunkError` for a layer inside
    another model, one that makes no maps, and a model that takes no pictures with channels.
    """
    if len(model.inputs[0].shape) != 1 + len(input_shape):
        raise TrunkError("The model takes pictures without channels, so it cannot be borrowed; use another model.")
    functional = as_functional(model, input_shape)
    if name not in [layer.name for layer in functional.layers]:
        raise TrunkError(f"The model has no layer {name!r} of its own to be cut after; choose one that it has.")
    output = functional.get_layer(name).output
    if isinstance(output, list) or len(output.shape) != 4 or None in output.shape[1:]:
        raise TrunkError(f"{name} makes no maps of a known size, so no head can stand on it; choose an earlier layer.")
    part = keras.Model(functional.inputs[0], output, name="part")
    told = {"config": keras.saving.serialize_keras_object(part), "rows": rows(part)}
    return pack(told, part.get_weights()), tuple(output.shape[1:])


def as_functional(model: keras.Model, input_shape: tuple[int, ...]) -> keras.Model:
    """Return a copy of a model for inputs of this shape whose layers are each called once, with its weights."""
    entry = keras.Input(input_shape, name="picture")
    if isinstance(model, keras.Sequential):
        value = entry
        for layer in model.layers:
            if not isinstance(layer, keras.layers.InputLayer):
                value = type(layer).from_config(layer.get_config())(value)
        copy = keras.Model(entry, value)
    else:
        copy = keras.models.clone_model(model, input_tensors=entry)
    copy.set_weights(model.get_weights())
    return copy


def rows(model: keras.Model) -> list[dict[str, Any]]:
    """Return what `TrunkRow` holds of every layer of a model, as JSON."""
    found = []
    black = keras.ops.zeros((1, *model.input_shape[1:]))
    # Computed, because what a nested model says of itself may hold for any size.
    shapes = [tuple(value.shape[1:]) for value in run(model, black)]
    for step, shape in zip(steps_of(model), shapes, strict=True):
        layer, nested = step.layer, isinstance(step.layer, keras.Model)
        before = model.input_shape[1:] if step.sources[0] == PICTURE else shapes[step.sources[0]]
        plain = isinstance(layer, keras.Layer)
        found.append(
            {
                "name": step.name,
                "class_name": type(layer).__name__,
                "output_shape": list(shape),
                "params": layer.count_params() if plain and not nested else 0,
                "inputs": list(step.inputs),
                "sources": list(step.sources),
                "options": [[key, value] for key, value in options_of(layer).items()],
                "weights": _trained(layer) if plain and not nested else 0,
                "macs": _macs(layer, before, shape),
            }
        )
    return found


def _trained(layer: keras.Layer) -> int:
    """Count the weights that training changes where the layer is not frozen."""
    was, layer.trainable = layer.trainable, True
    count = sum(prod(weight.shape) for weight in layer.trainable_weights)
    layer.trainable = was
    return int(count)


def _macs(layer: keras.Operation, before: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """Count the multiply-adds for one picture: each number of a kernel is used at every place of the output."""
    kernels = [weight for name in _KERNELS if (weight := getattr(layer, name, None)) is not None]
    if not kernels or isinstance(layer, keras.Model):
        return 0
    places = before[:-1] if isinstance(layer, keras.layers.Conv2DTranspose) else shape[:-1]
    return sum(prod(weight.shape) for weight in kernels) * prod(places)
