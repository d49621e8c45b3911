"""Draw on a picture which part of it one unit of a layer sees."""

from cnnlab.core.inside.sliding import NoWindow, fields
from cnnlab.core.network import Network
from cnnlab.core.network.layers import Range
from cnnlab.core.pictures import Pixels
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import describe_pair
from cnnlab.viz.html import NOTHING, Html, quiet, tag, together
from cnnlab.viz.images import as_image, data_url, jpeg

Box = tuple[Range, Range]


def unit_box(network: Network, row: Row, index: int, unit: tuple[int, int]) -> Box:
    """Return the first and last picture row and column that one unit (row, column) of layer `index` sees.

    Clipped to the picture; None where a unit sees only padding. From Flatten or global pooling on a unit sees the whole
    picture.
    """
    height, width, _ = network.picture_shape
    if row.jump is None:
        return (0, height - 1), (0, width - 1)
    try:
        down, along = fields(network, index)
    except NoWindow:
        return (0, height - 1), (0, width - 1)
    return down[unit[0]], along[unit[1]]


def unit_positions(network: Network, row: Row, index: int, place: int) -> str:
    """Say which positions of a sequence one unit of layer `index` sees, clipped to the sequence."""
    if row.jump is None:
        return f"Every unit of {row.name} sees the whole sequence."
    try:
        (seen,) = fields(network, index)
    except NoWindow:
        return f"Every unit of {row.name} sees the whole sequence."
    if (found := seen[place]) is None:
        return f"Unit {place} of {row.name} sees only padding, nothing of the sequence."
    first, last = found
    lost = "" if (last - first + 1,) == row.receptive_field else f" of its {row.receptive_field[0]}"
    beyond = "; the rest lies beyond the ends" if lost else ""
    return f"Unit {place} of {row.name} sees positions {first} to {last}: {last - first + 1}{lost}{beyond}."


def unit_field(pixels: Pixels, row: Row, box: Box, unit: tuple[int, int]) -> Html:
    """Return an SVG of the prepared picture (height, width, channels) with the box, and a sentence about it."""
    height, width = pixels.shape[:2]
    dimmed, said = NOTHING, f"Unit ({unit[0]}, {unit[1]}) of {row.name} sees only padding, nothing of the picture."
    if row.jump is None:
        said = f"Every unit of {row.name} sees the whole picture."
    down, along = box
    if down is not None and along is not None:
        (top, bottom), (left, right) = down, along
        tall, wide = bottom - top + 1, right - left + 1
        dimmed = _dimmed(width, height, (left, top, wide, tall))
        if row.jump is not None:
            field = row.receptive_field
            lost = "" if (tall, wide) == field else f" of its {describe_pair(field)}; the rest lies beyond the border"
            said = (
                f"Unit ({unit[0]}, {unit[1]}) of {row.name} sees rows {top} to {bottom} and columns {left} to {right}: "
                f"{tall} × {wide} pixels{lost}."
            )
    picture = tag(
        "image",
        href=data_url(jpeg(as_image(pixels)), "jpeg"),
        width=width,
        height=height,
        style="image-rendering:pixelated",
    )
    drawn = tag("svg", picture, dimmed, viewBox=f"0 0 {width} {height}", role="img", aria_label=said)
    return together(drawn, quiet(said))


def _dimmed(width: int, height: int, box: tuple[int, int, int, int]) -> Html:
    """Return what lies over all of a picture but a box (left, top, wide, tall), and the box's edge."""
    left, top, wide, tall = box
    around = f"M0 0h{width}v{height}h{-width}zM{left} {top}h{wide}v{tall}h{-wide}z"
    edge = {"fill": "none", "stroke": "#ffd24a", "stroke_width": 2, "vector_effect": "non-scaling-stroke"}
    return together(
        tag("path", fill="#000000", fill_opacity=0.55, fill_rule="evenodd", d=around),
        tag("rect", x=left, y=top, width=wide, height=tall, **edge),
    )
