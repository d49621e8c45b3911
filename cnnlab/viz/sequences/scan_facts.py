"""Gather what the browser needs to follow a filter along a sequence: numbers, and where every window stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.sliding import Sliding
from cnnlab.core.network.layers import KINDS
from cnnlab.core.sequences.letters import Codes, one_hot, text_of
from cnnlab.viz.inside.window_facts import places
from cnnlab.viz.palette import css_gradient, diverging

STILL = Sliding(1, (0,), (0,), 1)
"""One row: a sequence is a picture of height one."""


@dataclass(frozen=True, eq=False)
class Followed:
    """Hold one filter: its kernel (size, 4) and bias, and as Keras has them its sums (places,) and what follows.

    `stages` are the outputs behind the sum by name, `pooled` (windows,) is None without a pooling layer.
    """

    filter_: int
    kernel: npt.NDArray[np.float32]
    bias: float
    sums: npt.NDArray[np.float32]
    stages: Sequence[tuple[str, npt.NDArray[np.float32]]]
    pooled: npt.NDArray[np.float32] | None


def scan_facts(
    codes: Codes, followed: Followed, window: Sliding, pool: tuple[str, str, Sliding] | None
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return facts and arrays of one filter along a sequence (length,).

    `pool` is the name, the class and the window of the pooling layer behind it.
    """
    kernel, sums = followed.kernel, followed.sums
    stages = [values for _, values in followed.stages]
    facts = {
        "letters": text_of(codes),
        "filter": followed.filter_,
        "held": 4,
        "mode": "sum",
        "bias": followed.bias,
        **places(STILL, window),
        "stages": [name for name, _ in followed.stages],
        "pool": None if pool is None else _pool(*pool),
        "limits": {"kernel": _limit(kernel), "sums": _limit(sums), "last": _limit(stages[-1] if stages else sums)},
        "gradient": css_gradient(),
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        "inputs": one_hot(codes).T.astype(np.float32) / 255,
        "kernel": kernel.T.astype(np.float32),
        "sums": sums,
        "palette": diverging(),
        **{f"stage{i}": values for i, values in enumerate(stages)},
    }
    if followed.pooled is not None:
        arrays["pooled"] = followed.pooled
    return facts, arrays


def _pool(name: str, class_name: str, slide: Sliding) -> dict[str, Any]:
    return {"name": name, "mode": KINDS[class_name].mode, **places(STILL, slide), "over": slide.windows_over()}


def _limit(values: npt.NDArray[np.float32]) -> float:
    return float(np.abs(values).max(initial=0))
