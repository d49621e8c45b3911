"""Choose the loss that fits a network's output and the classes, and say why."""

from dataclasses import dataclass

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.core.words import Refusal

BINARY, SPARSE = "binary_crossentropy", "sparse_categorical_crossentropy"
LOSSES = (BINARY, SPARSE)


class RunError(Refusal):
    """Say in one sentence what cannot be done with a run."""


@dataclass(frozen=True)
class Loss:
    """Hold Keras' name of a loss and the reason for it in one sentence."""

    name: str
    reason: str


def loss_for(network: Network, n_classes: int) -> str:
    """Return the Keras loss that fits the network's output and the number of classes; raise `RunError` if none does.

    One sigmoid unit learns two classes with binary_crossentropy; one softmax unit for each class learns with
    sparse_categorical_crossentropy.
    """
    return pick_loss(network, n_classes).name


def pick_loss(network: Network, n_classes: int, wanted: str | None = None) -> Loss:
    """Return the loss to train with and why; raise `RunError` if it cannot work.

    With `wanted` only the number of outputs must fit: who asks for a loss by name may train the post's ReLU output
    and see what happens.
    """
    if n_classes < 2:
        raise RunError("The data has only one class, so there is nothing to learn; give it two or more.")
    shape = trace(network)[-1].output_shape
    activation = final_activation(network)
    if wanted is not None:
        return _asked_for(wanted, shape, activation, n_classes)
    if shape == (1,) and activation == "sigmoid" and n_classes == 2:
        return Loss(BINARY, "one sigmoid unit gives one probability, and two classes need no more")
    if shape == (n_classes,) and activation == "softmax":
        return Loss(SPARSE, f"softmax gives one probability for each of the {n_classes} classes")
    wish = "1 unit with sigmoid or 2 units with softmax" if n_classes == 2 else f"{n_classes} units with softmax"
    raise RunError(
        f"The data has {n_classes} classes, so the network must end in {wish}, but it ends in {_units(shape)} "
        f"with {activation}; change its last layers."
    )


def _asked_for(wanted: str, shape: tuple[int, ...], activation: str, n_classes: int) -> Loss:
    fits = {BINARY: n_classes == 2 and shape == (1,), SPARSE: shape == (n_classes,)}
    if not fits.get(wanted, False):
        needs = "two classes and 1 unit" if wanted == BINARY else f"{n_classes} units for {n_classes} classes"
        raise RunError(f"{wanted} needs {needs}, but the network ends in {_units(shape)}; choose the other loss.")
    right = "sigmoid" if wanted == BINARY else "softmax"
    said = "which fits" if activation == right else f"although it expects probabilities from {right}"
    return Loss(wanted, f"it was asked for by name with {activation} on the output, {said}")


def _units(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} unit{'s' * (shape[0] != 1)}" if len(shape) == 1 else f"the shape {shape}"


def final_activation(network: Network) -> str:
    """Return the name of the activation that the network ends in."""
    return str(network.layers[-1].config.get("activation", "no activation"))
