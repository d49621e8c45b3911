"""Hold motifs: how often each letter stands at each position of a short word that proteins would bind."""

from dataclasses import dataclass

import numpy as np

from cnnlab.core.sequences.letters import LETTERS, SequenceError, Values

IUPAC = {
    "A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
SHORTEST, LONGEST = 3, 30
BITS = 2.0
"""What a position says at most: log2 of four letters."""


@dataclass(frozen=True)
class Motif:
    """Hold a motif under a name: for each position the share of A, C, G and T, which sum to 1."""

    name: str
    shares: tuple[tuple[float, ...], ...]

    @property
    def matrix(self) -> Values:
        """Return the shares as float64 (length, 4)."""
        return np.array(self.shares, np.float64)

    @property
    def consensus(self) -> str:
        """Return the likeliest letter of each position."""
        return "".join(LETTERS[i] for i in self.matrix.argmax(axis=1))

    @property
    def word(self) -> str:
        """Return the motif in IUPAC letters: those that stand at a position at least half as often as the likeliest."""
        codes = {"".join(sorted(may)): code for code, may in IUPAC.items() if code != "U"}
        often = self.matrix >= self.matrix.max(axis=1, keepdims=True) / 2
        return "".join(codes["".join(np.array(list(LETTERS))[row])] for row in often)

    def __len__(self) -> int:
        return len(self.shares)


def from_word(word: str, name: str = "") -> Motif:
    """Return the motif of a word in IUPAC letters, such as TGASTCA: where several letters may stand, they share.

    Raises `SequenceError` for another letter, or a word that is too short or too long.
    """
    text = word.strip().upper()
    if not SHORTEST <= len(text) <= LONGEST:
        raise SequenceError(
            f"A motif has {SHORTEST} to {LONGEST} letters, and this one has {len(text)}; write another."
        )
    wrong = next((letter for letter in text if letter not in IUPAC), None)
    if wrong is not None:
        raise SequenceError(f"{wrong!r} is no letter of a motif; write A, C, G, T, or R, Y, S, W, K, M, B, D, H, V, N.")
    allowed = (IUPAC[letter] for letter in text)
    return Motif(name or text, tuple(tuple((x in may) / len(may) for x in LETTERS) for may in allowed))


def from_counts(counts: list[list[float]], name: str) -> Motif:
    """Return the motif of a count matrix (length, 4); raise `SequenceError` for one that is none."""
    try:
        matrix = np.array(counts, np.float64)
    except (ValueError, TypeError):
        matrix = np.zeros(0)
    if matrix.ndim != 2 or matrix.shape[1] != len(LETTERS) or not SHORTEST <= len(matrix) <= LONGEST:
        raise SequenceError(
            f"A count matrix has {SHORTEST} to {LONGEST} rows of four numbers, for A, C, G and T; write it so."
        )
    if not np.isfinite(matrix).all() or matrix.min() < 0 or matrix.sum(axis=1).min() <= 0:
        raise SequenceError("Each row of a count matrix has numbers of at least 0 that are not all 0; correct it.")
    return Motif(name, tuple(map(tuple, (matrix / matrix.sum(axis=1, keepdims=True)).tolist())))


INVENTED = {
    motif.name: motif
    for motif in (
        from_word("CCGATWAGCGTA", "invented-1"),
        from_word("CCATRTTAGG", "invented-2"),
        from_counts(
            [[2, 1, 1, 16], [1, 17, 1, 1], [15, 2, 2, 1], [1, 1, 17, 1], [1, 2, 16, 1], [14, 1, 4, 1], [1, 1, 1, 17],
             [2, 14, 2, 2]], "invented-3",
        ),
    )
}  # fmt: skip
"""Motifs made up for CNN Lab: no protein is known to bind them."""


def motif_of(text: str) -> Motif:
    """Return an invented motif by its name, or that of a word; raise `SequenceError`."""
    return INVENTED.get(text.strip()) or from_word(text)


def information(shares: Values) -> Values:
    """Return for each position of (length, 4) how many bits it says: 2 + Σ p log2 p.

    The height of a position in a sequence logo (Schneider and Stephens 1990), without the correction for few samples.
    """
    logs = np.log2(shares, where=shares > 0, out=np.zeros_like(shares))
    return np.asarray(BITS + (shares * logs).sum(axis=1))


def heights(shares: Values) -> Values:
    """Return how tall each letter is drawn in a logo, (length, 4) in bits: its share of what the position says."""
    return shares * information(shares)[:, None]
