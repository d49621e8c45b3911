"""Tell of each method that explains an answer what it computes, in the numbers of a network, and where it fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from cnnlab.core.explain.asked import Asked, ExplainError, windows
from cnnlab.core.explain.rows import grad_cam_row, has_maps
from cnnlab.core.inside.graph import Node

RELUS = ("relu", "relu6")

Formula = Callable[[Asked, Sequence[Node], tuple[int, int, int]], str]


@dataclass(frozen=True)
class Method:
    """Tell of one of `METHODS`; `does` and `fails` are one sentence each.

    `formula` writes it out for what is asked, the layers of a model and its input (height, width, channels). S is the
    score, x the picture as the network takes it. It raises `ExplainError` where the method does not apply.
    """

    name: str
    title: str
    does: str
    fails: str
    formula: Formula


def _gradient(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    return f"∂S/∂x: {_product(shape)} slopes of one score"


def _gradient_times_input(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    return f"x ⊙ ∂S/∂x: each of {_product(shape)} numbers times its own slope"


def _smoothgrad(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    return f"1/{asked.samples} · Σ ∂S/∂x at x + noise, {asked.samples} times; σ = {asked.noise:g} · (max x − min x)"


def _grad_cam(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    row = grad_cam_row(nodes) if asked.row is None else asked.row
    if row >= len(nodes) or not has_maps(nodes[row]):
        raise ExplainError("Grad-CAM needs a layer with maps (height, width, channels); choose one that has them.")
    height, width, channels = nodes[row].output_shape
    return (
        f"Σ αₖ · Aᵏ over the {channels:,} maps of {nodes[row].name}, {height} × {width} each; "
        f"αₖ is the mean of ∂S/∂Aᵏ over {_product((height, width))} places; enlarged to {shape[0]} × {shape[1]}"
    )


def _integrated_gradients(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    return (
        f"(x − x′) ⊙ the mean of ∂S/∂x on the way from x′ ({asked.baseline}) to x: {asked.steps} steps, "
        f"{asked.steps + 1} gradients, trapezoid rule"
    )


def _occlusion(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    laid = windows(asked, *shape[:2])
    return (
        f"S(x) − S(x with a {asked.fill} square of {laid.size} × {laid.size}): "
        f"{_product((len(laid.tops), len(laid.lefts)))} positions, {laid.stride} pixels apart"
    )


def _guided_backpropagation(asked: Asked, nodes: Sequence[Node], shape: tuple[int, int, int]) -> str:
    count = sum(is_relu(node) for node in nodes)
    if not count:
        raise ExplainError("Guided backpropagation needs a ReLU, and this network has none; choose another method.")
    each = "the ReLU" if count == 1 else f"each of the {count} ReLUs"
    return f"∂S/∂x, where {each} hands a gradient g back as g · [g > 0] · [input > 0]"


def is_relu(node: Node) -> bool:
    """Tell whether a layer is a ReLU, or ends in one."""
    if node.class_name == "ReLU":
        return not (node.config.get("negative_slope") or node.config.get("threshold"))
    return node.config.get("activation") in RELUS


def _product(sizes: Sequence[int]) -> str:
    return f"{' · '.join(map(str, sizes))} = {prod(sizes):,}"


TABLE: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            "gradient",
            "Gradient",
            "How fast the score changes when each pixel gets a little brighter.",
            "It tells what a tiny change does, not what the pixel has done: behind a ReLU that is off it says nothing.",
            _gradient,
        ),
        Method(
            "gradient_times_input",
            "Gradient × input",
            "The slope of each pixel times its value: what the pixel adds if the network is a straight line.",
            "A black pixel gets nothing, whatever it means, and no network with ReLUs is a straight line for long.",
            _gradient_times_input,
        ),
        Method(
            "smoothgrad",
            "SmoothGrad",
            "The mean of the gradients of many noisy copies of the picture.",
            "It looks cleaner because it is averaged, which does not make it truer; the noise is chosen by hand.",
            _smoothgrad,
        ),
        Method(
            "grad_cam",
            "Grad-CAM",
            "The maps of a late layer, each weighed by how much the score rises with it, added up and enlarged.",
            "It is as coarse as its layer, enlarging invents the places in between, and how the layers behind it use "
            "each place is left out.",
            _grad_cam,
        ),
        Method(
            "integrated_gradients",
            "Integrated gradients",
            "The gradients on the way from an empty picture to this one, added up: they share out how the score moved.",
            "Another empty picture gives another answer, and pixels that look like it get nothing.",
            _integrated_gradients,
        ),
        Method(
            "occlusion",
            "Occlusion",
            "How much the score falls when a square hides each part of the picture.",
            "The network has never seen such a square, and of two parts that can stand in for each other neither seems "
            "to count.",
            _occlusion,
        ),
        Method(
            "guided_backpropagation",
            "Guided backpropagation",
            "The gradient, but each ReLU hands back only what is positive.",
            "It draws the edges of the picture almost whatever the network has learned; it is here as a warning.",
            _guided_backpropagation,
        ),
    )
}
"""Every method by its name, in the order of `METHODS`."""
