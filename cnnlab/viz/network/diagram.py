"""Draw a network as blocks scaled to their tensors, and one layer close up with every channel and kernel to count."""

from collections.abc import Sequence
from math import log2, sqrt

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import describe_pair, describe_shape, short_label
from cnnlab.viz.html import Html, drawing, tag, together
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS

TALLEST, THICKEST, GAP = 120.0, 46.0, 26.0
SLANT = 0.35
FLAT = 5.0  # the depth of a block that has no width: a sequence
MARGIN, TOP, LABELS = 16.0, 62.0, 58.0
COUNTED = 64
MOST_CELLS = 1_024  # of a kernel or window that are drawn one by one
TILE, CELL = 9.0, 12.0
FAINT = {"fill": "var(--kind)", "fill_opacity": 0.35, "stroke": "var(--kind)"}


def diagram(network: Network, rows: Sequence[Row], selected: int | None = None) -> Html:
    """Return an SVG of the input and every traced layer, left to right.

    A block's height and slanted depth follow the square root of the tensor's height and width, its thickness the
    logarithm of its channels; one for a sequence is flat, and a vector is a bar as tall as the logarithm of its
    length. Each block is a `<g data-layer="index">`, a button for keyboard and screen reader.
    """
    shapes = (network.input_shape, *(row.output_shape for row in rows))
    scale = TALLEST / sqrt(max(n for shape in shapes for n in shape[:-1]))
    blocks = [_block(-1, "input", "input", network.input_shape, scale, KIND_COLORS["input"])]
    blocks += [
        _block(i, row.name, short_label(network.layers[i]), row.output_shape, scale, _color(row.class_name))
        for i, row in enumerate(rows)
    ]
    floor = TOP + TALLEST
    x, parts = MARGIN, []
    for index, (inner, wide, title) in enumerate(blocks):
        layer = index - 1
        parts.append(
            tag(
                "g",
                tag("title", title),
                inner,
                data_layer=layer,
                class_="chosen" if layer == selected and layer >= 0 else None,
                **({"role": "button", "tabindex": 0} if layer >= 0 else {}),
                aria_label=title,
                transform=f"translate({x:.1f} {floor:.1f})",
            )
        )
        x += wide + GAP
    return _whole(x - GAP + MARGIN, floor + LABELS, parts, 11, role="toolbar", aria_label="Diagram of the network")


def _whole(width: float, height: float, parts: Sequence[Html], size: int, **attributes: object) -> Html:
    """Return an SVG that is drawn as large as it says, with words of this size."""
    wide, tall = f"{width:.0f}", f"{height:.0f}"
    words = {"font_family": "sans-serif", "font_size": size, "fill": "currentColor"}
    return drawing(wide, tall, *parts, width=wide, height=tall, **words, **attributes)


def _color(class_name: str) -> str:
    return KIND_COLORS[KIND_OF_CLASS[class_name]]


def _block(
    index: int, name: str, label: str, shape: tuple[int, ...], scale: float, color: str
) -> tuple[Html, float, str]:
    """Return a block standing on y = 0, its width, and what it is called."""
    if len(shape) == 3:
        tall, deep = scale * sqrt(shape[0]), scale * sqrt(shape[1]) * SLANT
        thick = min(THICKEST, 4 + 6 * log2(shape[2] + 1))
    elif len(shape) == 2:
        tall, deep, thick = scale * sqrt(shape[0]), FLAT, min(THICKEST, 4 + 6 * log2(shape[1] + 1))
    else:
        tall, deep, thick = min(TALLEST, 8 + 8 * log2(shape[0] + 1)), 0.0, 9.0
    front = f"M0 0h{thick:.1f}v{-tall:.1f}h{-thick:.1f}z"
    top = f"M0 {-tall:.1f}l{deep:.1f} {-deep:.1f}h{thick:.1f}l{-deep:.1f} {deep:.1f}z"
    side = f"M{thick:.1f} 0l{deep:.1f} {-deep:.1f}v{-tall:.1f}l{-deep:.1f} {deep:.1f}z"
    wide = max(thick + deep, 6.2 * max(len(label), len(describe_shape(shape)) - 2))
    middle = wide / 2
    shift = (wide - thick - deep) / 2
    faces = ((side, "0.75"), (top, "0.55"), (front, None))
    drawn = tag(
        "g",
        *(tag("path", d=path, fill=color, fill_opacity=opacity) for path, opacity in faces),
        transform=f"translate({shift:.1f} 0)",
        **{"stroke": "#ffffff", "stroke_width": 0.7, "stroke_linejoin": "round"},
    )
    below = {"x": f"{middle:.1f}", "text_anchor": "middle"}
    said = tag("text", label, y=16, **below)
    size_said = describe_shape(shape).replace(" ", "")
    size = tag("text", size_said, y=31, font_weight="bold", **below)
    return together(drawn, said, " ", size), wide, f"{label} {size_said}, {name}"


