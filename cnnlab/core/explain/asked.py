"""Say what can be asked of an explanation, and refuse everything else before any work is done."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.backgrounds import BASELINES, FILLS
from cnnlab.core.words import Refusal

METHODS = (
    "gradient",
    "gradient_times_input",
    "smoothgrad",
    "grad_cam",
    "integrated_gradients",
    "occlusion",
    "guided_backpropagation",
)
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "method": METHODS,
    "sign": (1, -1),
    "baseline": BASELINES,
    "fill": FILLS,
}
BOUNDS: Mapping[str, tuple[int, int]] = {
    "unit": (0, 99_999),
    "samples": (1, 100),
    "noise": (0, 1),
    "steps": (1, 300),
    "row": (0, 9_999),
    "size": (1, 16_384),
    "stride": (1, 16_384),
    "seed": (0, 2**31 - 1),
}
"""The least and the largest value of every number."""
MOST_POSITIONS = 1_024
"""Places of the window that covers a part of the picture."""
WINDOWS = 8
"""So many windows stand side by side on a square picture unless a size is asked for."""
MOST_WINDOWS = 64
"""So many do on the longer side of any."""
_MAY_BE_NONE = ("row", "size", "stride")


class ExplainError(Refusal):
    """Say in one sentence why there is no explanation."""


@dataclass(frozen=True)
class Target:
    """Name what is explained: a unit of the network's last layer, or with sign −1 the other class of a single one."""

    unit: int = 0
    sign: int = 1

    @classmethod
    def of_class(cls, index: int, outputs: int) -> "Target":
        """Return the target of a class: one output stands for two, and its unit for class 1."""
        return cls(0, 1 if index else -1) if outputs == 1 else cls(index)


@dataclass(frozen=True)
class Asked:
    """Hold which method is asked to explain which answer, and how; raises `ExplainError` for what cannot be.

    `unit` and `sign` are those of `Target`. `noise` is the standard deviation of SmoothGrad's noise as a share of the
    picture's range. `row` is the layer of Grad-CAM (None: `grad_cam_row`), `size` and `stride` are those of the window
    of occlusion in pixels (None: as `windows` chooses them).
    """

    method: str = "gradient"
    unit: int = 0
    sign: int = 1
    samples: int = 25
    noise: float = 0.15
    steps: int = 50
    baseline: str = "black"
    row: int | None = None
    size: int | None = None
    stride: int | None = None
    fill: str = "grey"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in self.as_json.items():
            if name in CHOICES:
                refuse_unknown(name, value, CHOICES[name])
            elif not (value is None and name in _MAY_BE_NONE):
                refuse_beyond(name, value, *BOUNDS[name], whole=name != "noise")

    @property
    def target(self) -> Target:
        """Return what is explained."""
        return Target(self.unit, self.sign)

    @property
    def as_json(self) -> dict[str, Any]:
        """Return every option by its name."""
        return asdict(self)


def refuse_unknown(name: str, value: object, known: tuple[Any, ...], error: type[Refusal] = ExplainError) -> None:
    """Raise `error` for a value that is none of those known."""
    # A list cannot be looked up, and True is 1.
    if type(value) is not type(known[0]) or value not in known:
        listed = ", ".join(map(str, known))
        raise error(f"The option {name} takes one of {listed}, and got {_shown(value)}; choose one of them.")


def refuse_beyond(
    name: str,
    value: object,
    least: float,
    most: float,
    *,
    whole: bool = True,
    error: type[Refusal] = ExplainError,
) -> None:
    """Raise `error` for a value that is no number from `least` to `most`."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and not (whole and isinstance(value, float))
    if not number or not least <= value <= most:  # type: ignore[operator]
        kind = "a whole number" if whole else "a number"
        raise error(
            f"The option {name} takes {kind} from {least:,} to {most:,}, and got {_shown(value)}; choose one of these."
        )


def _shown(value: object) -> str:
    """Return a value that anybody may have sent, short."""
    if isinstance(value, str):
        return repr(value[:40])
    if isinstance(value, int | float) and abs(value) < 1e12:
        return f"{value:g}"
    return "something else"


@dataclass(frozen=True)
class Windows:
    """Say where a square of `size` pixels is laid on a picture: its first rows and first columns."""

    size: int
    stride: int
    tops: tuple[int, ...]
    lefts: tuple[int, ...]

    @property
    def positions(self) -> int:
        """Return how many places there are."""
        return len(self.tops) * len(self.lefts)

    @property
    def places(self) -> list[tuple[slice, slice]]:
        """Return the rows and columns of each window, row by row; those at the border reach beyond the picture."""
        rows, columns = ([slice(start, start + self.size) for start in starts] for starts in (self.tops, self.lefts))
        return list(product(rows, columns))

    def spread(self, values: npt.NDArray[np.floating[Any]], height: int, width: int) -> npt.NDArray[np.float64]:
        """Return for each pixel (height, width) the mean of the values (rows, columns) of the windows that cover it."""
        total, count = np.zeros((height, width)), np.zeros((height, width))
        for place, value in zip(self.places, values.ravel(), strict=True):
            total[place] += value
            count[place] += 1
        return total / count


def windows(asked: Asked, height: int, width: int) -> Windows:
    """Return the windows of occlusion, which leave out no pixel; those at the border are clipped by it.

    Without a size it is about an eighth of the side of a square with as many pixels, and a 64th of the longer side at
    least; without a stride it is half the size. Raises `ExplainError` for a stride that leaves pixels out, and
    for more than `MOST_POSITIONS`.
    """
    even, longest = round((height * width) ** 0.5), max(height, width)
    # An even size, so that windows half beside each other leave no thin stripes.
    size = asked.size or 2 * max(-(-even // (2 * WINDOWS)), -(-longest // (2 * MOST_WINDOWS)))
    stride = asked.stride or -(-size // 2)
    if stride > size:
        raise ExplainError(
            f"With a stride of {stride:,} a window of {size:,} pixels leaves some of the picture out; make the stride "
            "at most as large as the window."
        )
    tops, lefts = (tuple(range(0, max(0, side - size) + stride, stride)) for side in (height, width))
    found = Windows(size, stride, tops, lefts)
    if found.positions > MOST_POSITIONS:
        raise ExplainError(
            f"A window of {size:,} pixels that moves by {stride:,} takes {found.positions:,} positions, and at most "
            f"{MOST_POSITIONS:,} are tried; make the stride larger."
        )
    return found
