"""The doctor offers only what helps, and says why a possible network deserves a second look."""

import random

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import InvalidNetwork, check, trace_until_problem
from cnnlab.core.teach.network_doctor import Fix, fixes, smallest_input
from cnnlab.core.teach.remarks import Remark, remarks
from tests.random_networks import edge_network, network_of_either_kind


def offered(network: Network) -> tuple[Fix, ...]:
    problem = check(network)
    assert problem is not None
    return fixes(network, problem)


def labels(network: Network) -> list[str]:
    return [fix.label for fix in offered(network)]


def left(network: Network, problem: InvalidNetwork | None) -> int:
    """Count the layers from the first impossible one to the end."""
    return len(network.layers) - problem.index if problem else 0


def test_every_fix_of_random_networks_helps_and_says_how_far() -> None:
    rng = random.Random(5)
    ill = whole = 0
    kinds = set()
    for i in range(900):
        network = edge_network(rng) if i % 3 == 0 else network_of_either_kind(rng)
        problem = check(network)
        if problem is None:
            continue
        ill += 1
        found = fixes(network, problem)
        assert 1 <= len(found) <= 5 or len(network.layers) == 1, network
        assert len({fix.network for fix in found}) == len(found)
        assert [fix.whole for fix in found] == sorted((fix.whole for fix in found), reverse=True)
        for fix in found:
            again = check(fix.network)
            assert (again is None) == fix.whole, fix
            assert fix.whole != fix.label.endswith(" is next"), fix
            assert left(fix.network, again) < left(network, problem), fix
            assert fix.network != network
            assert "\n" not in fix.label
            kinds.add(fix.kind)
        whole += any(fix.whole for fix in found)
    assert ill > 300
    assert whole > 0.7 * ill
    assert {"padding", "kernel", "pool", "input", "drop", "strides", "dilation", "legal value", "move"} <= kinds


def test_the_shape_of_a_fix_is_that_of_the_mended_layer() -> None:
    for fix in offered(Network.seed().with_image_size(21, 40)):
        rows, _ = trace_until_problem(fix.network)
        expected = rows[-1] if fix.kind == "drop" else rows[8]
        assert fix.shape == expected.output_shape


def test_a_picture_too_small_for_the_post_is_mended_in_four_ways() -> None:
    found = {fix.kind: fix for fix in offered(Network.seed().with_image_size(21, 40))}
    assert found["padding"].label == "Use padding 'same' in max_pooling2d_2"
    assert found["pool"].label == "Make the pool 1 × 2 in max_pooling2d_2"
    assert found["input"].label == "Take a picture of 22 × 40; at least 22 × 22 is needed"
    assert found["input"].network.input_shape == (22, 40, 3)
    assert found["drop"].label == "Leave out max_pooling2d_2"
    assert all(fix.whole for fix in found.values())


def test_both_sides_grow_when_both_are_too_small() -> None:
    assert "Take a picture of at least 22 × 22" in labels(Network.seed().with_image_size(21, 21))


def test_the_smallest_picture_is_found_for_each_side() -> None:
    assert smallest_input(Network.seed()) == (22, 22)
    network = Network.seed().with_option(0, "kernel_size", (3, 9))
    height, width = smallest_input(network) or (0, 0)
    assert (height, width) == (22, 28)
    assert check(network.with_image_size(height, width)) is None
    assert check(network.with_image_size(height - 1, width)) is not None
    assert check(network.with_image_size(height, width - 1)) is not None
    assert smallest_input(Network.seed().with_option(0, "filters", 0)) is None


