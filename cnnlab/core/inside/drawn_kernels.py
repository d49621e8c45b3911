"""Know the kernels that people draw by hand, and what each of them is for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIZES = (3, 5, 7)
Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Preset:
    """Name a kernel of three by three numbers, with one sentence about what it does.

    In a larger kernel it stands in the middle of zeros; with `spread` it fills the kernel with equal numbers.
    """

    key: str
    title: str
    why: str
    rows: tuple[tuple[float, float, float], ...]
    spread: bool = False

    def values(self, size: int) -> Values:
        """Return the kernel as float32 (size, size); raise ValueError for a size that is even or below 3."""
        if size < 3 or size % 2 == 0:
            raise ValueError(f"A kernel from the list has an odd size of at least 3, not {size}.")
        if self.spread:
            return np.full((size, size), 1 / size**2, np.float32)
        return np.pad(np.array(self.rows, np.float32), (size - 3) // 2)


_NINTH = (1 / 9, 1 / 9, 1 / 9)
PRESETS = (
    Preset(
        "identity", "identity", "One in the middle: every pixel stays what it was.", ((0, 0, 0), (0, 1, 0), (0, 0, 0))
    ),
    Preset("blur", "blur", "The mean of the patch: fine detail is gone.", (_NINTH, _NINTH, _NINTH), spread=True),
    Preset(
        "sharpen",
        "sharpen",
        "The pixel, plus how much it differs from its four neighbours.",
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ),
    Preset(
        "sobel_x",
        "Sobel, vertical edges",
        "Right minus left: blue where it gets brighter to the right, brown where darker.",
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    ),
    Preset(
        "sobel_y",
        "Sobel, horizontal edges",
        "Below minus above: blue where it gets brighter downwards, brown where darker.",
        ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    ),
    Preset("emboss", "emboss", "Light from the upper left, as on a coin.", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
    Preset(
        "edge",
        "edge",
        "Eight times the pixel minus its neighbours: zero wherever nothing changes.",
        ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    ),
)

BY_HAND_INPUT: Values = np.arange(12, dtype=np.float32).reshape(3, 4)
BY_HAND_KERNEL: Values = np.array([[1, 2], [3, 4]], np.float32)
"""The worked example: 3 × 4 numbers and a kernel of 2 × 2, as in the drawing that the post's notebook shows."""
