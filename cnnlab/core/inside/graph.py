"""Follow a model of any form, layer by layer: what each place sees of the picture, and what can be taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cnnlab.core.inside.heavy import can_follow
from cnnlab.core.inside.sliding import (
    POINTWISE,
    Sliding,
    convolves,
    hull,
    pointwise_run,
    pools,
    seen_through,
    slide,
)
from cnnlab.core.network import Network
from cnnlab.core.network.layers import KINDS, Axis, Range, Shape
from cnnlab.core.shapes import trace

PICTURE = -1  # instead of the position of a node
OPTIONS = (
    "kernel_size", "pool_size", "strides", "padding", "dilation_rate", "groups", "depth_multiplier", "activation",
    "use_bias", "output_padding", "cropping", "size", "interpolation", "axis", "data_format",
)  # fmt: skip
"""What Keras' `get_config` says of a layer that matters here."""

_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
MODELS = ("Functional", "Sequential", "Model")
_STILL = (*POINTWISE, *MODELS, "Normalization", "RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast")
_REACH = dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax"), (0.0, 1.0)) | {"tanh": (-1.0, 1.0)}
_OVER_CHANNELS = ("Softmax", "LayerNormalization", "UnitNormalization")

Regions = tuple[tuple[Range, ...], tuple[Range, ...]]
"""The picture rows that each row of an output sees, and the picture columns that each column sees."""


@dataclass(frozen=True)
class Node:
    """Tell one call of a layer: Keras' options, its output without the batch, and the nodes whose outputs it takes.

    `sources` are positions of nodes before this one, or `PICTURE`. A nested model stands behind its own nodes and
    takes the one that gives its output.
    """

    name: str
    class_name: str
    config: Mapping[str, Any]
    output_shape: Shape
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Pool:
    """Tell the pooling layer behind a convolution, and how its window slides."""

    index: int
    name: str
    class_name: str
    down: Sliding
    along: Sliding


@dataclass(frozen=True)
class Windowed:
    """Hold one convolution or pooling layer in its surroundings, whatever model it stands in.

    `stages` are the labels of the maps behind its sum: its own activation and those of the nodes `following`, which
    change each value by itself. `regions` is what each place sees of the picture; None, with `unseen` as the reason,
    where that is not traced. `source` is the node that it takes, or `PICTURE`.
    """

    index: int
    node: Node
    source: int
    input_shape: Shape
    down: Sliding
    along: Sliding
    stages: tuple[str, ...]
    following: tuple[int, ...]
    pool: Pool | None
    regions: Regions | None
    unseen: str = ""

    @property
    def groups(self) -> int:
        """Return into how many groups a convolution divides its channels."""
        return int(self.node.config.get("groups", 1))

    @property
    def activated(self) -> bool:
        """Tell whether the layer has an activation of its own."""
        return _activation(self.node) != "linear"


def nodes_of(network: Network) -> tuple[Node, ...]:
    """Return a network as a graph that is one row; raise `InvalidNetwork`."""
    return tuple(
        Node(row.name, row.class_name, layer.config, row.output_shape, (i - 1,))
        for i, (layer, row) in enumerate(zip(network.layers, trace(network), strict=True))
    )


def crashes_on_gradient(nodes: Sequence[Node]) -> bool:
    """Tell whether TensorFlow ends the process when it takes a gradient through these layers, unless oneDNN is off."""
    return any(node.class_name in KINDS and KINDS[node.class_name].crashes(node.config) for node in nodes)


def reach(node: Node) -> tuple[float, float]:
    """Return the least and the largest value that the node's activation can give; (0, 0) where it has no bounds."""
    return _REACH.get(str(node.config.get("activation", node.class_name)).lower(), (0.0, 0.0))


def windowed_nodes(nodes: Sequence[Node]) -> tuple[int, ...]:
    """Return the positions of all nodes that can be taken apart: convolutions and pooling layers on maps."""
    return tuple(i for i, node in enumerate(nodes) if len(node.sources) == 1 and _slides(node) and _channels_last(node))


def _slides(node: Node) -> bool:
    """Tell whether a window slides down and along the maps that a node takes."""
    return (convolves(node.class_name) or pools(node.class_name)) and KINDS[node.class_name].rank == 2


def windowed(
    nodes: Sequence[Node], input_shape: Shape, index: int, fields: Sequence["Regions | str"] | None = None
) -> Windowed:
    """Return one of `windowed_nodes` in its surroundings; `input_shape` is that of the picture.

    `fields` are those of `fields_of`, if they are known already.
    """
    node = nodes[index]
    (source,) = node.sources
    before = input_shape if source == PICTURE else nodes[source].output_shape
    following, pool = behind(nodes, index)
    labels = [] if _activation(node) == "linear" else [_activation(node)]
    labels += [_activation(nodes[i]) if "activation" in nodes[i].config else nodes[i].name for i in following]
    seen = (fields or fields_of(nodes, input_shape))[index]
    down, along = map(slide, _axes(node, before))
    return Windowed(
        index=index,
        node=node,
        source=source,
        input_shape=before,
        down=down,
        along=along,
        stages=tuple(labels),
        following=following,
        pool=None if pool is None else _pool(nodes, pool),
        regions=None if isinstance(seen, str) else seen,
        unseen=seen if isinstance(seen, str) else "",
    )


