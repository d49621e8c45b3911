"""Borrow the first layers of a network with weights, or of somebody else's model, and look into what is borrowed."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

from cnnlab.core.exchange.imported import nodes_of_rows
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep
from cnnlab.core.trunks.rows import TrunkRow, rows_of
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Graph, LayerRow, Subject


@dataclass(frozen=True)
class Borrowed:
    """Be a trunk of a home as a subject, cut where it is cut."""

    trunk: Trunk
    home: Path
    process: ClassVar[Literal["networks"]] = "networks"

    @property
    def described(self) -> dict[str, Any]:
        """Return the trunk and the home."""
        return {"trunk": self.trunk.to_dict(), "home": str(self.home)}

    @property
    def key(self) -> str:
        """Return which layers of what it are, and for which pictures."""
        return f"trunk {self.trunk.source} {self.trunk.cut} {self.trunk.input_shape}"

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Return the picture that it takes."""
        return self.trunk.input_shape

    @property
    def rescaling(self) -> tuple[float, float]:
        """Return what it was trained with."""
        return self.trunk.scale, self.trunk.offset

    @cached_property
    def _borrowed(self) -> tuple[TrunkRow, ...]:
        return rows_of(self.trunk, self.home)

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Return its layers; raise `TrunkError` if its file is gone."""
        return tuple(LayerRow(row.name, row.class_name, row.output_shape, row.params) for row in self._borrowed)

    @property
    def outputs(self) -> tuple[int, ...]:
        """Return the last row: its features."""
        return (len(self._borrowed) - 1,)

    @cached_property
    def graph(self) -> Graph:
        """Return its layers as a graph."""
        return Graph(nodes_of_rows(self._borrowed), self.input_shape)

    def problem(self, most_params: int) -> str | None:
        """Return None: what was kept was looked at before."""
        return None


def borrow(inside: Inside, subject: Subject, cut: str, name: str, settings: Settings) -> Trunk:
    """Return a subject's layers up to the one called `cut` as a trunk called `name`, all of it frozen.

    A copy with its weights is kept in the home, so that the subject may go. Raises `InferenceError` for a layer that
    makes no maps or is none of its own, and `TrunkError` if the disk is full.
    """
    answer, (content,) = inside.ask("trunk", subject, cut=cut, input_shape=list(subject.input_shape))
    height, width, channels = answer["shape"]
    key = keep(settings.home, content.tobytes(), settings.disk)
    return Trunk(key, name, subject.input_shape, cut, (height, width, channels), *subject.rescaling)
