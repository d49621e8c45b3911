"""Hold a borrowed trunk as one frozen value, which a training is made from; its weights lie in a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cnnlab.core.words import Refusal

TRUNK, RESCALING = "borrowed_trunk", "trunk_rescaling"
"""The names of the layers below the head, in the model of a training."""
MapShape = tuple[int, int, int]


class TrunkError(Refusal):
    """Say in one sentence why something cannot be borrowed, and what to do."""


@dataclass(frozen=True)
class Trunk:
    """Hold the first layers of a trained network, up to the layer `cut`, below a head of one's own.

    `source` is the key of a shipped trunk or that of a file of the home (`cnnlab.core.trunks.files`). It takes pictures
    of `input_shape` whose pixels from 0 to 255 are multiplied by `scale` before `offset` is added, and makes maps of
    `feature_shape`, (height, width, channels): the `input_shape` of the head. All layers are frozen before the one
    called `trainable_from`, and all of them if there is none. `head` is the key of the weights that the head begins
    with, None for random ones.
    """

    source: str
    name: str
    input_shape: MapShape
    cut: str
    feature_shape: MapShape
    scale: float
    offset: float
    trainable_from: str | None = None
    head: str | None = None

    @property
    def is_frozen(self) -> bool:
        """Tell whether no weight of it is trained."""
        return self.trainable_from is None

    def rescaling(self, rescale: float) -> tuple[float, float] | None:
        """Return scale and offset of pixels that were multiplied by `rescale` before; None if they stay as they are."""
        scale = self.scale / rescale
        return None if abs(scale - 1) < 1e-9 and self.offset == 0 else (scale, self.offset)

    def to_dict(self) -> dict[str, Any]:
        """Return the trunk as JSON."""
        shapes = {"input_shape": list(self.input_shape), "feature_shape": list(self.feature_shape)}
        return asdict(self) | shapes

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Trunk":
        """Read what `to_dict` wrote; raise TypeError, KeyError or ValueError for anything else."""
        (h, w, c), (height, width, channels) = data["input_shape"], data["feature_shape"]
        shapes = {
            "input_shape": (int(h), int(w), int(c)),
            "feature_shape": (int(height), int(width), int(channels)),
        }
        return cls(**{**data, **shapes})

    def __str__(self) -> str:
        height, width, _ = self.input_shape
        tuned = "frozen" if self.is_frozen else f"trained from {self.trainable_from} on"
        begun = "" if self.head is None else ", with a trained head"
        return f"{self.name} at {height} × {width}, cut after {self.cut}, {tuned}{begun}"
