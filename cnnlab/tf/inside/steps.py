"""Look inside a built model: what every layer gives, what its kernels are, which channels are ever active."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.graph import OPTIONS, PICTURE
from cnnlab.core.inside.heavy import shares

Array = npt.NDArray[Any]

PARTS = ("kernel", "depthwise_kernel", "pointwise_kernel")
MOST_SLICES = 64  # filters, and input channels of each, whose kernels are given
MOST_NUMBERS = 1_000_000  # of all kernels together, 4 MB
BESIDE = 4  # numbers' worth of what is said about each slice


@dataclass(frozen=True)
class Step:
    """Name one call of a layer in a model, with the steps whose outputs it takes, by name and by position.

    A position is `PICTURE` for the model's own input. A nested model takes, by position, the step of its own output.
    """

    name: str
    layer: keras.Operation
    inputs: tuple[str, ...]
    sources: tuple[int, ...]


def steps_of(model: keras.Model) -> list[Step]:
    """Return every call of a layer in the order of computing; those inside a nested model stand before it."""
    steps: list[Step] = []
    _collect(model, "", (PICTURE,) * len(model.inputs), steps)
    return steps


def _collect(model: keras.Model, prefix: str, entries: tuple[int, ...], steps: list[Step]) -> int:
    """Add the steps of a model whose inputs are the steps `entries`; return the position of its output."""
    inputs = map(_node_of, _graph(model).inputs)
    places = {id(node): entry for node, entry in zip(inputs, entries, strict=True)}

    def place_of(tensor: Any) -> int:
        return places[id(_node_of(tensor))]

    for node in _nodes(model):
        tensors = node.arguments.keras_tensors
        name, sources = prefix + node.operation.name, tuple(map(place_of, tensors))
        if isinstance(node.operation, keras.Model):
            sources = (_collect(node.operation, f"{name}/", sources, steps),)
        before = tuple(prefix + tensor._keras_history.operation.name for tensor in tensors)
        places[id(node)] = len(steps)
        steps.append(Step(name, node.operation, before, sources))
    return place_of(_graph(model).outputs[0])


def _node_of(tensor: Any) -> Any:
    operation, index, _ = tensor._keras_history
    return operation._inbound_nodes[index]


def options_of(layer: keras.Operation) -> dict[str, Any]:
    """Return what a layer's config says of how it moves and weighs, as JSON holds it."""
    config = layer.get_config() if isinstance(layer, keras.Layer) and not isinstance(layer, keras.Model) else {}
    found = {name: config[name] for name in OPTIONS if name in config}
    if isinstance(found.get("activation"), dict):
        found["activation"] = str(found["activation"].get("class_name"))
    return found


def run(model: keras.Model, value: Any) -> list[Any]:
    """Return the (first) output of each of `steps_of(model)` for a batch, without dropout, as tensors.

    Each is computed once, from the others that it takes, so that a gradient finds its way through nested models too.
    """
    results: list[Any] = []
    _compute(model, value, results)
    return results


def _compute(model: keras.Model, value: Any, results: list[Any]) -> Any:
    """Return what a model makes of a batch, as `Functional.call` does, and add what each of its steps makes."""

    def recording(operation: keras.Operation) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if isinstance(operation, keras.Model):
                made = _compute(operation, given[0], results)
            else:
                still = {"training": False} if "training" in getattr(operation, "_call_context_args", {}) else {}
                made = operation(*given, **named | still)
            results.append(keras.tree.flatten(made)[0])
            return made

        return call

    graph = _graph(model)
    return graph._run_through_graph(graph._standardize_inputs(value), operation_fn=recording)


def _nodes(model: keras.Model) -> Iterator[Any]:
    """Yield the nodes of a model's own graph in the order of computing; a Sequential keeps it in a functional one."""
    graph = _graph(model)
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        yield from (node for node in graph._nodes_by_depth[depth] if not node.is_input)


def trained_calls(model: keras.Model) -> bool:
    """Tell whether a layer of a model is called with `training=True` as part of it, as for Monte Carlo dropout."""
    return any(node.arguments.kwargs.get("training") for node in _nodes(model))


def _graph(model: keras.Model) -> Any:
    return model._functional if isinstance(model, keras.Sequential) else model


def activity(outputs: Sequence[Array]) -> list[Array]:
    """Return the largest absolute value of each channel, one array (channels,) for each output (..., channels)."""
    return [np.abs(values).max(axis=tuple(range(values.ndim - 1))).astype(np.float32) for values in outputs]


def kernels(layers: Sequence[keras.Operation]) -> tuple[list[dict[str, Any]], list[Array]]:
    """Return the kernels of every two-dimensional convolution as (height, width, input channels, filters).

    Each comes with the position of its layer, its name, its full shape and its bias; at most `MOST_SLICES` filters
    and input channels of each are given, and fewer where all would be more than `MOST_NUMBERS`, none where one slice
    is. A separable convolution has two: its depthwise and its pointwise kernel.
    """
    found: list[dict[str, Any]] = []
    arrays: list[Array] = []
    given = _slices_given(layers)
    for index, layer in enumerate(layers):
        for part in PARTS:
            weight = getattr(layer, part, None)
            if weight is None or len(weight.shape) != 4:
                continue
            values = _inputs_first(layer, keras.ops.convert_to_numpy(weight))
            bias = getattr(layer, "bias", None) if part != "depthwise_kernel" else None
            numbers = [] if bias is None else [float(b) for b in keras.ops.convert_to_numpy(bias).ravel()[:MOST_SLICES]]
            found.append({"index": index, "part": part, "shape": list(values.shape), "bias": numbers})
            inputs, filters = given.pop(0)
            arrays.append(np.ascontiguousarray(values[:, :, :inputs, :filters], np.float32))
    return found, arrays


def _inputs_first(layer: keras.Operation, values: Any) -> Any:
    """Return a kernel with its input channels before its filters; Keras keeps those of a transposed one behind."""
    return values.swapaxes(2, 3) if isinstance(layer, keras.layers.Conv2DTranspose) else values


def _slices_given(layers: Sequence[keras.Operation]) -> list[tuple[int, int]]:
    """Return how many input channels and filters of each kernel are given."""
    weights = ((layer, getattr(layer, part, None)) for layer in layers for part in PARTS)
    kernels_of = [(layer, weight) for layer, weight in weights if weight is not None and len(weight.shape) == 4]
    shapes = [_inputs_first(layer, np.broadcast_to(False, weight.shape)).shape for layer, weight in kernels_of]
    most = [(min(shape[2], MOST_SLICES), min(shape[3], MOST_SLICES)) for shape in shapes]
    each = [shape[0] * shape[1] + BESIDE for shape in shapes]
    wanted = [size * inputs * filters for size, (inputs, filters) in zip(each, most, strict=True)]
    given = []
    for share, size, (inputs, filters) in zip(shares(wanted, MOST_NUMBERS), each, most, strict=True):
        slices = share // size
        given.append((min(inputs, slices), min(filters, slices // max(1, min(inputs, slices)))))
    return given
