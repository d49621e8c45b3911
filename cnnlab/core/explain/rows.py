"""Find among the layers of a model those that an explanation asks for."""

from collections.abc import Sequence
from math import prod

from cnnlab.core.explain.asked import ExplainError
from cnnlab.core.inside.graph import MODELS, Node
from cnnlab.core.network.layers import KINDS

_MOVES = ("pooling", "reshaping")
_FACTS = "Normalization"  # its mean and variance were counted, not learned


def has_maps(node: Node) -> bool:
    """Tell whether a layer gives maps (height, width, channels) with more than one place."""
    return len(node.output_shape) == 3 and prod(node.output_shape[:2]) > 1


def grad_cam_row(nodes: Sequence[Node]) -> int:
    """Return the last layer with maps, before any pooling that ends them: what Grad-CAM looks at unless told otherwise.

    Raises `ExplainError` if none has maps.
    """
    mapped = [i for i, node in enumerate(nodes) if has_maps(node)]
    if not mapped:
        raise ExplainError("Grad-CAM needs a layer with maps, and this network has none; choose another method.")
    plain = (i for i in reversed(mapped) if not _moves_only(nodes[i]))
    return next(plain, mapped[-1])


def forgettable_rows(nodes: Sequence[Node], params: Sequence[int]) -> tuple[int, ...]:
    """Return the layers with weights that training made, each once, the last first; `params` counts those of each."""
    found: dict[str, int] = {}
    for i, (node, count) in enumerate(zip(nodes, params, strict=True)):
        if count and node.class_name not in (*MODELS, _FACTS):
            found[node.name] = i
    return tuple(sorted(found.values(), reverse=True))


def _moves_only(node: Node) -> bool:
    """Tell whether a layer makes no values of its own: it pools, moves or leaves out those before it."""
    name = node.class_name
    return name in MODELS or "Dropout" in name or (name in KINDS and KINDS[name].family in _MOVES)
