"""Know what a lesson may ask about: what stands before a student now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment import Augmentation
from cnnlab.core.lessons.language import NotYet
from cnnlab.core.network import Network
from cnnlab.core.training.answers import Answers


@dataclass(frozen=True)
class DataFacts:
    """Hold what is known of a data set: its classes in the order of the output, and how many pictures each has.

    `training` and `validation` are in the order of `classes`.
    """

    classes: tuple[str, ...]
    training: tuple[int, ...]
    validation: tuple[int, ...]


@dataclass(frozen=True)
class RunFacts:
    """Hold how a training goes: its network and data, how many pictures it learned from, and what each epoch reached.

    `epochs` has what the worker told at the end of each, by Keras' names; a number that is none is None. `answers` are
    those to the validation pictures once it has ended. `yours` tells whether the student may change it.
    """

    network: Network
    data: str
    pictures: int
    epochs: Sequence[Mapping[str, Any]] = ()
    answers: Answers | None = None
    yours: bool = False


@dataclass(frozen=True)
class Place:
    """Hold a place of a map that was pressed: the name of its layer, and channel, row and column, counted from 0."""

    layer: str
    channel: int
    row: int
    column: int

    @property
    def swapped(self) -> "Place":
        """Return the place of whoever takes the row for the column."""
        return Place(self.layer, self.channel, self.column, self.row)

    @property
    def said(self) -> str:
        """Return the place in words."""
        return f"row {self.row}, column {self.column} of channel {self.channel} of {self.layer}"


Arrays = tuple[npt.NDArray[np.float32], ...]


def no_maps() -> Arrays:
    """Raise `NotYet`."""
    raise NotYet("Nothing was computed for a picture yet: open the feature maps.")


def no_kernel() -> Arrays:
    """Raise `NotYet`."""
    raise NotYet("No kernel is shown yet: select a convolution.")


def no_data() -> DataFacts:
    """Raise `NotYet`."""
    raise NotYet("The data set was not read yet: open the data page.")


def no_place() -> Place:
    """Raise `NotYet`."""
    raise NotYet("Click a place in the map; in the convolution view Enter presses it as well.")


def no_run() -> RunFacts:
    """Raise `NotYet`."""
    raise NotYet("No training is open yet; start one, or open one.")


@dataclass(frozen=True)
class Situation:
    """Hold what a student sees: the network, the selected layer and channel, the settings, and what can be computed.

    `maps` gives the output of every layer for the current picture, without the batch, `kernels` the kernel of the
    selected layer (height, width, input channels, output channels), and `place` what was pressed last; these, `data`
    and `run` raise `NotYet`. `truth` is the class of the picture if it comes from a data set, empty if nobody knows it.
    """

    network: Network
    selected: int | None = None
    channel: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation.post)
    data: Callable[[], DataFacts] = no_data
    run: Callable[[], RunFacts] = no_run
    classes: tuple[str, ...] = ()
    truth: str = ""
    maps: Callable[[], Arrays] = no_maps
    kernels: Callable[[], Arrays] = no_kernel
    place: Callable[[], Place] = no_place
