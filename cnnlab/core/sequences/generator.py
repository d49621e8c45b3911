"""Make sequences with motifs planted in half of them, the same ones for the same settings, and remember where."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from cnnlab.core.sequences.letters import LETTERS, Codes, SequenceError, reverse_complement
from cnnlab.core.sequences.motifs import Motif, motif_of
from cnnlab.core.sequences.sequence_set import Planted, SequenceSet, SequenceSplit

NAME = "motifs"
"""How the set is called where data are named; settings that differ stand behind it: motifs:gc=0.6,seed=2."""
VERSION = 1  # raised whenever the sequences change
CLASSES = ("without", "with motif")
VALIDATION_SHARE = 0.2
RARE = 0.004  # the share of positives in the data of the post's author: one sequence in 250
STRANDS = ("forward", "either", "backward")
MOST_LETTERS = 20_000_000
LONGEST_TEXT = 300  # characters of a reference


@dataclass(frozen=True)
class Settings:
    """Say what is made: `count` sequences of `length` letters, of which the share `positives` holds motifs.

    The background's letters are drawn with the share `gc` of G and C. `number` copies of each of one or two motifs
    (`motif`, `second`; words in IUPAC letters or names of `INVENTED`) are planted on a strand of `STRANDS`, each letter
    replaced by chance with the share `noise`; at a fixed `position`, or anywhere for −1; two with `spacing` letters
    between them, or anywhere for −1. With `both_strands` training gets each sequence on both strands.
    """

    motif: str = "invented-1"
    second: str = ""
    count: int = 2_000
    length: int = 50
    gc: float = 0.5
    positives: float = 0.5
    number: int = 1
    position: int = -1
    spacing: int = -1
    strand: str = "forward"
    noise: float = 0.0
    both_strands: bool = False
    seed: int = 0

    @classmethod
    def from_text(cls, text: str) -> "Settings":
        """Read a reference such as `motifs:gc=0.6,seed=2`; raise `SequenceError` for anything else."""
        name, _, given = text.partition(":")
        if name != NAME or len(text) > LONGEST_TEXT:
            raise SequenceError(f"A made set is called {NAME}, with settings like {NAME}:gc=0.6,seed=2 if you want.")
        found = {}
        for part in filter(None, given.split(",")):
            key, equals, value = part.partition("=")
            kind = _KINDS.get(key.strip())
            if kind is None or not equals:
                raise SequenceError(f"{part.strip()[:40]!r} is no setting of {NAME}; it knows {', '.join(_KINDS)}.")
            try:
                found[key.strip()] = kind(value.strip())
            except ValueError:
                raise SequenceError(f"{key.strip()} cannot be {value.strip()[:40]!r}; give another value.") from None
        made = cls(**found)  # type: ignore[arg-type]
        made.planted()
        return made

    @property
    def text(self) -> str:
        """Return the reference that gives these settings."""
        changed = [(f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default]
        said = ",".join(f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in changed)
        return f"{NAME}:{said}" if said else NAME

    def planted(self) -> tuple[Motif, ...]:
        """Return the motifs; raise `SequenceError` if these settings cannot be."""
        motifs = tuple(motif_of(text) for text in (self.motif, self.second) if text)
        if problem := self._problem(motifs):
            raise SequenceError(problem)
        return motifs

    def _problem(self, motifs: tuple[Motif, ...]) -> str:
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                return (
                    f"{name} must lie between {least:,} and {most:,}, but is {getattr(self, name):,}; choose another."
                )
        if self.strand not in STRANDS:
            return f"strand must be {', '.join(STRANDS)}, not {self.strand[:40]!r}."
        if self.count * self.length > MOST_LETTERS:
            return (
                f"{self.count:,} × {self.length:,} letters are more than {MOST_LETTERS:,}; make fewer or shorter ones."
            )
        if not motifs:
            return "There is no motif to plant; name one."
        need = self.number * sum(map(len, motifs)) + max(self.spacing, 0) * (self.number * len(motifs) - 1)
        if max(self.position, 0) + need > self.length:
            return f"What is planted needs {need} letters, and the sequences have {self.length}; make them longer."
        return ""


BOUNDS = {
    "count": (20, 200_000), "length": (10, 2_000), "gc": (0.05, 0.95), "positives": (0.001, 0.9), "number": (1, 5),
    "position": (-1, 2_000), "spacing": (-1, 500), "noise": (0.0, 0.75), "seed": (0, 2**31 - 1),
}  # fmt: skip
"""The least and the largest value of every number."""


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_KINDS: Mapping[str, Callable[[str], object]] = {
    f.name: _flag if f.type is bool else f.type  # type: ignore[misc]
    for f in fields(Settings)
}


def make(settings: Settings = Settings()) -> SequenceSet:
    """Return the set of these settings, the same one every time; raise `SequenceError` if it cannot be made."""
    motifs = settings.planted()
    rng = np.random.default_rng((VERSION, settings.seed))
    positives = max(2, round(settings.positives * settings.count))
    labels = (np.arange(settings.count) < positives).astype(np.int64)
    codes = _background(rng, settings)
    truth: list[tuple[Planted, ...]] = [()] * settings.count
    for i in range(positives):
        truth[i] = _plant(rng, codes[i], motifs, settings)
    train, validation = _splits(rng, codes, labels, truth)
    if settings.both_strands:
        train = train.on_both_strands()
    fingerprint = hashlib.sha256(f"{VERSION} {settings.text}".encode()).hexdigest()
    told = {f.name: getattr(settings, f.name) for f in fields(settings)}
    return SequenceSet(settings.text, CLASSES, train, validation, fingerprint, motifs, settings=told)


def _background(rng: np.random.Generator, settings: Settings) -> Codes:
    shares = np.array([1 - settings.gc, settings.gc, settings.gc, 1 - settings.gc]) / 2
    return rng.choice(len(LETTERS), (settings.count, settings.length), p=shares).astype(np.uint8)


def _plant(
    rng: np.random.Generator, codes: Codes, motifs: tuple[Motif, ...], settings: Settings
) -> tuple[Planted, ...]:
    """Write the motifs into one sequence, none over another, and return where they stand."""
    kinds = [kind for _ in range(settings.number) for kind in range(len(motifs))]
    lengths = [len(motifs[kind]) for kind in kinds]
    places = []
    for kind, position in zip(kinds, _positions(rng, lengths, settings), strict=True):
        motif = motifs[kind].matrix
        word = (np.cumsum(motif, axis=1) > rng.random((len(motif), 1))).argmax(axis=1).astype(np.uint8)
        spoiled = rng.random(len(word)) < settings.noise
        word[spoiled] = rng.integers(0, len(LETTERS), int(spoiled.sum()))
        backwards = settings.strand == "backward" or (settings.strand == "either" and bool(rng.random() < 0.5))
        codes[position : position + len(word)] = reverse_complement(word) if backwards else word
        places.append(Planted(kind, int(position), backwards))
    return tuple(places)


def _positions(rng: np.random.Generator, lengths: list[int], settings: Settings) -> list[int]:
    """Return the first position of each word: one behind the other, with the gaps between them drawn or fixed."""
    gaps = len(lengths) - 1
    fixed = max(settings.spacing, 0) * gaps
    free = settings.length - sum(lengths) - fixed - max(settings.position, 0)
    if settings.spacing < 0:
        cuts = np.sort(rng.integers(0, free + 1, gaps + 1))
    else:
        cuts = np.repeat(rng.integers(0, free + 1), gaps + 1)
    first = settings.position if settings.position >= 0 else int(cuts[0])
    moved = cuts - cuts[0]
    starts = np.concatenate([[0], np.cumsum(lengths[:-1])]).astype(int)
    return [int(first + start + moved[i] + max(settings.spacing, 0) * i) for i, start in enumerate(starts)]


def _splits(
    rng: np.random.Generator, codes: Codes, labels: np.ndarray, truth: list[tuple[Planted, ...]]
) -> tuple[SequenceSplit, SequenceSplit]:
    """Put a fifth of each class aside for validation."""
    held = np.zeros(len(labels), bool)
    for label in range(len(CLASSES)):
        own = rng.permutation(np.flatnonzero(labels == label))
        held[own[: max(1, round(VALIDATION_SHARE * len(own)))]] = True
    return _split("training", codes, labels, truth, ~held), _split("validation", codes, labels, truth, held)


def _split(
    name: str, codes: Codes, labels: np.ndarray, truth: list[tuple[Planted, ...]], chosen: np.ndarray
) -> SequenceSplit:
    places = np.flatnonzero(chosen)
    names = tuple(f"{name} {i}" for i in places)
    return SequenceSplit(codes[places], labels[places], names, tuple(truth[i] for i in places))
