"""What somebody predicts is judged, and the slip behind a wrong answer is recognised."""

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.core.teach.predict import ASKED, judge

SEED = Network.seed()
ROWS = trace(SEED)
WIDE = Network(
    (21, 31, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=3, strides=2),
        Layer.make("MaxPooling2D", pool_size=2),
        Layer.make("Conv2D", filters=6, kernel_size=3, padding="same", use_bias=False),
        Layer.make("BatchNormalization"),
        Layer.make("GlobalAveragePooling2D"),
        Layer.make("Dense", units=2),
    ),
)


def slip(network: Network, index: int, column: str, given: str) -> str:
    verdict = judge(network, trace(network), index, column, given)
    assert not verdict.right
    return verdict.slip


@pytest.mark.parametrize("column", ASKED)
@pytest.mark.parametrize("network", [SEED, WIDE], ids=["seed", "wide"])
def test_every_true_number_is_right_and_no_slip(network: Network, column: str) -> None:
    rows = trace(network)
    for index, row in enumerate(rows):
        right = ASKED[column].value(row)
        assert judge(network, rows, index, column, ASKED[column].show(right)).right
        assert judge(network, rows, index, column, " , ".join(map(str, right))).right
        for found in ASKED[column].slips(network, rows, index):
            assert found.value != right
            assert all(n >= 0 for n in found.value) or found.name in ("forgot the strides", "subtracted the window")


@pytest.mark.parametrize("given", ["148 × 148 × 32", "148,148,32", "(None, 148, 148, 32)", "148x148x32", "148 148 32"])
def test_a_shape_may_be_written_in_many_ways(given: str) -> None:
    assert judge(SEED, ROWS, 0, "shape", given).right


@pytest.mark.parametrize("given", ["1183808", "1,183,808", "1 183 808", "1'183'808", "1.183.808", " 1183808 "])
def test_a_count_may_have_separators(given: str) -> None:
    assert judge(SEED, ROWS, 10, "params", given).right


@pytest.mark.parametrize("given", ["", "7", "7 × 148", "1 × 2 × 3 × 4", "about 148", "148 × 148 × b", "1" * 100])
def test_what_is_no_shape_is_told_what_a_shape_is(given: str) -> None:
    verdict = judge(SEED, ROWS, 0, "shape", given)
    assert not verdict.right
    assert verdict.slip == ""
    assert verdict.message == "Here the output shape is 3 numbers: height × width × channels."


@pytest.mark.parametrize(
    ("index", "given", "name", "said"),
    [
        (0, "147", "forgot + 1", "counts"),
        (0, "147 × 147", "forgot + 1", "counts"),
        (2, "147", "forgot the strides", "stride"),
        (3, "146", "forgot the pooling", "smaller"),
        (0, "148", "", "148 × 148 is its height and width"),
    ],
)
def test_a_side_alone_is_told_what_is_wrong_with_it_and_what_is_missing(
    index: int, given: str, name: str, said: str
) -> None:
    verdict = judge(SEED, ROWS, index, "shape", given)
    assert (verdict.right, verdict.slip) == (False, name)
    assert said in verdict.message
    assert verdict.message.endswith("Write all three: height × width × channels.")


@pytest.mark.parametrize(
    ("network", "index", "column", "given", "name"),
    [
        (SEED, 0, "width", "147", "forgot + 1"),
        (SEED, 0, "height", "150", "used 'same'"),
        (SEED, 2, "width", "147", "forgot the strides"),
        (SEED, 3, "height", "146", "forgot the pooling"),
        (SEED, 0, "channels", "96", "multiplied the channels"),
        (WIDE, 0, "width", "10", "swapped height and width"),
        (SEED, 0, "width", "5", ""),
    ],
)
def test_one_number_of_a_shape_has_the_slips_of_the_shape(
    network: Network, index: int, column: str, given: str, name: str
) -> None:
    assert slip(network, index, column, given) == name


def test_every_number_of_a_shape_is_right_alone() -> None:
    for index, row in enumerate(ROWS):
        for column, value in zip(("height", "width", "channels"), row.output_shape, strict=False):
            if len(row.output_shape) == 3:
                assert judge(SEED, ROWS, index, column, f"{value}").right