def test_one_fix_that_leaves_another_problem_names_it_as_on_the_page() -> None:
    too_deep = next(p.network for p in PRESETS if p.key == "too_deep")
    found = offered(too_deep)
    assert found[0].label == "Take a picture of at least 94 × 94"
    assert "Use padding 'same' in conv2d_3, and then conv2d_4 is next" in [fix.label for fix in found]
    assert {fix.whole for fix in found} == {True, False}


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (
            [Layer.make("Conv2D", filters=1, kernel_size=2, strides=2, dilation_rate=2)],
            ["Set strides to 1", "Set dilation_rate to 1"],
        ),
        ([Layer.make("Conv2D", filters=0, kernel_size=3), Layer.make("Flatten")], ["Set filters to 1"]),
        ([Layer.make("Dropout", rate=50), Layer.make("Flatten")], ["Set rate to 0.5"]),
        ([Layer.make("Dropout", rate=-1), Layer.make("Flatten")], ["Set rate to 0.0"]),
        ([Layer.make("Activation", activation="rleu")], ["Set activation to 'relu'"]),
        ([Layer.make("MaxPooling2D", padding="full")], ["Set padding to 'valid'", "Set padding to 'same'"]),
        ([Layer.make("ZeroPadding2D", padding=((-1, 2), (3, -4)))], ["Set padding to 0 × 2 and 3 × 0"]),
        ([Layer.make("MaxPooling2D", pool_size=0)], ["Set pool_size to 1 × 1 and strides to 1 × 1"]),
        (
            [Layer.make("Flatten"), Layer.make("Conv2D", filters=1, kernel_size=2), Layer.make("Dense", units=1)],
            ["Move flatten behind conv2d", "Leave out flatten", "Leave out conv2d"],
        ),
        (
            [Layer.make("GlobalMaxPooling2D"), Layer.make("Conv2D", filters=1, kernel_size=1)],
            ["Keep the dimensions in global_max_pooling2d (keepdims)", "Move global_max_pooling2d behind conv2d"],
        ),
        (
            [Layer.make("Flatten"), Layer.make("GlobalAveragePooling2D"), Layer.make("Dense", units=1)],
            ["Leave out flatten", "Leave out global_average_pooling2d"],
        ),
        (
            [Layer.make("Dense", units=1, name="x"), Layer.make("Dense", units=1, name="x")],
            ["Call layer 2 x_1", "Call layer 1 x_1"],
        ),
        (
            [Layer.make("Dense", units=1, name="dense_1"), *[Layer.make("Dense", units=1)] * 3],
            ["Call layer 1 dense_1_1"],
        ),
        ([], ["Add a Conv2D layer"]),
        (
            [Layer.make("Conv2D", filters=0, kernel_size=9), Layer.make("Flatten")],
            ["Leave out conv2d", "Set filters to 1, and use padding 'same' in conv2d"],
        ),
        (
            [Layer.make("Conv2D", filters=2, kernel_size=3, dilation_rate=(4, 1))],
            [
                "Make the kernel 2 × 3 in conv2d",
                "Set dilation_rate to 1 in conv2d",
                "Take a picture of 9 × 8; at least 9 × 3 is needed",
            ],
        ),
    ],
)
def test_every_kind_of_problem_has_its_fixes(layers: list[Layer], expected: list[str]) -> None:
    network = Network((8, 8, 3), tuple(layers))
    found = {fix.label: fix for fix in offered(network)}
    for label in expected:
        assert label in found, list(found)
        assert found[label].whole


def test_a_network_that_is_fine_has_no_fixes_and_needs_no_remark() -> None:
    tiny = next(p.network for p in PRESETS if p.key == "tiny_vgg")
    assert remarks(tiny) == ()
    with pytest.raises(InvalidNetwork):
        remarks(Network((8, 8, 3), ()))


def said(network: Network) -> dict[str, str]:
    """Return the messages of the remarks by layer name, joined if a layer has more than one."""
    found: dict[str, str] = {}
    for remark in remarks(network):
        assert isinstance(remark, Remark)
        found[remark.layer_name] = " ".join(filter(None, (found.get(remark.layer_name), remark.message)))
    return found


def test_the_seed_network_has_one_large_dense_layer() -> None:
    assert set(said(Network.seed())) == {"dense"}
    assert "1,183,808 of the network's 1,212,513 parameters (97.6%)" in said(Network.seed())["dense"]


def test_the_posts_relu_output_is_said_to_be_dead() -> None:
    message = said(Network.seed().with_option(14, "activation", "relu"))["activation_4"]
    assert "exactly 0" in message
    assert "16.118" in message
    assert "−0.953" in message
    inside = Network((4, 4, 1), (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="relu")))
    assert "dead" in said(inside)["dense"]


def test_relu_is_fine_where_another_activation_or_more_units_follow() -> None:
    assert "activation_3" not in said(Network.seed())
    two = Network.seed().with_option(13, "units", 2).with_option(14, "activation", "relu")
    assert "activation_4" not in said(two)


def test_softmax_over_one_unit_is_said_to_be_always_one() -> None:
    assert "always 1" in said(Network.seed().with_option(14, "activation", "softmax"))["activation_4"]
    assert "activation_4" not in said(
        Network.seed().with_option(13, "units", 2).with_option(14, "activation", "softmax")
    )


