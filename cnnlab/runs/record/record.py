"""Describe a training run as values: what is asked for, what may be asked for, and the states it passes through."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cnnlab.core.augment import AnyAugmentation, augmentation_from_dict
from cnnlab.core.inside.heavy import too_many_params
from cnnlab.core.network import Network
from cnnlab.core.pictures import input_problem
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check, trace
from cnnlab.core.training.schedules import Schedule
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record.losses import LOSSES, RunError, loss_for, pick_loss

__all__ = [
    "ACTIVE",
    "OPTIMIZERS",
    "TERMINAL",
    "TRANSITIONS",
    "Run",
    "RunError",
    "RunSpec",
    "State",
    "loss_for",
    "pick_loss",
    "problems",
]

OPTIMIZERS = ("rmsprop", "adam", "sgd")
MAX_SEED = 2**32 - 1
MAX_L2 = 1.0
LONGEST_NAME = 60  # characters that a person may give a run


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
    `shuffle_labels` gives the training pictures each other's labels. `threads` is part of the result: another number
    sums in another order. `range_test` trains a few batches with a rising learning rate instead, see
    `cnnlab.core.training.range_test`. `schedule` lets the learning rate fall, None leaves it. `l2` is what Keras'
    `kernel_regularizer` L2 takes: it adds l2 · Σw² over all kernels to the loss.
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

    def to_dict(self) -> dict[str, Any]:
        """Return the spec as JSON."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        parts = {"network": self.network.to_dict(), "augmentation": self.augmentation.to_dict()}
        return values | parts | {"schedule": self.schedule and self.schedule.to_dict()}

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
    started last, as a stamp of `cnnlab.processes.clock`.
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

    @property
    def is_terminal(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.state in TERMINAL


def problems(spec: RunSpec, settings: Settings) -> str | None:
    """Return in one sentence why this training is not taken, or None."""
    if not 1 <= spec.epochs <= settings.max_epochs:
        return (
            f"The number of epochs must lie between 1 and {settings.max_epochs}, but is {spec.epochs}; "
            "choose another, or let the teacher raise CNNLAB_MAX_EPOCHS."
        )
    if spec.batch_size < 1:
        return f"The batch size must be at least 1, but is {spec.batch_size}."
    for limit in (spec.limit_per_class, spec.train_per_class):
        if limit is not None and limit < 1:
            return f"The limit of images per class must be at least 1, but is {limit}."
    if not 0 <= spec.seed <= MAX_SEED:
        return f"The seed must lie between 0 and {MAX_SEED}, but is {spec.seed}."
    if spec.threads < 1:
        return f"The number of threads must be at least 1, but is {spec.threads}."
    return _learning_problem(spec) or _network_problem(spec.network, settings)


def learning_rate_problem(rate: float) -> str | None:
    """Return in one sentence why this learning rate cannot be used, or None."""
    if math.isfinite(rate) and rate > 0:
        return None
    return f"The learning rate must be above 0, but is {rate}."


def _learning_problem(spec: RunSpec) -> str | None:
    if problem := learning_rate_problem(spec.learning_rate):
        return problem
    if spec.optimizer not in OPTIMIZERS:
        return f"The optimizer must be one of {', '.join(OPTIMIZERS)}, not {spec.optimizer!r}."
    if not 0 <= spec.momentum < 1:
        return f"The momentum must lie between 0 and 1, and 1 is too much, but is {spec.momentum}."
    if spec.momentum and spec.optimizer != "sgd":
        return f"Only sgd takes a momentum, and the optimizer is {spec.optimizer}; set the momentum to 0."
    if spec.loss is not None and spec.loss not in LOSSES:
        return f"The loss must be one of {', '.join(LOSSES)}, not {spec.loss!r}."
    if not 0 <= spec.l2 <= MAX_L2:
        return f"L2 must lie between 0 and {MAX_L2:g}, but is {spec.l2}."
    if spec.schedule is not None and (problem := spec.schedule.problem()):
        return problem
    if spec.schedule is not None and spec.range_test:
        return "A learning-rate test sets the rate of every batch itself; leave the schedule constant."
    if spec.patience is not None and spec.patience < 1:
        return f"The patience of early stopping must be at least 1 epoch, but is {spec.patience}."
    return None


def _network_problem(network: Network, settings: Settings) -> str | None:
    invalid = check(network)
    if invalid is not None:
        return f"This network cannot be trained: {invalid}"
    if unusable := input_problem(*network.input_shape):
        return unusable
    return too_many_params(sum(row.params for row in trace(network)), settings.max_params)
