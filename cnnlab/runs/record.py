"""Describe a training run as values: what is asked for, what may be asked for, and the states it passes through."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check, trace
from cnnlab.runs.processes import ProcessMark

OPTIMIZERS = ("rmsprop", "adam", "sgd")
MAX_SEED = 2**32 - 1


class RunError(ValueError):
    """Say in one sentence what cannot be done with a run."""


class State(StrEnum):
    """Name where a run stands; `lost` is a run whose process vanished while nothing watched it."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"


# A start that never reached its process goes back to the queue; nothing leaves a terminal state.
TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.QUEUED: frozenset({State.STARTING, State.STOPPED, State.FAILED}),
        State.STARTING: frozenset({State.QUEUED, State.RUNNING, State.STOPPED, State.FAILED, State.LOST}),
        State.RUNNING: frozenset({State.FINISHED, State.STOPPED, State.FAILED, State.LOST}),
        State.FINISHED: frozenset(),
        State.STOPPED: frozenset(),
        State.FAILED: frozenset(),
        State.LOST: frozenset(),
    }
)
ACTIVE = (State.STARTING, State.RUNNING)
TERMINAL = tuple(state for state, following in TRANSITIONS.items() if not following)


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """Hold everything a training is made from; the same spec gives the same curve.

    `network` already has the training's image size. `data` is the name of a bundled set or an absolute folder;
    `limit_per_class` takes at most so many images of each class and split; `classes` is another order of the classes
    than Keras' own, as in `flow_from_directory`. `threads` is part of the result: another
    number sums in another order.
    """

    name: str
    network: Network
    data: str
    data_name: str
    augmentation: Augmentation
    epochs: int = 15
    batch_size: int = 16
    learning_rate: float = 0.001
    optimizer: str = "rmsprop"
    limit_per_class: int | None = None
    seed: int = 0
    threads: int = 1
    classes: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the spec as JSON."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return values | {"network": self.network.to_dict(), "augmentation": self.augmentation.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "RunSpec":
        """Read what `to_dict` wrote; raise `RunError` for anything else."""
        try:
            network, augmentation = data["network"], data["augmentation"]
            parts = {
                "network": Network.from_dict(network),
                "augmentation": Augmentation.from_dict(augmentation),
                "classes": tuple(data["classes"]) if data.get("classes") else None,
            }
            return cls(**{**data, **parts})
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"This description of a training cannot be read: {error}.") from None


@dataclass(frozen=True)
class Run:
    """Hold one run as the store knows it; times are Unix seconds, `message` is one sentence on how it ended.

    `process` trains it. `parent` is set for a training in the foreground: the command that waits for it.
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
    if not (math.isfinite(spec.learning_rate) and spec.learning_rate > 0):
        return f"The learning rate must be above 0, but is {spec.learning_rate}."
    if spec.optimizer not in OPTIMIZERS:
        return f"The optimizer must be one of {', '.join(OPTIMIZERS)}, not {spec.optimizer!r}."
    if spec.limit_per_class is not None and spec.limit_per_class < 1:
        return f"The limit of images per class must be at least 1, but is {spec.limit_per_class}."
    if not 0 <= spec.seed <= MAX_SEED:
        return f"The seed must lie between 0 and {MAX_SEED}, but is {spec.seed}."
    if spec.threads < 1:
        return f"The number of threads must be at least 1, but is {spec.threads}."
    return _network_problem(spec.network, settings)


def _network_problem(network: Network, settings: Settings) -> str | None:
    invalid = check(network)
    if invalid is not None:
        return f"This network cannot be trained: {invalid}"
    params = sum(row.params for row in trace(network))
    if params > settings.max_params:
        return (
            f"The network has {params:,} parameters, and at most {settings.max_params:,} are allowed; "
            "make it smaller, or let the teacher raise CNNLAB_MAX_PARAMS."
        )
    return None


def loss_for(network: Network, n_classes: int) -> str:
    """Return the Keras loss that fits the network's output and the number of classes; raise `RunError` if none does.

    One sigmoid unit learns two classes with binary_crossentropy; one softmax unit for each class learns with
    sparse_categorical_crossentropy.
    """
    if n_classes < 2:
        raise RunError("The data has only one class, so there is nothing to learn; give it two or more.")
    shape = trace(network)[-1].output_shape
    activation = _final_activation(network)
    if shape == (1,) and activation == "sigmoid" and n_classes == 2:
        return "binary_crossentropy"
    if shape == (n_classes,) and activation == "softmax":
        return "sparse_categorical_crossentropy"
    wanted = "1 unit with sigmoid or 2 units with softmax" if n_classes == 2 else f"{n_classes} units with softmax"
    units = f"{shape[0]} unit{'s' * (shape[0] != 1)}" if len(shape) == 1 else f"the shape {shape}"
    raise RunError(
        f"The data has {n_classes} classes, so the network must end in {wanted}, but it ends in {units} "
        f"with {activation}; change its last layers."
    )


def _final_activation(network: Network) -> str:
    return str(network.layers[-1].config.get("activation", "no activation"))
