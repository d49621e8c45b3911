"""Measure whether an attribution explains anything: rank correlations, edges to compare with, shares of a region."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.pictures import Pixels
from cnnlab.core.words.numbers import decimal

SAME = 0.7
"""From this rank correlation on, two maps count as hardly different; the bound is ours."""
CHANGED = 0.4
"""Below this one they count as different; the bound is ours."""
GREY = (0.299, 0.587, 0.114)  # ITU-R 601-2, as Pillow turns RGB into grey

Map = npt.NDArray[np.floating[Any]]


def spearman(one: Map, other: Map) -> float | None:
    """Return Spearman's rank correlation of two maps of one shape, with average ranks for ties.

    None if a map is the same everywhere, or not finite somewhere: then it ranks nothing.
    """
    pair = [np.asarray(each, np.float64).ravel() for each in (one, other)]
    if not all(np.isfinite(each).all() for each in pair):
        return None
    ranks = [average_ranks(each) for each in pair]
    first, second = (each - each.mean() for each in ranks)
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(np.clip(first @ second / size, -1, 1)) if size > 0 else None


def average_ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the rank of each value (n,) from 1 on; equal values share the mean of their ranks."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places], np.float64)


def edges(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Return how steep the grey picture is at each pixel, (height, width): the size of its Sobel gradient.

    `pixels` is uint8 (height, width, 1 or 3). Beyond the border it goes on as at the border.
    """
    grey = pixels.astype(np.float64) @ np.array(GREY if pixels.shape[2] == 3 else (1.0,))
    wide = np.pad(grey, 1, mode="edge")
    across, down = (_smoothed(wide[:, 2:] - wide[:, :-2], 0), _smoothed(wide[2:] - wide[:-2], 1))
    return np.hypot(across, down).astype(np.float32)


def _smoothed(values: npt.NDArray[np.float64], axis: int) -> npt.NDArray[np.float64]:
    """Return 1, 2, 1 times neighbours along an axis, which loses its first and last place."""
    lines = np.moveaxis(values, axis, 0)
    return np.moveaxis(lines[:-2] + 2 * lines[1:-1] + lines[2:], 0, axis)


def box(shape: tuple[int, int], top: int, left: int, height: int, width: int) -> npt.NDArray[np.bool_]:
    """Return a mask (height, width) that is true in a box, as far as it lies in the picture."""
    mask = np.zeros(shape, bool)
    mask[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)] = True
    return mask


def share_inside(values: Map, mask: npt.NDArray[np.bool_]) -> float | None:
    """Return which share of |attribution| (height, width) lies inside a mask; None if there is none anywhere."""
    sizes = np.abs(np.asarray(values, np.float64))
    total = float(sizes.sum())
    return float(sizes[mask].sum()) / total if total > 0 and np.isfinite(total) else None


def share_of_random_box(values: Map, height: int, width: int) -> float | None:
    """Return the share of |attribution| that a box of this size holds on average over all places in the picture.

    It is exact: the mean over every place where the box lies wholly inside, from the sums of an integral image. The
    box is at most as large as the picture.
    """
    sizes = np.abs(np.asarray(values, np.float64))
    total = float(sizes.sum())
    if not (total > 0 and np.isfinite(total)):
        return None
    height, width = min(height, sizes.shape[0]), min(width, sizes.shape[1])
    sums = np.pad(sizes, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    boxes = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    return float(boxes.mean()) / total


def verdict(correlations: Sequence[float | None], forgotten: Sequence[int], with_edges: float | None = None) -> str:
    """Say in one sentence what follows when a network forgets more and more layers, from the last one back to all.

    `correlations` are the rank correlations of the map's absolute values with what they were before, `forgotten` how
    many layers were forgotten for each, the last one all; `with_edges` is that of the map before with an edge detector.
    """
    known = [each for each in correlations if each is not None]
    if not known or len(known) < len(correlations):
        return "A map that is the same everywhere ranks no pixel, so nothing can be said."
    said = [f"rank correlation {decimal(each)}" for each in known]
    if known[-1] >= SAME:
        shows = "edges, not reasons" if with_edges is not None and with_edges >= SAME else "the picture, not reasons"
        return f"This map hardly changes when the network forgets everything ({said[-1]}): it shows {shows}."
    first = next((i for i, each in enumerate(known) if each < CHANGED), None)
    if first is None:
        return (
            f"This map changes only in part when the network forgets everything ({said[-1]}): much of it does not "
            "depend on what the network learned."
        )
    if forgotten[first] == 1:
        return (
            f"This map changes as soon as the last layer is forgotten ({said[0]}): it depends on what the network "
            "learned."
        )
    if first == len(known) - 1:
        before = "the last layer" if forgotten[-2] == 1 else f"the last {forgotten[-2]} of {forgotten[-1]} layers"
        matters = "hardly matters to it" if known[-2] >= SAME else "matters to it only in part"
        return (
            f"This map changes only when everything is forgotten ({said[-1]}, and before that {decimal(known[-2])}): "
            f"what {before} learned {matters}."
        )
    return (
        f"This map changes once the last {forgotten[first]} of {forgotten[-1]} layers are forgotten ({said[first]}): "
        "it depends on what these layers learned."
    )
