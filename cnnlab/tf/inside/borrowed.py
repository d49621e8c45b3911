"""Open a borrowed trunk as what can be looked into."""

from pathlib import Path
from typing import Any

import keras

from cnnlab.core.exchange.imported import nodes_of_rows
from cnnlab.core.trunks.rows import rows_of
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.tf.built import Subject
from cnnlab.tf.inside.kept import KeptModels, model_bytes
from cnnlab.tf.inside.steps import run, steps_of
from cnnlab.tf.trunks.build import trunk_model

MOST_BYTES = 128 << 20  # of all trunks that are kept


class Whole:
    """Be a built trunk, whose layers may have branches."""

    def __init__(self, trunk: Trunk, home: Path) -> None:
        self.name = trunk.name
        self.model = trunk_model(trunk, home)
        self.layers: list[keras.Operation] = [step.layer for step in steps_of(self.model)]
        self.nodes = nodes_of_rows(rows_of(trunk, home))

    def taken(self, value: Any) -> Any:
        """Return a batch of pictures as it is."""
        return value

    def run(self, value: Any) -> list[Any]:
        """Return what every row makes of a batch; they are computed together."""
        return run(self.model, value)


class Trunks:
    """Open trunks, and keep those used last."""

    def __init__(self) -> None:
        self._kept: KeptModels[Whole] = KeptModels(MOST_BYTES)

    def open(self, trunk: Trunk, home: Path) -> Subject:
        """Return a trunk with its weights; raise `TrunkError`."""
        made = self._kept.get(trunk, lambda: Whole(trunk, home), lambda kept: model_bytes(kept.model))
        return Subject(made, trunk.scale, trunk.offset)

    def forget(self) -> None:
        """Forget every trunk, so that there is memory again."""
        self._kept.clear()
