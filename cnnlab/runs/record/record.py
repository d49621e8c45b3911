"""Describe a training run as values: what it is made from, and the states it passes through."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cnnlab.core.augment import AnyAugmentation, augmentation_from_dict, augments
from cnnlab.core.network import InputShape, Network
from cnnlab.core.training.schedules import Schedule
from cnnlab.core.training.subset import Labels, chosen
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record.losses import RunError

LONGEST_NAME = 60  # characters that a person may give a run
RECORDED = "recorded"  # the id of the run that ships; no run of a store has such a one


class State(StrEnum):
    """Name where a run stands; `lost` is a run whose process vanished while nothing watched it."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"


# A start that never reached its process goes back to the queue; no process moves a run out of a terminal state: only
# a person does, with `Store.reopen`.
TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.QUEUED: frozenset({State.STARTING, State.STOPPED, State.FAILED}),
        State.STARTING: frozenset({State.QUEUED, State.RUNNING, State.STOPPED, State.FAILED, State.LOST}),
        State.RUNNING: frozenset({State.PAUSED, State.FINISHED, State.STOPPED, State.FAILED, State.LOST}),
        State.PAUSED: frozenset({State.RUNNING, State.STOPPED, State.FAILED, State.LOST}),
        State.FINISHED: frozenset(),
        State.STOPPED: frozenset(),
        State.FAILED: frozenset(),
        State.LOST: frozenset(),
    }
)
ACTIVE = (State.STARTING, State.RUNNING, State.PAUSED)
TERMINAL = tuple(state for state, following in TRANSITIONS.items() if not following)


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """Hold everything a training is made from; the same spec gives the same curve.

    `network` already has the training's image size. `data` is the name of a bundled set or an absolute folder;
    `limit_per_class` takes at most so many images of each class and split, `train_per_class` so many for training
    only; `classes` is another order of the classes than Keras' own, as in `flow_from_directory`. `momentum` is for
    sgd. `loss` None is the one that fits the output. `patience` stops when the validation loss has not fallen for so
    many epochs, and keeps the best epoch's weights. `class_weights` weighs each class by the inverse of its share.
    `shuffle_labels` gives the training pictures each other's labels. `test_split` keeps a part of
    the training pictures apart, on which the trained network is tested once. `threads` is part of the result: another
    number sums in another order. `range_test` trains a few batches with a rising learning rate instead, see
    `cnnlab.core.training.range_test`. `schedule` lets the learning rate fall, None leaves it. `l2` is what Keras'
    `kernel_regularizer` L2 takes: it adds l2 · Σw² over all kernels to the loss. An exercise may say for how many
    `minutes` it trains, all starts together, and `epochs_at_most`, however often it is resumed; None leaves that to the
    server. Above a `trunk` the network is the head: its input is the trunk's features, and `l2` is for its kernels
    alone. `series` is the same text for all trainings that answer one question together, and empty for any other; they
    share the split of a folder that has none.
    """

    name: str
    network: Network
    data: str
    data_name: str
    augmentation: AnyAugmentation
    epochs: int = 15
    batch_size: int = 16
    learning_rate: float = 0.001
    optimizer: str = "rmsprop"
    momentum: float = 0.0
    loss: str | None = None
    patience: int | None = None
    class_weights: bool = False
    shuffle_labels: bool = False
    limit_per_class: int | None = None
    train_per_class: int | None = None
    seed: int = 0
    threads: int = 1
    classes: tuple[str, ...] | None = None
    range_test: bool = False
    schedule: Schedule | None = None
    l2: float = 0.0
    minutes: int | None = None
    epochs_at_most: int | None = None
    test_split: bool = False
    trunk: Trunk | None = None
    series: str = ""

    def learned(self, labels: Labels) -> Labels:
        """Return the positions of the pictures that it learns from, of all that are there for training."""
        return chosen(labels, self.train_per_class, self.seed, apart=self.test_split)

    @property
    def split_seed(self) -> int:
        """Return from which seed a folder is split that has no splits, and pictures are left out: a series has one."""
        return 0 if self.series else self.seed

    @property
    def input_shape(self) -> InputShape:
        """Return the shape of what it is trained with, without the batch."""
        return self.network.input_shape if self.trunk is None else self.trunk.input_shape

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """Return (height, width, channels) of its pictures; raise `NotForPictures` if it reads sequences."""
        return self.network.picture_shape if self.trunk is None else self.trunk.input_shape

    @property
    def learns_from_features(self) -> bool:
        """Tell whether a trunk makes the same of every picture each time, so that it is asked only once."""
        return self.trunk is not None and self.trunk.is_frozen and not augments(self.augmentation)

    def to_dict(self) -> dict[str, Any]:
        """Return the spec as JSON."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        parts = {"network": self.network.to_dict(), "augmentation": self.augmentation.to_dict()}
        borrowed = {"trunk": self.trunk.to_dict()} if self.trunk else {}
        del values["trunk"]
        if not self.series:
            del values["series"]
        return values | parts | {"schedule": self.schedule and self.schedule.to_dict()} | borrowed

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "RunSpec":
        """Read what `to_dict` wrote; raise `RunError` for anything else."""
        try:
            network, augmentation = data["network"], data["augmentation"]
            parts = {
                "network": Network.from_dict(network),
                "augmentation": augmentation_from_dict(augmentation),
                "classes": tuple(data["classes"]) if data.get("classes") else None,
                "schedule": Schedule.from_dict(data["schedule"]) if data.get("schedule") else None,
                "trunk": Trunk.from_dict(data["trunk"]) if data.get("trunk") else None,
            }
            return cls(**{**data, **parts})
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"This description of a training cannot be read: {error}.") from None


@dataclass(frozen=True)
class Run:
    """Hold one run as the store knows it; times are Unix seconds, `message` is one sentence on how it ended.

    `process` trains it. `parent` is set for a training in the foreground: the command that waits for it. `owner`
    marks the browser that launched it (empty: nobody's), `origin` the network address that it came from, `nickname` is
    what its user wants to be called. `job` is the cluster's name for the training and `node` the machine of the cluster
    that does it; both are empty on this machine. `clock` is when it was
    started last, as a stamp of `cnnlab.processes.clock`; `spent` are the seconds that its earlier starts took.
    """

    id: str
    spec: RunSpec
    state: State
    created: float
    started: float | None
    finished: float | None
    message: str | None
    process: ProcessMark | None
    parent: ProcessMark | None
    owner: str = ""
    nickname: str = ""
    job: str = ""
    node: str = ""
    origin: str = ""
    clock: str = ""
    spent: float = 0.0

    @property
    def seconds_left(self) -> float:
        """Return how many seconds its last start had or has before its own minutes are over, infinite without any."""
        return math.inf if self.spec.minutes is None else max(0.0, 60.0 * self.spec.minutes - self.spent)

    @property
    def is_used_up(self) -> bool:
        """Tell whether it has ended and its own minutes are over, so that it cannot go on."""
        last = (self.finished or 0.0) - (self.started or 0.0) if self.finished and self.started else 0.0
        return self.is_terminal and last >= self.seconds_left

    @property
    def is_terminal(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.state in TERMINAL

    @property
    def is_recorded(self) -> bool:
        """Tell whether it is the run that ships, which nobody can change."""
        return self.id == RECORDED
