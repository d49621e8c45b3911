"""The arithmetic shown beside a number gives that number."""

import ast
import operator
import random
import re
from math import floor

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.shapes import check, trace
from cnnlab.core.teach.brief import params_formula, shape_formula, short_label
from tests.random_networks import network_of_either_kind

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def value(text: str) -> float:
    """Compute a formula as it stands on the page."""
    plain = text.replace("−", "-").replace("·", "*").replace(",", "")
    plain = re.sub(r"⌊([^⌋]*)⌋", lambda m: str(floor(value(m[1]))), plain)
    plain = re.sub(r"⌈([^⌉]*)⌉", lambda m: str(-floor(-value(m[1]))), plain)
    return compute(ast.parse(plain, mode="eval").body)


def compute(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](compute(node.left), compute(node.right))
    if isinstance(node, ast.UnaryOp):
        return -compute(node.operand)
    assert isinstance(node, ast.Constant)
    return node.value


def test_every_formula_of_random_networks_computes_to_its_number() -> None:
    rng = random.Random(3)
    seen: set[str] = set()
    for _ in range(600):
        network = network_of_either_kind(rng)
        if check(network):
            continue
        for layer, row in zip(network.layers, trace(network), strict=True):
            if params := params_formula(layer, row):
                assert value(params) == row.params, (layer, params)
                seen.add(layer.class_name)
            else:
                assert row.params == 0
            for axis, formula in enumerate(filter(None, shape_formula(layer, row).split(", "))):
                left, right = formula.split(" = ")
                assert value(left) == float(right.replace(",", "")), (layer, formula)
                assert row.output_shape[axis] == float(right.replace(",", ""))
    assert {"Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense", "BatchNormalization"} <= seen


def test_the_seed_network_is_explained_as_in_the_notebook() -> None:
    network = Network.seed()
    rows = trace(network)
    assert shape_formula(network.layers[0], rows[0]) == "150 − 3 + 1 = 148"
    assert params_formula(network.layers[0], rows[0]) == "(3·3·3 + 1)·32"
    assert shape_formula(network.layers[2], rows[2]) == "⌊148 / 2⌋ = 74"
    assert shape_formula(network.layers[9], rows[9]) == "17 · 17 · 64 = 18,496"
    assert params_formula(network.layers[10], rows[10]) == "(18,496 + 1)·64"


def test_two_axes_that_differ_are_both_explained() -> None:
    layer = Layer.make("Conv2D", filters=1, kernel_size=(3, 5))
    row = trace(Network((20, 30, 1), (layer,)))[0]
    assert shape_formula(layer, row) == "20 − 3 + 1 = 18, 30 − 5 + 1 = 26"


def test_every_class_of_layers_has_a_short_label() -> None:
    rng = random.Random(5)
    labels = {}
    while set(labels) != set(KINDS):
        for layer in network_of_either_kind(rng).layers:
            labels[layer.class_name] = short_label(layer)
    assert all(label and len(label) <= 18 for label in labels.values())
