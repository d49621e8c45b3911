"""Every formula shown with its values computes to the number of the trace beside it."""

import ast
import operator
import random
import re
from fractions import Fraction
from math import ceil, floor, prod

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import Row, check, trace
from cnnlab.core.teach.formulas import Explained, explain_layer, post_differs
from tests.random_networks import network_of_either_kind

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
ROUNDED = {"floor": floor, "ceil": ceil}


def value(text: str) -> float | Fraction:
    """Compute a text as it stands on the page."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text).replace("−", "-").replace("·", "*")
    return compute(ast.parse(plain, mode="eval").body)


def compute(node: ast.expr) -> float | Fraction:
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](compute(node.left), compute(node.right))
    if isinstance(node, ast.UnaryOp):
        return -compute(node.operand)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return ROUNDED[node.func.id](compute(node.args[0]))
    assert isinstance(node, ast.Constant)
    return Fraction(node.value) if isinstance(node.value, int) else node.value


def expected(row: Row, rows: tuple[Row, ...], batch_size: int) -> dict[str, float]:
    """Return every number the trace has for a row, under the names of the explanations."""
    params, macs = sum(r.params for r in rows), sum(r.macs for r in rows)
    found: dict[str, float] = {
        "parameters": row.params,
        "multiply-adds": row.macs,
        "activation memory": 4 * batch_size * prod(row.output_shape),
    }
    sides = ("length",) if len(row.receptive_field) == 1 else ("height", "width")
    found |= {f"receptive field {side}": n for side, n in zip(sides, row.receptive_field, strict=True)}
    maps = len(row.output_shape) > 1
    names = (*(f"output {side}" for side in sides), "output channels") if maps else ("output length",)
    found |= dict(zip(names, row.output_shape, strict=True))
    if row.params:
        found |= {"weights": row.weights, "biases": row.biases}
    if row.non_trainable:
        found["not trained"] = row.non_trainable
    if row.jump:
        found |= {f"jump {side}": n for side, n in zip(sides, row.jump, strict=True)}
    if params:
        found["share of parameters"] = row.params / params
    if macs:
        found["share of multiply-adds"] = row.macs / macs
    return found


def test_every_number_of_random_networks_is_explained_and_every_text_computes_to_it() -> None:
    rng = random.Random(3)
    seen: set[str] = set()
    for _ in range(700):
        network = network_of_either_kind(rng)
        if check(network):
            continue
        rows = trace(network)
        batch_size = rng.choice((1, 16, 50))
        for i, (layer, row) in enumerate(zip(network.layers, rows, strict=True)):
            explained = {e.name: e for e in explain_layer(layer, rows, i, batch_size)}
            numbers = {name: e.result for name, e in explained.items() if not name.startswith("dilated")}
            assert numbers == expected(row, rows, batch_size), (network, i)
            for e in explained.values():
                exact = value(e.values)
                assert (exact if e.unit != "%" else float(exact)) == e.result, (network, i, e)
                assert e.words.endswith("."), e
            seen.add(layer.class_name)
    assert seen == set(KINDS)


def explained(network: Network, index: int, name: str) -> Explained:
    return next(e for e in explain_layer(network.layers[index], trace(network), index) if e.name == name)


def test_the_seed_network_is_explained_as_in_the_notebook() -> None:
    seed = Network.seed()
    assert explained(seed, 0, "output height").line == "150 − 3 + 1 = 148"
    assert explained(seed, 6, "weights").line == "3 · 3 · 32 · 64 = 18,432"
    assert explained(seed, 6, "parameters").line == "18,432 + 64 = 18,496"
    assert explained(seed, 9, "output length").line == "17 · 17 · 64 = 18,496"
    assert explained(seed, 8, "receptive field height").line == "18 + (2 − 1) · 4 = 22 px"
    assert explained(seed, 10, "share of parameters").line == "1,183,808 / 1,212,513 = 97.6 %"
    assert explained(seed, 10, "share of multiply-adds").shown == "1.3 %"
    assert explained(seed, 0, "activation memory").line == "1 · 148 · 148 · 32 · 4 = 2,803,712 bytes"
    odd = seed.with_image_size(149, 149)
    assert explained(odd, 2, "output height").line == "floor((147 − 2) / 2) + 1 = 73"
    assert explained(seed, 0, "output height").words == "A window of 3 rows has 148 places along 150 rows."


def test_a_dilated_kernel_is_explained_before_it_is_used() -> None:
    network = Network((20, 30, 1), (Layer.make("Conv2D", filters=1, kernel_size=3, dilation_rate=(2, 1)),))
    names = [e.name for e in explain_layer(network.layers[0], trace(network), 0)]
    assert names[:3] == ["dilated height", "output height", "output width"]
    assert explained(network, 0, "dilated height").line == "(3 − 1) · 2 + 1 = 5"
    assert explained(network, 0, "output height").line == "20 − 5 + 1 = 16"


def test_a_transposed_convolution_is_explained_by_what_it_lays_down() -> None:
    layers = (
        Layer.make("Conv2DTranspose", filters=4, kernel_size=3, strides=2),
        Layer.make("Conv2D", filters=1, kernel_size=3),
    )
    network = Network((5, 7, 3), layers)
    assert explained(network, 0, "output height").line == "5 · 2 + 3 − 2 = 11"
    assert explained(network, 0, "multiply-adds").line == "5 · 7 · 108 = 3,780"
    assert explained(network, 0, "jump height").line == "1 · 1 / 2 = 1/2 px"
    seen = explained(network, 1, "receptive field height")
    assert seen.result == 3
    assert seen.words.startswith("Where maps were enlarged, neighbours do not see equally far; the one that sees most")
    assert explained(network.with_option(0, "padding", "same"), 0, "output height").line == "5 · 2 = 10"


def test_same_padding_rounds_up() -> None:
    network = Network((35, 35, 1), (Layer.make("MaxPooling2D", padding="same"),))
    assert explained(network, 0, "output height").line == "ceil(35 / 2) = 18"


def differences(network: Network) -> list[tuple[str, int, tuple[int, int], tuple[int, int]]]:
    return [(d.kind, d.index, d.post_value, d.keras_value) for d in post_differs(network)]


def test_for_the_seed_network_the_pools_agree_and_the_recurrence_does_not() -> None:
    assert differences(Network.seed()) == [
        ("pooling", 2, (74, 74), (74, 74)),
        ("pooling", 5, (36, 36), (36, 36)),
        ("pooling", 8, (17, 17), (17, 17)),
        ("recurrence", 3, (146, 146), (72, 72)),
        ("recurrence", 6, (70, 70), (34, 34)),
    ]
    words = [d.words for d in post_differs(Network.seed()) if d.kind == "pooling"]
    assert [n for n in (148, 72, 34) if any(f"{n} is even" in w for w in words)] == [148, 72, 34]


@pytest.mark.parametrize(
    ("n", "pool", "post", "keras"), [(147, 2, 74, 73), (148, 3, 50, 49), (35, 2, 18, 17), (5, 2, 3, 2)]
)
def test_odd_sizes_round_apart(n: int, pool: int, post: int, keras: int) -> None:
    network = Network((n, n, 1), (Layer.make("MaxPooling2D", pool_size=pool),))
    (found,) = post_differs(network)
    assert (found.post_value, found.keras_value, found.agree) == ((post, post), (keras, keras), False)
    (same,) = post_differs(network.with_option(0, "padding", "same"))
    assert same.agree
    assert same.keras == f"ceil({n} / {pool}) = {post}"


def test_a_picture_that_is_not_square_shows_the_order() -> None:
    found = post_differs(Network.seed().with_image_size(100, 200))[0]
    assert (found.kind, found.post, found.keras) == ("order", "(None, 200, 100, 3)", "(None, 100, 200, 3)")
    assert "order" not in {d.kind for d in post_differs(Network.seed())}


def test_the_texts_of_every_difference_compute_to_its_values() -> None:
    rng = random.Random(9)
    networks = [network_of_either_kind(rng) for _ in range(700)] + [preset.network for preset in PRESETS]
    seen: set[tuple[str, bool]] = set()
    for network in networks:
        for d in () if check(network) else post_differs(network):
            seen.add((d.kind, d.agree))
            if d.kind == "order":
                continue
            assert d.keras_value == trace(network)[d.index].output_shape[:-1]
            for text, pair in ((d.post, d.post_value), (d.keras, d.keras_value)):
                sums = [re.sub(" (high|wide)$", "", part).split(" = ") for part in text.split(", ")]
                assert [value(left) for left, _ in sums] == [value(right) for _, right in sums], d
                assert tuple(int(right) for _, right in sums) in (pair, pair[:1]), d
    assert {("pooling", True), ("pooling", False), ("recurrence", False), ("order", False)} <= seen
