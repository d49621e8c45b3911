"""Offer experiments that start with one click: each is one question and the trainings that answer it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cnnlab.core.augment import only_rescaled
from cnnlab.core.network import Network
from cnnlab.core.network.edit import with_dropout
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.losses import BINARY, final_activation

OVERFIT_EPOCHS = 40
FEW, MANY = 50, 500  # training pictures of each class
TWENTY = 10  # of each of two classes
MEMORISED = 100
DROPPED = 0.5


@dataclass(frozen=True)
class Experiment:
    """Hold a question, what to watch for, and what makes its trainings from the current settings.

    `lacks` says in one sentence what these settings lack for it.
    """

    key: str
    title: str
    watch: str
    make: Callable[[RunSpec], tuple[RunSpec, ...]]
    lacks: Callable[[RunSpec], str | None] = lambda spec: None

    def problem(self, spec: RunSpec) -> str | None:
        """Return in one sentence why these settings allow no such experiment, or None."""
        if self.key == "relu" and final_activation(spec.network) != "sigmoid":
            return "It needs a network that ends in one unit with sigmoid."
        return self.lacks(spec)


def _dropout(spec: RunSpec) -> tuple[RunSpec, ...]:
    bare = without_dropout(spec.network)
    dropped = spec.network if bare != spec.network else with_dropout(bare, DROPPED)
    return replace(spec, name="with dropout", network=dropped), replace(spec, name="without dropout", network=bare)


def _relu(spec: RunSpec) -> tuple[RunSpec, ...]:
    wrong = spec.network.with_option(len(spec.network.layers) - 1, "activation", "relu")
    return (
        replace(spec, name="sigmoid on the output", loss=None),
        replace(spec, name="ReLU on the output", network=wrong, loss=BINARY),
    )


def _amount(spec: RunSpec) -> tuple[RunSpec, ...]:
    return (
        replace(spec, name=f"{FEW} pictures a class", train_per_class=FEW),
        replace(spec, name=f"{MANY} pictures a class", train_per_class=MANY),
        replace(spec, name="all pictures", train_per_class=None),
    )


def _overfit(spec: RunSpec) -> tuple[RunSpec, ...]:
    return (_bare(replace(spec, name="twenty pictures", train_per_class=TWENTY, epochs=OVERFIT_EPOCHS)),)


def _shuffled(spec: RunSpec) -> tuple[RunSpec, ...]:
    few = _bare(replace(spec, train_per_class=MEMORISED, epochs=OVERFIT_EPOCHS))
    return replace(few, name="true labels", shuffle_labels=False), replace(
        few, name="shuffled labels", shuffle_labels=True
    )


EXPERIMENTS = (
    Experiment(
        "dropout",
        "With and without dropout",
        "Without it training accuracy runs ahead of validation accuracy.",
        _dropout,
    ),
    Experiment(
        "relu",
        "Sigmoid or ReLU on the output",
        "The post ends in a ReLU: while its output is 0 the gradient is 0 too, and it stands still, often for good.",
        _relu,
    ),
    Experiment(
        "amount", f"{FEW}, {MANY} or all pictures", "How far validation accuracy gets with each amount.", _amount
    ),
    Experiment(
        "overfit",
        "Overfit twenty pictures on purpose",
        "Training accuracy reaches 100 %: the network can learn. Validation shows what that is worth.",
        _overfit,
    ),
    Experiment(
        "shuffled",
        "Shuffled labels",
        "It memorises noise as well; validation stays at chance.",
        _shuffled,
    ),
)


def trainings_of(experiment: Experiment, spec: RunSpec, max_epochs: int) -> tuple[RunSpec, ...]:
    """Return the trainings of an experiment, none longer than this server allows."""
    return tuple(replace(made, epochs=min(made.epochs, max_epochs)) for made in experiment.make(spec))


def without_dropout(network: Network) -> Network:
    """Return the network without its Dropout layers."""
    return Network(network.input_shape, tuple(y for y in network.layers if y.class_name != "Dropout"))


def _bare(spec: RunSpec) -> RunSpec:
    """Return the spec without what hinders memorising: augmentation, dropout, L2, and a rate that falls."""
    plain = only_rescaled(spec.augmentation)
    return replace(spec, network=without_dropout(spec.network), augmentation=plain, schedule=None, l2=0.0)