def closer_look(layer: Layer, row: Row) -> Html:
    """Return an SVG of one layer: its input channels, its kernel or window, its output channels, each a tile to count.

    More than 64 channels are drawn as 64 tiles with a note of how many more there are.
    """
    parts: list[Html] = []
    x = MARGIN
    for kind, count, said in _columns(layer, row):
        if kind == "tiles":
            inner, wide = _tiles(count[0])
        else:
            inner, wide = _grid(*count)
        parts.append(tag("g", inner, transform=f"translate({x:.1f} 26)"))
        parts.append(tag("text", said, x=f"{x:.1f}", y=16))
        x += max(wide, 6.4 * len(said)) + 2 * GAP
    height = 26 + 8 * (TILE + 3) + 20
    colored = f"--kind:{_color(row.class_name)}"
    return _whole(x, height, parts, 12, role="img", aria_label=f"{row.name} close up", style=colored)


def _columns(layer: Layer, row: Row) -> list[tuple[str, tuple[int, ...], str]]:
    before, after = row.input_shape[-1], row.output_shape[-1]
    columns: list[tuple[str, tuple[int, ...], str]] = [("tiles", (before,), _counted(before, row.input_shape, "in"))]
    if layer.kind.size:
        flat = (1,) * (2 - len(row.axes))  # a window of a sequence is one row
        window = [*flat, *(axis.size for axis in row.axes), *flat, *(axis.dilation for axis in row.axes)]
        columns.append(("grid", tuple(window), layer.kind.closer(layer.config, row.input_shape)))
    columns.append(("tiles", (after,), _counted(after, row.output_shape, "out")))
    return columns


def _counted(count: int, shape: tuple[int, ...], way: str) -> str:
    if len(shape) == 1:
        return f"{count:,} numbers {way}"
    return f"{count} channels {way}, {describe_pair(shape[:-1])} each"


def _tiles(count: int) -> tuple[Html, float]:
    shown = min(count, COUNTED)
    step = TILE + 3
    side = {"width": f"{TILE:.0f}", "height": f"{TILE:.0f}", "rx": 1.5, "fill": "var(--kind)"}
    tiles = [tag("rect", x=f"{i // 8 * step:.0f}", y=f"{i % 8 * step:.0f}", **side) for i in range(shown)]
    wide = -(-shown // 8) * step
    if count > shown:
        tiles.append(tag("text", f"+ {count - shown:,}", x=f"{wide + 2:.0f}", y=f"{8 * step - 4:.0f}"))
        wide += 60
    return together(*tiles), wide


def _grid(height: int, width: int, down: int, right: int) -> tuple[Html, float]:
    """Return a kernel's cells; dilation leaves the holes between them empty. Too many to count are one field."""
    tall, wide = (height - 1) * down + 1, (width - 1) * right + 1
    cell = min(CELL, 96 / max(tall, wide))
    if height * width > MOST_CELLS:
        across, up = max(wide * cell, 1), max(tall * cell, 1)
        field = tag("rect", width=f"{across:.1f}", height=f"{up:.1f}", **FAINT)
        said = tag("text", f"{height * width:,} cells, too many to draw", y=f"{up + 14:.1f}")
        return together(field, said), max(wide * cell, 180.0)
    side = {"width": f"{cell:.1f}", "height": f"{cell:.1f}"}
    cells = (
        tag("rect", x=f"{x * right * cell:.1f}", y=f"{y * down * cell:.1f}", **side, **FAINT)
        for y in range(height)
        for x in range(width)
    )
    return together(*cells), wide * cell
