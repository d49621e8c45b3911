"""Tell a browser how pictures lie in the plane of their features, with all of them, small, on one sheet."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.feature_space import Doubles
from cnnlab.viz.images import as_image, data_url, jpeg
from cnnlab.viz.palette import RUN_COLORS


def sheet(small: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """Return pictures uint8 (n, side, side, 3) as one image, row by row in as many columns as it says."""
    count, side = len(small), small.shape[1]
    columns = ceil(sqrt(count))
    rows = ceil(count / columns)
    room = np.zeros((rows * columns, side, side, 3), np.uint8)
    room[:count] = small
    whole = room.reshape(rows, columns, side, side, 3).transpose(0, 2, 1, 3, 4).reshape(rows * side, columns * side, 3)
    return {"src": data_url(jpeg(as_image(whole), 80), "jpeg"), "side": side, "columns": columns}


def space_facts(
    points: Doubles,
    own: tuple[float, float] | None,
    labels: Sequence[int],
    wrong: Sequence[bool],
    **facts: object,
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return facts and arrays of points (n, 2), and behind them the visitor's `own` picture if it is none of them."""
    every = points if own is None else np.vstack([points, own])
    arrays: dict[str, npt.NDArray[Any]] = {
        "points": every.astype(np.float32),
        "labels": np.asarray(labels, np.float32),
        "wrong": np.asarray(wrong, np.uint8),
    }
    return {"colors": list(RUN_COLORS), **facts}, arrays
