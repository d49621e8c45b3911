"""Say what every single change of a letter does to a network's answer (in-silico mutagenesis)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.letters import LETTERS, Codes

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Mutations:
    """Hold what the network says of a sequence and of each that differs in one letter.

    `own` is the score of the sequence itself, `scores` (length, 4) those with this letter at this position; the letter
    that is there has the score of the sequence itself.
    """

    codes: Codes
    own: float
    scores: Values

    @property
    def changes(self) -> Values:
        """Return what each change adds to the score, (length, 4); 0 for the letter that is there."""
        return np.asarray(self.scores - np.float32(self.own), np.float32)

    @property
    def importance(self) -> Values:
        """Return for each position how much its letter matters: the score minus the mean over the four letters."""
        return np.asarray(np.float32(self.own) - self.scores.mean(axis=1), np.float32)


def variants(codes: Codes) -> Codes:
    """Return every sequence that differs from this one (length,) in one letter, (n, length).

    Position by position, the letters in the order A, C, G, T; three for each letter that is known, four for one that
    is not.
    """
    made = np.repeat(codes[None], len(LETTERS) * len(codes), axis=0)
    letters = np.tile(np.arange(len(LETTERS), dtype=np.uint8), len(codes))
    places = np.repeat(np.arange(len(codes)), len(LETTERS))
    made[np.arange(len(made)), places] = letters
    return np.asarray(made[letters != codes[places]])


def gathered(codes: Codes, own: float, scores: Values) -> Mutations:
    """Return the scores of `variants(codes)` as `Mutations`."""
    whole = np.full((len(codes), len(LETTERS)), own, np.float32)
    whole[np.arange(len(LETTERS))[None] != codes[:, None]] = scores
    return Mutations(codes, own, whole)
