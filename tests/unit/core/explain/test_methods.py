"""Every method is told in the numbers of the network that is looked at."""

import pytest

from cnnlab.core.explain.asked import METHODS, Asked, ExplainError
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.explain.rows import forgettable_rows, grad_cam_row
from cnnlab.core.inside.graph import Node, crashes_on_gradient, nodes_of
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace

SEED = nodes_of(Network.seed())
PICTURE = (150, 150, 3)


def test_every_method_is_told_in_whole_sentences() -> None:
    assert tuple(TABLE) == METHODS
    for method in TABLE.values():
        assert method.does.endswith(".")
        assert method.fails.endswith(".")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("gradient"), "∂S/∂x: 150 · 150 · 3 = 67,500 slopes of one score"),
        (Asked("smoothgrad", samples=9, noise=0.2), "9 times; σ = 0.2 · (max x − min x)"),
        (Asked("grad_cam"), "64 maps of activation_2, 34 × 34 each"),
        (Asked("grad_cam", row=0), "32 maps of conv2d, 148 × 148 each"),
        (Asked("grad_cam"), "over 34 · 34 = 1,156 places; enlarged to 150 × 150"),
        (Asked("integrated_gradients", steps=20, baseline="grey"), "from x′ (grey) to x: 20 steps, 21 gradients"),
        (Asked("occlusion"), "a grey square of 20 × 20): 14 · 14 = 196 positions, 10 pixels apart"),
        (Asked("guided_backpropagation"), "each of the 4 ReLUs"),
        (Asked("gradient_times_input"), "each of 150 · 150 · 3 = 67,500 numbers"),
    ],
)
def test_a_formula_has_the_numbers_of_this_network(asked: Asked, said: str) -> None:
    assert said in TABLE[asked.method].formula(asked, SEED, PICTURE)


def test_a_method_that_does_not_apply_says_so() -> None:
    flat = nodes_of(Network((4, 4, 1), (Layer.make("Flatten"), Layer.make("Dense", units=1))))
    for name, said in (("grad_cam", "none"), ("guided_backpropagation", "this network has none")):
        with pytest.raises(ExplainError, match=said):
            TABLE[name].formula(Asked(name), flat, (4, 4, 1))
    with pytest.raises(ExplainError, match="needs a layer with maps"):
        TABLE["grad_cam"].formula(Asked("grad_cam", row=14), SEED, PICTURE)


def test_grad_cam_looks_at_the_last_values_before_pooling_ends_the_maps() -> None:
    def node(class_name: str, *shape: int) -> Node:
        return Node(class_name.lower(), class_name, {}, shape, (-1,))

    end = (node("GlobalAveragePooling2D", 1, 1, 8), node("Flatten", 8), node("Dense", 2))
    assert grad_cam_row((node("Conv2D", 5, 5, 8), node("Add", 5, 5, 8), node("Activation", 5, 5, 8), *end)) == 2
    assert grad_cam_row((node("Conv2D", 5, 5, 8), node("SpatialDropout2D", 5, 5, 8), *end)) == 0
    assert grad_cam_row((node("Conv2D", 5, 5, 8), node("Functional", 5, 5, 8), *end)) == 0
    assert grad_cam_row((node("MaxPooling2D", 5, 5, 3), *end)) == 0


def test_layers_forget_once_and_the_last_first() -> None:
    rows = trace(Network.seed())
    assert forgettable_rows(SEED, [row.params for row in rows]) == (13, 10, 6, 3, 0)
    shared = (
        Node("normalization", "Normalization", {}, (4, 4, 1), (-1,)),
        Node("trunk/conv", "Conv2D", {}, (4, 4, 1), (0,)),
        Node("trunk", "Functional", {}, (4, 4, 1), (1,)),
        Node("dense", "Dense", {}, (4, 4, 1), (2,)),
        Node("dense", "Dense", {}, (4, 4, 1), (3,)),
    )
    assert forgettable_rows(shared, [3, 5, 5, 2, 2]) == (4, 1)


def test_what_tensorflow_dies_of_is_recognised() -> None:
    def network(*layers: Layer) -> bool:
        return crashes_on_gradient(nodes_of(Network((8, 8, 3), layers)))

    assert network(
        Layer.make("Conv2D", filters=2, kernel_size=3), Layer.make("Conv2D", filters=2, kernel_size=1, strides=2)
    )
    assert network(Layer.make("DepthwiseConv2D", kernel_size=1, strides=2))
    assert not network(Layer.make("Conv2D", filters=2, kernel_size=3, strides=2), Layer.make("MaxPooling2D"))
    assert not crashes_on_gradient([Node("lambda", "Unheard", {"strides": (2, 2)}, (4,), (-1,))])
