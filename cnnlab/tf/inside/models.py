"""Be the process that opens models of unknown origin: `python -m cnnlab.tf.inside.models`, with a socket as its input.

It has limits on memory, and nobody else's work in it: whatever a file does to Keras or HDF5, it does here.
"""

import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cnnlab.core.exchange.imported import ImportedRow, ModelFileError, nodes_of_rows
from cnnlab.core.inside.graph import PICTURE, windowed, windowed_nodes
from cnnlab.core.inside.heavy import too_many_pairs, too_many_values
from cnnlab.core.inside.likeness import Likeness, as_arrays, compare
from cnnlab.processes.answering import serve, take_connection
from cnnlab.processes.frames import Array
from cnnlab.processes.limits import limit_memory
from cnnlab.tf.inside.kept import KeptModels, model_bytes
from cnnlab.tf.inside.maps import MapsError, network_of
from cnnlab.tf.inside.model_file import check_model_file
from cnnlab.tf.inside.steps import Step, activity, before_activation, kernels, options_of, run, steps_of
from cnnlab.tf.inside.window import take_apart

MOST_BYTES = 512 << 20  # of all models that are kept
FREE_SIZE = 150  # pixels of a model that takes any
MORE_MEMORY = 4 << 30  # bytes beyond TensorFlow itself


