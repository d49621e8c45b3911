"""Make the trainings that follow a trained head: the trunk's last layers unfrozen, gently or so that it breaks."""

from dataclasses import dataclass, replace
from pathlib import Path

from cnnlab.core.trunks.rows import counts, rows_of
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.runs.record import RunSpec

RATE, MOMENTUM, EPOCHS = 1e-4, 0.9, 5
LARGE_RATE = 0.1


@dataclass(frozen=True)
class Start:
    """Name a layer of a trunk from which on it can be trained, with what is trained then."""

    layer: str
    trainable: int


def starts(trunk: Trunk, home: Path) -> tuple[Start, ...]:
    """Return the layers with weights of their own, the last first; raise `TrunkError` if the trunk is gone."""
    rows = rows_of(trunk, home)
    total, found = 0, []
    for row in reversed(rows):
        total += row.weights
        if row.weights:
            found.append(Start(row.name, total))
    return tuple(found)


def usual_start(trunk: Trunk, offered: tuple[Start, ...], home: Path) -> Start:
    """Return where to begin as a rule: the last start with at most a third of the trunk's parameters."""
    counted = counts(trunk, rows_of(trunk, home))
    most = (counted.frozen + counted.trainable) / 3
    small = [start for start in offered if start.trainable <= most]
    return small[-1] if small else offered[0]


def tuned(spec: RunSpec, layer: str, head: str) -> RunSpec:
    """Return the training that goes on with a trained head, kept under a key, and trains the trunk from a layer on."""
    assert spec.trunk is not None
    trunk = replace(spec.trunk, trainable_from=layer, head=head)
    return replace(
        spec,
        name=f"{spec.name}, fine-tuned",
        trunk=trunk,
        optimizer="sgd",
        learning_rate=RATE,
        momentum=MOMENTUM,
        schedule=None,
        epochs=EPOCHS,
        minutes=None,
        epochs_at_most=None,
    )


def destroyed(spec: RunSpec, layer: str, head: str) -> tuple[RunSpec, ...]:
    """Return three trainings from the same layer on: as advised, on a fresh head, and with a large rate."""
    gently = tuned(spec, layer, head)
    assert gently.trunk is not None
    fresh = replace(gently, name="fresh head, large rate", learning_rate=LARGE_RATE)
    return (
        replace(gently, name="trained head, small rate"),
        replace(gently, name="trained head, large rate", learning_rate=LARGE_RATE),
        replace(fresh, trunk=replace(gently.trunk, head=None)),
    )