def test_two_linear_layers_in_a_row_are_remarked_on() -> None:
    def between(*layers: Layer) -> dict[str, str]:
        conv = Layer.make("Conv2D", filters=4, kernel_size=3)
        return said(Network((16, 16, 3), (conv, *layers, conv, Layer.make("Activation", activation="relu"))))

    assert "between conv2d and conv2d_1" in between()["conv2d_1"]
    assert "conv2d_1" in between(Layer.make("AveragePooling2D", pool_size=2))
    assert "batch normalization" in between(Layer.make("BatchNormalization"))["conv2d_1"]
    assert "conv2d_1" in between(Layer.make("Activation", activation="linear"))
    assert "conv2d_1" not in between(Layer.make("MaxPooling2D"))
    assert "conv2d_1" not in between(Layer.make("ReLU"))
    assert "conv2d_1" in between(Layer.make("Rescaling", scale=2))
    assert "whatever comes in" in between(Layer.make("Rescaling", scale=0))["rescaling"]
    assert "conv2d_1" not in between(Layer.make("Activation", activation="tanh"))


def test_a_relu_layer_on_the_single_output_is_remarked_on_as_the_activation_is() -> None:
    def output(**options: float) -> Network:
        return Network((4, 4, 1), (Layer.make("Flatten"), Layer.make("Dense", units=1), Layer.make("ReLU", **options)))

    assert "relu on the single output is dead" in said(output())["re_lu"]
    assert "re_lu" not in said(output(negative_slope=0.1))
    problem = check(output(max_value=-1))
    assert problem is not None
    assert problem.message == "max_value must be at least 0, but is -1.0."
    assert fixes(output(max_value=-1), problem)[0].label == "Set max_value to 0.0"


def test_a_window_that_leaves_rows_out_is_shown_with_the_arithmetic() -> None:
    pool = said(Network((73, 74, 3), (Layer.make("MaxPooling2D"),)))["max_pooling2d"]
    assert "of 73 rows the last row is never seen: floor((73 − 2) / 2) + 1 = 36 windows reach row 72" in pool
    assert "column" not in pool
    strided = said(Network((9, 12, 3), (Layer.make("Conv2D", filters=1, kernel_size=3, strides=4),)))["conv2d"]
    assert "of 9 rows the last 2 rows are never seen" in strided
    assert "of 12 columns the last column is never seen" in strided
    assert "strides of 4 step over rows" in strided
    assert said(Network((73, 73, 3), (Layer.make("MaxPooling2D", padding="same"),))) == {}
    assert said(Network((72, 72, 3), (Layer.make("MaxPooling2D"),))) == {}


def test_dropping_everything_and_answering_for_every_place_are_remarked_on() -> None:
    assert "nothing before it can learn" in said(Network.seed().with_option(12, "rate", 1))["dropout"]
    maps = Network(
        (8, 8, 3), (Layer.make("Conv2D", filters=2, kernel_size=3, activation="relu"), Layer.make("Dense", units=1))
    )
    assert "6 × 6 × 1: one answer for every place" in said(maps)["dense"]


def test_random_networks_can_be_remarked_on() -> None:
    rng = random.Random(8)
    remarked = 0
    seen = set()
    for _ in range(400):
        network = network_of_either_kind(rng)
        if check(network) is None:
            seen |= {layer.class_name for layer in network.layers}
            for remark in remarks(network):
                assert remark.message.endswith(".")
                assert trace_until_problem(network)[0][remark.index].name == remark.layer_name
                remarked += 1
    assert remarked > 50
    assert seen == set(KINDS)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 150, 150), (3, 96, 64)])
def test_an_input_with_its_channels_first_is_turned_before_anything_else(shape: tuple[int, int, int]) -> None:
    network = Network(shape, Network.seed().layers)
    problem = check(network)
    assert problem is not None
    first = fixes(network, problem)[0]
    assert first.network == Network((shape[1], shape[2], shape[0]), network.layers)
    assert first.label == f"Put the channels last: {shape[1]} × {shape[2]} × {shape[0]}"
    assert first.whole


def test_an_input_with_its_channels_last_is_not_turned() -> None:
    for shape in ((3, 3, 3), (4, 28, 3), (28, 28, 1), (1, 28, 1)):
        network = Network(shape, Network.seed().layers)
        problem = check(network)
        assert problem is None or all(fix.kind != "channels" for fix in fixes(network, problem))