class Imported:
    """Hold one opened model with what is needed to run it."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        with tempfile.TemporaryDirectory() as folder:
            check_model_file(path, name, Path(folder))
        try:
            self.model = keras.models.load_model(path, compile=False, safe_mode=True)
            self.steps: list[Step] = steps_of(self.model)
            shapes = [tensor.shape for tensor in self.model.inputs]
        except Exception as error:  # Keras raises many kinds for what it cannot build
            traceback.print_exc()
            raise ModelFileError(
                f"{name} cannot be built by Keras {keras.__version__} ({type(error).__name__}); save it again with a "
                "newer Keras."
            ) from error
        self.input_shape, self.free_size = _input_shape(shapes, name)
        self._refuse_too_many()
        try:
            self.shapes = [values.shape[1:] for values in run(self.model, self._batch(np.zeros(self.input_shape)))]
        except Exception as error:
            traceback.print_exc()
            raise ModelFileError(
                f"{name} does not run on a picture of {' × '.join(map(str, self.input_shape))} "
                f"({type(error).__name__}), so there is nothing to see."
            ) from error

    @property
    def rows(self) -> tuple[ImportedRow, ...]:
        """Return one row for each call of a layer."""
        return tuple(
            ImportedRow(
                name=step.name,
                class_name=type(step.layer).__name__,
                output_shape=shape,
                params=step.layer.count_params() if hasattr(step.layer, "count_params") else 0,
                inputs=step.inputs,
                sources=step.sources,
                options=tuple(options_of(step.layer).items()),
            )
            for step, shape in zip(self.steps, self.shapes, strict=True)
        )

    def describe(self) -> dict[str, Any]:
        """Return everything about the model that an `ImportedModel` holds, as JSON."""
        rows = [
            {
                "name": row.name,
                "class_name": row.class_name,
                "output_shape": row.output_shape,
                "params": row.params,
                "inputs": row.inputs,
                "sources": row.sources,
                "options": row.options,
            }
            for row in self.rows
        ]
        try:
            network, why = network_of(self.model).to_dict(), ""
        except MapsError as error:
            network, why = None, str(error)
        return {
            "input_shape": list(self.input_shape),
            "free_size": self.free_size,
            "rows": rows,
            "outputs": [tensor._keras_history.operation.name for tensor in self.model.outputs],
            "params": self.model.count_params(),
            "network": network,
            "why": why,
        }

    def look(self, pixels: Array, scale: float, offset: float) -> tuple[dict[str, Any], list[Array]]:
        """Return every row's output for uint8 pixels times `scale` plus `offset`, and the last activation's input."""
        outputs = run(self.model, self._batch(pixels * np.float32(scale) + np.float32(offset)))
        last = self.steps[-1]
        places = {step.name: place for place, step in enumerate(self.steps)}
        logits = None
        if len(last.inputs) == 1 and last.inputs[0] in places and not isinstance(last.layer, keras.Model):
            logits = before_activation(last.layer, keras.ops.convert_to_tensor(outputs[places[last.inputs[0]]]))
        maps = [values[0] for values in outputs]
        return {"logits": logits is not None}, maps if logits is None else [*maps, logits.astype(np.float32)]

    def window(
        self, pixels: Array, scale: float, offset: float, place: dict[str, int]
    ) -> tuple[dict[str, Any], list[Array]]:
        """Return what `take_apart` finds for one `channel` of the row at `index`; pixels as for `look`."""
        index = place["index"]
        nodes = nodes_of_rows(self.rows)
        if index not in windowed_nodes(nodes):
            raise ModelFileError(f"Layer {index} of {self.name} has no window that slides; choose another layer.")
        found = windowed(nodes, self.input_shape, index)
        value = self._batch(pixels * np.float32(scale) + np.float32(offset))
        if found.source != PICTURE:
            value = keras.ops.convert_to_tensor(run(self.model, value)[found.source])
        behind = (*found.following, *(() if found.pool is None else (found.pool.index,)))
        layers = [self.steps[i].layer for i in behind]
        return take_apart(self.steps[index].layer, value, layers, place["channel"], place["first"], place["most"])

    def activity(self, batch: Array, scale: float, offset: float) -> list[Array]:
        """Return for each row the largest absolute value of each channel over uint8 pictures (n, h, w, channels)."""
        largest: list[Array] = []
        for pixels in batch:
            values = run(self.model, self._batch(pixels * np.float32(scale) + np.float32(offset)))
            found = activity([each[0] for each in values])
            largest = found if not largest else [np.maximum(a, b) for a, b in zip(largest, found, strict=True)]
        return largest

    def twins(self, batch: Array, scale: float, offset: float, least: float) -> list[Array]:
        """Return `likeness.as_arrays` of every row over uint8 pictures (n, height, width, channels)."""
        if problem := too_many_pairs(self.shapes):
            raise ModelFileError(problem)
        kept: list[Likeness] = []
        for pixels in batch:
            values = run(self.model, self._batch(pixels * np.float32(scale) + np.float32(offset)))
            kept = compare(kept, [each[0] for each in values])
        return list(as_arrays(kept, least))

    def kernels(self) -> tuple[dict[str, Any], list[Array]]:
        """Return the kernels of every convolution."""
        found, arrays = kernels([step.layer for step in self.steps])
        return {"kernels": found}, arrays

    def _batch(self, values: Array) -> Any:
        return keras.ops.convert_to_tensor(values[None].astype(np.float32))

    def _refuse_too_many(self) -> None:
        known = ([tensor.shape for tensor in step.layer._inbound_nodes[0].outputs] for step in self.steps)
        longest = max(self.input_shape)
        made = [tuple(n or longest for n in shape[1:]) for shapes in known for shape in shapes[:1]]
        if problem := too_many_values(made, self.name):
            raise ModelFileError(problem)


def _input_shape(shapes: list[tuple[int | None, ...]], name: str) -> tuple[tuple[int, int, int], bool]:
    if len(shapes) != 1:
        raise ModelFileError(f"{name} takes {len(shapes)} inputs, and only models that take one picture can be shown.")
    if len(shapes[0]) != 4 or shapes[0][3] not in (1, 3):
        said = " × ".join("any" if n is None else str(n) for n in shapes[0][1:])
        raise ModelFileError(
            f"{name} takes {said}, which is no picture; only models that take (height, width, channels) with 1 or 3 "
            "channels can be shown."
        )
    height, width, channels = shapes[0][1:]
    assert channels is not None
    return (height or FREE_SIZE, width or FREE_SIZE, channels), height is None or width is None


def main() -> int:
    """Serve until the other side closes the connection."""
    connection = take_connection()
    keras.ops.convert_to_numpy(keras.ops.ones(1))  # lets TensorFlow take what it always takes
    limit_memory(MORE_MEMORY)
    opened: KeptModels[Imported] = KeptModels(MOST_BYTES)
    return serve(connection, lambda header, arrays: answer_request(opened, header, arrays))


def answer_request(
    opened: KeptModels[Imported], header: dict[str, Any], arrays: list[Array]
) -> tuple[dict[str, Any], list[Array]]:
    """Return the answer to one request, or `{"error": one sentence}`."""
    request = header["request"]
    if request == "ping":
        return {}, []
    try:
        path, name = Path(header["path"]), header["name"]
        model = opened.get(path, lambda: Imported(path, name), lambda kept: model_bytes(kept.model))
        if request == "look":
            return model.look(arrays[0], header["scale"], header["offset"])
        if request == "window":
            return model.window(arrays[0], header["scale"], header["offset"], header["place"])
        if request == "activity":
            return {}, model.activity(arrays[0], header["scale"], header["offset"])
        if request == "twins":
            return {}, model.twins(arrays[0], header["scale"], header["offset"], header["least"])
        return model.kernels() if request == "kernels" else (model.describe(), [])
    except ModelFileError as refused:
        return {"error": str(refused)}, []
    except (MemoryError, tf.errors.ResourceExhaustedError):
        opened.clear()
        return {"error": f"{header['name']} needs more memory than an imported model may take; use a smaller one."}, []
    except Exception as error:
        traceback.print_exc()
        return {"error": f"{header['name']} could not be looked into ({type(error).__name__}); try another model."}, []


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # TensorFlow's threads can keep an interpreter from ending.
    os._exit(code)