@pytest.mark.parametrize(
    ("network", "index", "given", "name"),
    [
        (SEED, 0, "150 × 150 × 32", "used 'same'"),
        (SEED, 0, "147 × 147 × 32", "forgot + 1"),
        (SEED, 0, "148 × 148 × 3", "kept the channels"),
        (SEED, 0, "148 × 148 × 96", "multiplied the channels"),
        (SEED, 0, "32 × 148 × 148", "channels first"),
        (SEED, 2, "147 × 147 × 32", "forgot the strides"),
        (SEED, 2, "148 × 148 × 32", "unchanged"),
        (SEED, 3, "146 × 146 × 32", "forgot the pooling"),
        (SEED, 9, "289", "forgot the channels"),
        (WIDE, 0, "15 × 10 × 4", "swapped height and width"),
        (WIDE, 0, "19 × 29 × 4", "forgot the strides"),
        (WIDE, 1, "5 × 8 × 4", "used ceil"),
        (WIDE, 2, "3 × 5 × 6", "used 'valid'"),
        (WIDE, 4, "35", "forgot the channels"),
        (WIDE, 4, "210", "all values"),
        (WIDE, 5, "6", "kept the length"),
    ],
)
def test_slips_in_shapes_are_recognised(network: Network, index: int, given: str, name: str) -> None:
    assert slip(network, index, "shape", given) == name


@pytest.mark.parametrize(
    ("network", "index", "given", "name"),
    [
        (SEED, 3, 3 * 3 * 32 * 32, "forgot the bias"),
        (SEED, 3, 3 * 3 * 32 * 32 + 1, "one bias"),
        (SEED, 6, (3 * 3 + 1) * 32 * 64, "a bias for each channel"),
        (SEED, 6, (3 * 3 + 1) * 64, "forgot the input channels"),
        (SEED, 3, 3 * 3 * 32 * 32 * 32 + 32, "counted the input channels twice"),
        (SEED, 6, 3 * 3 * 32 + 1, "one filter"),
        (SEED, 6, (3 * 32 + 1) * 64, "one side of the kernel"),
        (SEED, 0, 896 * 148 * 148, "no sharing"),
        (SEED, 2, 4, "counted the window"),
        (SEED, 1, 148 * 148 * 32, "counted values"),
        (SEED, 10, 18496 * 64, "forgot the bias"),
        (WIDE, 2, 3 * 3 * 4 * 6 + 6, "added a bias"),
        (WIDE, 3, 12, "only the trained"),
    ],
)
def test_slips_in_parameters_are_recognised(network: Network, index: int, given: int, name: str) -> None:
    assert slip(network, index, "params", str(given)) == name


@pytest.mark.parametrize(
    ("index", "given", "name"),
    [
        (0, 864, "one place"),
        (0, (864 + 32) * 148 * 148, "with bias"),
        (0, 2 * 864 * 148 * 148, "doubled"),
        (0, 864 * 150 * 150, "input positions"),
        (1, 148 * 148 * 32, "counted values"),
    ],
)
def test_slips_in_multiply_adds_are_recognised(index: int, given: int, name: str) -> None:
    assert slip(SEED, index, "macs", str(given)) == name


@pytest.mark.parametrize(
    ("network", "index", "given", "name"),
    [
        (SEED, 3, "3", "window alone"),
        (SEED, 3, "6", "forgot the jump"),
        (SEED, 3, "10 × 10", "forgot −1"),
        (SEED, 3, "4", "unchanged"),
        (WIDE, 0, "5", "jump behind"),
        (SEED, 9, "22", "unchanged"),
    ],
)
def test_slips_in_the_receptive_field_are_recognised(network: Network, index: int, given: str, name: str) -> None:
    assert slip(network, index, "field", given) == name


@pytest.mark.parametrize(
    ("column", "given", "name"),
    [
        ("shape", "4 × 6 × 4", "as Conv2D"),
        ("shape", "5 × 7 × 4", "divided by the strides"),
        ("shape", "12 × 15 × 4", "forgot the strides"),
        ("shape", "20 × 26 × 4", "used 'same'"),
        ("macs", str(21 * 27 * 108), "output positions"),
        ("params", "108", "forgot the bias"),
    ],
)
def test_slips_with_a_transposed_convolution_are_recognised(column: str, given: str, name: str) -> None:
    layer = Layer.make("Conv2DTranspose", filters=4, kernel_size=3, strides=2)
    assert slip(Network((10, 13, 3), (layer,)), 0, column, given) == name


def test_an_unknown_slip_gets_a_hint_that_does_not_give_the_answer_away() -> None:
    assert judge(SEED, ROWS, 0, "shape", "148 × 111 × 32").message == "Not yet: look at the width again."
    assert judge(SEED, ROWS, 0, "params", "7").message == "Not 7; it is more."
    assert judge(SEED, ROWS, 0, "params", "999999").message == "Not 999,999; it is less."
