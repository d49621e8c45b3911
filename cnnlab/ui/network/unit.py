"""Show which part of the current picture one unit of the selected layer sees."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.core.inside.sliding import TooManyPlaces
from cnnlab.core.pictures import PictureError
from cnnlab.core.shapes import Row
from cnnlab.ui.pictures.current import prepared_picture
from cnnlab.ui.session import Shared
from cnnlab.viz.html import quiet
from cnnlab.viz.network.unit_field import unit_box, unit_field, unit_positions


@dataclass(frozen=True)
class Unit:
    """Name a unit by its place in a map."""

    row: int
    column: int


def unit_data(mine: Shared, rows: Sequence[Row], hidden: bool) -> dict[str, object]:
    """Return what the browser draws: the unit's place and its field on the picture; nothing while it is closed."""
    index = mine.layer.selected
    if not mine.lab.unit_open or hidden:
        return {"open": mine.lab.unit_open, "html": "", "sides": [], "unit": []}
    if index is None or index >= len(rows):
        said = quiet("Click a layer to see what one of its units sees of the current picture.")
        return {"open": True, "html": said, "sides": [], "unit": []}
    row = rows[index]
    if mine.network.rank == 1:
        return _along(mine, row, index)
    sides = row.output_shape[:2] if row.jump is not None else (1, 1)
    unit = _within(mine.lab.unit, (sides[0], sides[1]))
    try:
        pixels = prepared_picture(mine.network.picture_shape)
        html = unit_field(pixels, row, unit_box(mine.network, row, index, unit), unit)
    except (PictureError, TooManyPlaces) as error:
        return {"open": True, "html": quiet(error), "sides": [], "unit": []}
    return {"open": True, "html": html, "sides": sides if row.jump is not None else [], "unit": unit}


def _along(mine: Shared, row: Row, index: int) -> dict[str, object]:
    """Return the same of a sequence: one row of places, and a sentence in place of the picture."""
    sides = (1, row.output_shape[0]) if row.jump is not None else (1, 1)
    unit = _within(mine.lab.unit, sides)
    try:
        html = quiet(unit_positions(mine.network, row, index, unit[1]))
    except TooManyPlaces as error:
        html = quiet(error)
    return {"open": True, "html": html, "sides": sides if row.jump is not None else [], "unit": unit}


def _within(unit: tuple[int, int] | None, sides: tuple[int, int]) -> tuple[int, int]:
    """Return the unit inside a map of this size, in the middle if none was chosen."""
    if unit is None:
        return sides[0] // 2, sides[1] // 2
    return min(unit[0], sides[0] - 1), min(unit[1], sides[1] - 1)
