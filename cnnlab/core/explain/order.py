"""Put the pixels of a picture in the order in which they are hidden or shown."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.asked import ExplainError

MOST_STEPS = 50


def ranks_of(order: npt.NDArray[Any], shape: tuple[int, int]) -> npt.NDArray[np.int32]:
    """Return the rank of each pixel (height, width), int32, 0 first: those with the largest attribution come first.

    Whole numbers are taken as the ranks that they are. Raises `ExplainError` for an order that is none.
    """
    if order.shape != shape:
        raise ExplainError(
            f"The order of the pixels has the shape {order.shape}, and the picture {shape}; bring one number for each "
            "pixel."
        )
    if np.issubdtype(order.dtype, np.integer):
        if not np.array_equal(np.sort(order, axis=None), np.arange(order.size)):
            raise ExplainError(
                f"The ranks of {order.size:,} pixels are each number from 0 to {order.size - 1:,} once; bring these "
                "or an attribution."
            )
        return order.astype(np.int32)
    if not np.isfinite(order).all():
        raise ExplainError("An attribution that is not finite everywhere gives no order; bring another.")
    ranks = np.empty(order.size, np.int32)
    ranks[np.argsort(-order.ravel(), kind="stable")] = np.arange(order.size, dtype=np.int32)
    return ranks.reshape(shape)


def counts(shape: tuple[int, int], steps: int) -> tuple[int, ...]:
    """Return how many pixels are hidden, or shown, at each of `steps` + 1 steps, from none to all."""
    return tuple(round(prod(shape) * step / steps) for step in range(steps + 1))


@dataclass(frozen=True, eq=False)
class Course:
    """Hold how an answer goes while pixels change: `shares` of them (steps + 1,), probability and score at each step.

    `probabilities` are NaN if the output is no probability.
    """

    shares: npt.NDArray[np.float32]
    probabilities: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]

    @property
    def area(self) -> float | None:
        """Return the area under the probabilities, between 0 and 1 (trapezoid rule); None if there are none."""
        area = float(np.trapezoid(self.probabilities, self.shares))
        return area if np.isfinite(area) else None
