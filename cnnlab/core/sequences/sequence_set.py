"""Hold a checked set of labelled sequences: two splits of one length, and what was planted where that is known."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from cnnlab.core.data.datasets import in_order
from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.sequences.letters import Codes, SequenceError, one_hot, reverse_complement
from cnnlab.core.sequences.motifs import Motif

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Planted:
    """Tell where a motif was planted: which of the set's, its first position, and whether it stands backwards."""

    motif: int
    position: int
    backwards: bool = False


@dataclass(frozen=True, eq=False)
class SequenceSplit:
    """Keep sequences as codes uint8 (n, length), with a label and a name for each, and what was planted in it."""

    codes: Codes
    labels: Labels
    names: tuple[str, ...]
    truth: tuple[tuple[Planted, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    def arrays(self, length: int, channels: int) -> npt.NDArray[np.uint8]:
        """Return all sequences as a network takes them, uint8 (n, length, 4), 255 for the letter that is there.

        Raises `SequenceError` for a network that takes others.
        """
        own = (self.codes.shape[1], 4)
        if (length, channels) != own:
            raise SequenceError(
                f"The sequences are {own[0]:,} letters long, one of 4 each, and the network takes {length:,} × "
                f"{channels:,}; set its input to {own[0]:,} × {own[1]}."
            )
        return one_hot(self.codes)

    def relabelled(self, index: Labels) -> "SequenceSplit":
        """Return the split with label i replaced by `index[i]`."""
        return replace(self, labels=index[self.labels])

    def untold(self) -> "SequenceSplit":
        """Return the split without what was planted in it."""
        return replace(self, truth=())

    def on_both_strands(self) -> "SequenceSplit":
        """Return the split with each sequence a second time as its other strand reads, of which no truth is told."""
        turned = SequenceSplit(
            reverse_complement(self.codes), self.labels, tuple(f"{name}, other strand" for name in self.names)
        )
        return SequenceSplit(
            np.concatenate([self.codes, turned.codes]),
            np.concatenate([self.labels, turned.labels]),
            self.names + turned.names,
            (self.truth + tuple(() for _ in self.truth)) if self.truth else (),
        )


@dataclass(frozen=True, eq=False)
class SequenceSet:
    """Hold the two splits; `motifs` are those that were planted, `fingerprint` changes with every letter and label."""

    name: str
    classes: tuple[str, ...]
    train: SequenceSplit
    validation: SequenceSplit
    fingerprint: str
    motifs: tuple[Motif, ...] = ()
    findings: tuple[Finding, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Return how many letters each sequence has."""
        return int(self.train.codes.shape[1])

    def untold(self) -> "SequenceSet":
        """Return the set without what was planted in it, for somebody who is to find it."""
        return replace(self, train=self.train.untold(), validation=self.validation.untold(), motifs=(), settings={})

    @property
    def sorted_classes(self) -> tuple[str, ...]:
        """Return the classes in the order of their names."""
        return tuple(sorted(self.classes))


def in_class_order(found: SequenceSet, classes: Sequence[str]) -> SequenceSet:
    """Return the set with its labels counted in another order of the same classes; raise `DataSetError` for others."""
    chosen = in_order(found.name, found.classes, classes)
    index = np.array([chosen.index(name) for name in found.classes], np.int64)
    train, validation = found.train.relabelled(index), found.validation.relabelled(index)
    fingerprint = hashlib.sha256(f"{found.fingerprint} {chosen}".encode()).hexdigest()
    return replace(found, classes=chosen, train=train, validation=validation, fingerprint=fingerprint)
