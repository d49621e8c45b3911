"""Know the outlines of the four letters, which are stretched to any height in a logo."""

from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Arc:
    """Be an arc to a point on a circle of this radius; `large` and `sweep` as in SVG."""

    to: Point
    radius: float
    large: bool
    sweep: bool


Contour = tuple[Point | Arc, ...]

_LEGS = ((0, 100), (40, 0), (60, 0), (100, 100), (80, 100), (70, 75), (30, 75), (20, 100))
_BOW = (Arc((93, 75), 50, True, False), (76, 65), Arc((76, 35), 30, True, True))
_HOOK = (Arc((95, 72), 50, True, False), (95, 48), (52, 48), (52, 63), (77, 63), Arc((76, 35), 30, True, True))
OUTLINES: Mapping[str, tuple[Contour, ...]] = {
    "A": (_LEGS, ((36, 59), (64, 59), (50, 24))),
    "C": (((93, 25), *_BOW),),
    "G": (((93, 25), *_HOOK),),
    "T": (((0, 0), (100, 0), (100, 18), (60, 18), (60, 100), (40, 100), (40, 18), (0, 18)),),
}  # fmt: skip
"""Closed outlines in a square of 100 by 100, y downwards; a second one is a hole."""


def path(letter: str, x: float, y: float, width: float, height: float) -> str:
    """Return a letter as the path of an SVG that fills a box, to a tenth of a unit; fill it by the even-odd rule."""
    across, down = width / 100, height / 100

    def point(at: Point) -> str:
        return f"{x + at[0] * across:.1f} {y + at[1] * down:.1f}"

    parts = []
    for contour in OUTLINES[letter]:
        for i, to in enumerate(contour):
            if isinstance(to, Arc):
                radii = f"{to.radius * across:.1f} {to.radius * down:.1f}"
                parts.append(f"A{radii} 0 {to.large:d} {to.sweep:d} {point(to.to)}")
            else:
                parts.append(f"{'L' if i else 'M'}{point(to)}")
        parts.append("Z")
    return "".join(parts)
