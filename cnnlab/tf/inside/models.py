"""Open models of unknown origin and keep those used last, in the process of `cnnlab.tf.inside.limited`."""

import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np

from cnnlab.core.exchange.imported import ImportedRow, ModelFileError, nodes_of_rows
from cnnlab.core.inside.graph import PICTURE, Node
from cnnlab.core.inside.heavy import too_many_values
from cnnlab.tf.built import Answer, Subject
from cnnlab.tf.inside.files.model_file import check_model_file
from cnnlab.tf.inside.kept import KeptModels, model_bytes
from cnnlab.tf.inside.load import load
from cnnlab.tf.inside.maps import MapsError, network_of
from cnnlab.tf.inside.steps import Step, options_of, run, steps_of

MOST_BYTES = 512 << 20  # of all models that are kept
FREE_SIZE = 150  # pixels of a model that takes any
SMALL = 0.1  # of one level of grey in the file, where a model that gets 0 to 1 has one
CENTRED = 30  # levels of grey: means are subtracted from pixels of 0 to 255


class Imported:
    """Hold one opened model with what is needed to run it."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        with tempfile.TemporaryDirectory() as folder:
            found = check_model_file(path, name, Path(folder))
        self.said = found.said
        self.model = load(path, name, found.config)
        self.steps: list[Step] = steps_of(self.model)
        shapes = [tensor.shape for tensor in self.model.inputs]
        self.input_shape, self.free_size = _input_shape(shapes, name)
        self._refuse_too_many()
        try:
            black = self.run(self.taken(keras.ops.zeros((1, *self.input_shape), "float32")))
            self.shapes = [tuple(values.shape[1:]) for values in black]
            self.rescales = self._rescales(black)
        except Exception as error:
            traceback.print_exc()
            raise ModelFileError(
                f"{name} does not run on a picture of {' × '.join(map(str, self.input_shape))} "
                f"({type(error).__name__}), so there is nothing to see."
            ) from error

    @property
    def layers(self) -> list[keras.Operation]:
        """Return the layer of each row."""
        return [step.layer for step in self.steps]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Return its rows as a graph."""
        return nodes_of_rows(self.rows)

    @cached_property
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
            "rescales": self.rescales,
            "said": self.said,
        }

    def taken(self, value: Any) -> Any:
        """Return a batch of pictures as the model takes it: grey ones without a channel if it knows none."""
        return value[..., 0] if len(self.model.inputs[0].shape) == 3 else value

    def run(self, value: Any) -> list[Any]:
        """Return what every row makes of a batch; they are computed together."""
        return run(self.model, value)

    def _rescales(self, black: list[Any]) -> bool:
        """Tell from what a black and a white picture are to the first weights whether pixels of 0 to 255 are meant."""
        weighted = (step for step in self.steps if _has_weights(step.layer))
        source = next((step.sources[0] for step in weighted), PICTURE)
        if source == PICTURE:
            return False
        white = self.run(self.taken(keras.ops.full((1, *self.input_shape), 255, "float32")))
        low, high = (float(np.median(keras.ops.convert_to_numpy(values[source]))) for values in (black, white))
        return abs(high - low) / 255 < SMALL or abs(low) > CENTRED

    def _refuse_too_many(self) -> None:
        known = ([tensor.shape for tensor in step.layer._inbound_nodes[0].outputs] for step in self.steps)
        longest = max(self.input_shape)
        made = [tuple(n or longest for n in shape[1:]) for shapes in known for shape in shapes[:1]]
        if problem := too_many_values(made, self.name):
            raise ModelFileError(problem)


def _has_weights(layer: keras.Operation) -> bool:
    """Tell whether a layer has weights of its own that it learned by training."""
    plain = isinstance(layer, keras.Layer) and not isinstance(layer, keras.Model | keras.layers.Normalization)
    return plain and bool(layer.weights)


def _input_shape(shapes: list[tuple[int | None, ...]], name: str) -> tuple[tuple[int, int, int], bool]:
    if len(shapes) != 1:
        raise ModelFileError(f"{name} takes {len(shapes)} inputs, and only models that take one picture can be shown.")
    shape = (*shapes[0], 1) if len(shapes[0]) == 3 else shapes[0]
    if len(shape) != 4 or shape[3] not in (1, 3):
        said = " × ".join("any" if n is None else str(n) for n in shapes[0][1:])
        raise ModelFileError(
            f"{name} takes {said}, which is no picture; only models that take (height, width, channels) with 1 or 3 "
            "channels can be shown."
        )
    height, width, channels = shape[1:]
    assert channels is not None
    return (height or FREE_SIZE, width or FREE_SIZE, channels), height is None or width is None


class ModelRoom:
    """Open model files and keep the models used last."""

    def __init__(self) -> None:
        self._kept: KeptModels[Imported] = KeptModels(MOST_BYTES)

    @property
    def own(self) -> Mapping[str, Callable[[dict[str, Any]], Answer]]:
        """Return `open`: what the model is, as `Imported.describe` says it."""
        return {"open": lambda described: (self._built(described).describe(), [])}

    def open(self, described: dict[str, Any]) -> Subject:
        """Return the model in the file at `path`, called `name`, with `scale` and `offset` for its pixels."""
        return Subject(self._built(described), described["scale"], described["offset"])

    def _built(self, described: dict[str, Any]) -> Imported:
        path, name = Path(described["path"]), described["name"]
        return self._kept.get(path, lambda: Imported(path, name), lambda kept: model_bytes(kept.model))

    def forget(self) -> None:
        """Forget every model, so that there is memory again."""
        self._kept.clear()

    def too_large(self, described: dict[str, Any]) -> str:
        """Say that there is not the memory that it needs."""
        return f"{described['name']} needs more memory than an imported model may take; use a smaller one."

    def failed(self, described: dict[str, Any], error: Exception) -> str:
        """Say that it could not be looked into."""
        return f"{described['name']} could not be looked into ({type(error).__name__}); try another model."