def behind(nodes: Sequence[Node], index: int) -> tuple[tuple[int, ...], int | None]:
    """Return the nodes behind one that change each value by itself, and the pooling layer right behind them, if any.

    Each of them alone takes the one before it.
    """
    row = _sole_consumers(nodes, index)
    count, pools = pointwise_run([nodes[i].class_name for i in row])
    return tuple(row[:count]), row[count] if pools and _channels_last(nodes[row[count]]) else None


def _pool(nodes: Sequence[Node], index: int) -> Pool:
    node = nodes[index]
    down, along = map(slide, _axes(node, nodes[node.sources[0]].output_shape))
    return Pool(index, node.name, node.class_name, down, along)


def _axes(node: Node, before: Shape) -> tuple[Axis, ...]:
    """Return where a node's outputs look in its input, by its kind; none where no window is known."""
    kind = KINDS.get(node.class_name)
    return kind.axes(node.config, before) if kind and kind.axes and len(before) == 3 else ()


def _sole_consumers(nodes: Sequence[Node], index: int) -> list[int]:
    """Return the pointwise nodes behind one and what ends their row; each alone takes the one before it."""
    row = [index]
    while len(row) == 1 or nodes[row[-1]].class_name in POINTWISE:
        takers = [i for i, node in enumerate(nodes) if row[-1] in node.sources]
        if len(takers) != 1 or len(nodes[takers[0]].sources) != 1:
            break
        row.append(takers[0])
    return row[1:]


def _activation(node: Node) -> str:
    return str(node.config.get("activation") or "linear")


def _channels_last(node: Node) -> bool:
    return node.config.get("data_format") != "channels_first"


def fields_of(nodes: Sequence[Node], input_shape: Shape) -> tuple[Regions | str, ...]:
    """Return for every node what each place of its output sees of the picture, or the sentence why that is not traced.

    A vector is one place. What a place *can* see is meant, whatever the weights are.
    """
    if not can_follow([({}, input_shape), *((node.config, node.output_shape) for node in nodes)]):
        return ("there are too many rows and columns to trace what a place sees",) * len(nodes)
    found: list[Regions | str] = []
    picture: Regions = tuple(tuple((i, i) for i in range(n)) for n in input_shape[:2])  # type: ignore[assignment]
    for node in nodes:
        taken = [picture if i == PICTURE else found[i] for i in node.sources]
        shapes = [input_shape if i == PICTURE else nodes[i].output_shape for i in node.sources]
        lost = next((each for each in taken if isinstance(each, str)), None)
        seen = lost or _through(node, [each for each in taken if not isinstance(each, str)], shapes)
        found.append(seen or f"behind {node.name} ({node.class_name}) it is not traced what a place sees")
    return tuple(found)


def _through(node: Node, taken: Sequence[Regions], shapes: Sequence[Shape]) -> Regions | None:
    """Return what the places of one node see, or None where it moves them in a way that is not known here."""
    if not taken or not _channels_last(node):
        return None
    after = _places(node.output_shape)
    name, config = node.class_name, node.config
    if name in _MERGES:
        return _merged(taken, shapes, after) if config.get("axis", -1) in (-1, len(node.output_shape)) else None
    if len(taken) > 1:
        return None
    seen, before = taken[0], _places(shapes[0])
    if (axes := _axes(node, shapes[0])) and after == tuple(axis.outputs for axis in axes):
        down, along = map(slide, axes)
        return seen_through(down, seen[0]), seen_through(along, seen[1])
    if name == "Cropping2D":
        (top, _), (left, _) = config["cropping"]
        return seen[0][top : top + after[0]], seen[1][left : left + after[1]]
    still = name in _STILL or name == "Dense" or (name in _OVER_CHANNELS and _only_channels(node))
    if still and before == after:
        return seen
    # One place holds everything: it sees what all places before it see together.
    if name in ("Flatten", "Reshape") and after == (1, 1):
        return (hull(seen[0]),), (hull(seen[1]),)
    return None


def _places(shape: Shape) -> tuple[int, int]:
    """Return the rows and columns of an output; a vector is one place."""
    return (shape[0], shape[1]) if len(shape) == 3 else (1, 1) if len(shape) == 1 else (0, 0)


def _only_channels(node: Node) -> bool:
    axis = node.config.get("axis", -1)
    axes = axis if isinstance(axis, list | tuple) else [axis]
    return all(each in (-1, len(node.output_shape)) for each in axes)


def _merged(taken: Sequence[Regions], shapes: Sequence[Shape], after: tuple[int, int]) -> Regions | None:
    """Join what several inputs see place by place; an input of one place meets every place of the others."""
    if any(len(a) != len(b) and 1 not in map(len, (a, b)) for a, b in pairwise(shapes)) or 0 in after:
        return None
    axes = []
    for axis in (0, 1):
        if any(len(seen[axis]) not in (1, after[axis]) for seen in taken):
            return None
        axes.append(
            tuple(hull([seen[axis][i if len(seen[axis]) > 1 else 0] for seen in taken]) for i in range(after[axis]))
        )
    return axes[0], axes[1]
