"""Draw pictures that make the work of a kernel obvious, at exactly the size that a network takes."""

from collections.abc import Callable, Mapping

import numpy as np

from cnnlab.core.pictures.picture import Picture, Pixels

PARTS = 12  # stripes or squares along a side


def _vertical(height: int, width: int) -> np.ndarray:
    return np.broadcast_to(_bands(width), (height, width))


def _horizontal(height: int, width: int) -> np.ndarray:
    return _vertical(width, height).T


def _checkerboard(height: int, width: int) -> np.ndarray:
    return np.asarray(_bands(height)[:, None] ^ _bands(width))


def _one_bright_pixel(height: int, width: int) -> np.ndarray:
    values = np.zeros((height, width), np.uint8)
    values[height // 2, width // 2] = 255
    return values


def _gradient(height: int, width: int) -> np.ndarray:
    return np.broadcast_to(np.rint(np.linspace(0, 255, width)).astype(np.uint8), (height, width))


def _bands(length: int) -> np.ndarray:
    """Return bands of 0 and 255 along one axis, `PARTS` of them where there is room."""
    band = max(1, round(length / PARTS))
    return (np.arange(length) // band % 2 * 255).astype(np.uint8)


PATTERNS: Mapping[str, tuple[str, Callable[[int, int], np.ndarray]]] = {
    "vertical_stripes": ("Vertical stripes", _vertical),
    "horizontal_stripes": ("Horizontal stripes", _horizontal),
    "checkerboard": ("Checkerboard", _checkerboard),
    "one_bright_pixel": ("One bright pixel", _one_bright_pixel),
    "gradient": ("Gradient from black to white", _gradient),
}
"""Each test pattern with its title and the function that draws its grey values."""


def pattern(name: str, height: int, width: int) -> Pixels:
    """Return a test pattern as grey RGB pixels, uint8 (height, width, 3)."""
    return np.repeat(PATTERNS[name][1](height, width)[:, :, None], 3, axis=2).astype(np.uint8)


def pattern_picture(name: str, height: int, width: int) -> Picture:
    """Return a test pattern as a picture that was drawn here and came from no file."""
    pixels = pattern(name, height, width)
    pixels.setflags(write=False)
    return Picture(PATTERNS[name][0], "drawn here", "RGB", (width, height), pixels, f"{name} {height} {width}")
