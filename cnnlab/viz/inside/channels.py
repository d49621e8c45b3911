"""Summarize the channels of a layer's output one by one, and put them into an order."""

from dataclasses import dataclass

import numpy as np

ORDERS = ("channel", "mean", "maximum", "sparsity")


@dataclass(frozen=True, eq=False)
class Channels:
    """Hold the statistics of each channel, float arrays (channels,); `zeros` is the share that is exactly zero."""

    minimum: np.ndarray
    maximum: np.ndarray
    mean: np.ndarray
    zeros: np.ndarray

    @property
    def limits(self) -> np.ndarray:
        """Return the largest absolute value of each channel."""
        return np.maximum(np.abs(self.minimum), np.abs(self.maximum))

    def of(self, chosen: np.ndarray) -> "Channels":
        """Return the statistics of some channels in another order."""
        return Channels(self.minimum[chosen], self.maximum[chosen], self.mean[chosen], self.zeros[chosen])


def channels(values: np.ndarray) -> Channels:
    """Return the statistics of each channel of an array (..., channels)."""
    axes = tuple(range(values.ndim - 1))
    return Channels(values.min(axes), values.max(axes), values.mean(axes, dtype=np.float64), (values == 0).mean(axes))


def order(stats: Channels, by: str) -> np.ndarray:
    """Return the channels in an order of `ORDERS`: the largest first, ties by number."""
    if by == "channel":
        return np.arange(len(stats.mean))
    key = {"mean": stats.mean, "maximum": stats.maximum, "sparsity": stats.zeros}[by]
    return np.argsort(-key, kind="stable")
