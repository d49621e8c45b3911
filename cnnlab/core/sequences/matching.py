"""Read a filter as a motif, from its weights or from what it answers most strongly to, and compare it with one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.letters import LETTERS, Codes, Values
from cnnlab.core.sequences.motifs import Motif

PSEUDO = 0.25
"""Added to each count, so that a letter that was never seen is rare and not impossible."""
MOST_HITS = 500


@dataclass(frozen=True)
class Match:
    """Hold how well a filter fits a motif: Pearson's r, and the filter's position that lies under the motif's first.

    `backwards` tells that the motif's reverse complement fits better.
    """

    correlation: float
    offset: int
    backwards: bool


def from_weights(kernel: npt.NDArray[np.floating]) -> Values:
    """Return shares (size, 4) of the letters from a filter's weights (size, 4): softmax at each position.

    With weights scaled to natural logarithms of shares it is exact; a filter's own scale is free, so that a logo from
    weights tells the order of the letters and not how strict a position is.
    """
    lifted = np.exp(np.float64(kernel) - np.float64(kernel).max(axis=1, keepdims=True))
    return np.asarray(lifted / lifted.sum(axis=1, keepdims=True))


def answers(kernel: npt.NDArray[np.floating], codes: Codes, bias: float = 0.0) -> Values:
    """Return what a filter (size, 4) answers at every place of sequences (n, length): (n, length − size + 1).

    No padding, and before any activation; an unknown letter adds nothing.
    """
    size = len(kernel)
    weights = np.vstack([np.float64(kernel).T, np.zeros((1, size))])
    places = codes.shape[1] - size + 1
    return np.asarray(sum(weights[codes[:, k : k + places], k] for k in range(size)) + bias)


def from_hits(kernel: npt.NDArray[np.floating], codes: Codes, share: float = 0.5) -> tuple[Values, int]:
    """Return shares (size, 4) from the strongest windows of sequences (n, length), and how many those are.

    Each sequence gives its strongest window, if that reaches the given share of the strongest of all (Alipanahi et al.
    2015 take half); at most `MOST_HITS`, the strongest first.
    """
    found = answers(kernel, codes)
    best = found.argmax(axis=1)
    strength = found[np.arange(len(codes)), best]
    top = strength.max()
    chosen = np.flatnonzero(strength >= share * top) if top > 0 else np.array([int(strength.argmax())])
    chosen = chosen[np.argsort(-strength[chosen], kind="stable")][:MOST_HITS]
    windows = np.stack([codes[i, best[i] : best[i] + len(kernel)] for i in chosen])
    counts = (windows[:, :, None] == np.arange(len(LETTERS))).sum(axis=0) + PSEUDO
    return counts / counts.sum(axis=1, keepdims=True), len(chosen)


def match(filter_: npt.NDArray[np.floating], motif: Values) -> Match:
    """Return the best fit of a filter (size, 4) and a motif (length, 4), every offset and both strands tried.

    Columns are centred at each position, and Pearson's r is taken over the motif's width; a position that the filter
    does not reach counts as saying nothing. At least half of the shorter of both must meet.
    """
    own = _centred(np.asarray(filter_, np.float64))
    least = -(-min(len(own), len(motif)) // 2)
    found = []
    for backwards, wanted in ((False, motif), (True, motif[::-1, ::-1])):
        centred = _centred(wanted)
        for offset in range(least - len(motif), len(own) - least + 1):
            laid = np.zeros_like(centred)
            first, last = max(0, -offset), min(len(motif), len(own) - offset)
            laid[first:last] = own[first + offset : last + offset]
            found.append(Match(_correlation(laid, centred), offset, backwards))
    return max(found, key=lambda each: each.correlation)


@dataclass(frozen=True)
class Fit:
    """Hold how well a filter fits the motif that it fits best."""

    motif: Motif
    match: Match


def fits(kernels: npt.NDArray[np.floating], motifs: Sequence[Motif]) -> list[Fit | None]:
    """Return for each filter of (size, 4, filters) the motif that it fits best; None where there are no motifs."""
    each = [[Fit(motif, match(kernels[:, :, i], motif.matrix)) for motif in motifs] for i in range(kernels.shape[2])]
    return [max(found, key=lambda fit: fit.match.correlation, default=None) for found in each]


def best_match(kernels: npt.NDArray[np.floating], motif: Values) -> tuple[int, Match]:
    """Return the filter of (size, 4, filters) that fits a motif best, and how well."""
    each = [match(kernels[:, :, i], motif) for i in range(kernels.shape[2])]
    best = max(range(len(each)), key=lambda i: each[i].correlation)
    return best, each[best]


def _centred(values: Values) -> Values:
    return np.asarray(values - values.mean(axis=1, keepdims=True))


def _correlation(one: Values, other: Values) -> float:
    """Return Pearson's r of two arrays whose rows have mean 0; 0 where one of them is flat."""
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum() / scale) if scale > 0 else 0.0
