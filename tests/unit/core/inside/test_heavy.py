"""What is too heavy is refused in one sentence before anything is built; what is drawn has a bound and says so."""

import time

import numpy as np
import pytest

from cnnlab.core.inside.graph import fields_of, nodes_of
from cnnlab.core.inside.heavy import MOST_VALUES, shares, too_heavy, too_many_pairs
from cnnlab.core.inside.sliding import TooManyPlaces, fields
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import check, trace
from cnnlab.processes.subjects import LayerRow
from cnnlab.ui.inside.seen import BESIDE, MOST_SENT, _sent
from cnnlab.viz.network.diagram import closer_look

SMALL = (150, 150, 3)
HUGE = 1_000_000


def network(shape: tuple[int, int, int], class_name: str, **config: object) -> Network:
    return Network(shape, (Layer.make(class_name, **config),))


@pytest.mark.parametrize(
    ("heavy", "said"),
    [
        (Network(SMALL, (Layer.make("Flatten"), Layer.make("Dense", units=20_000))), "parameters, and at most"),
        (network(SMALL, "Conv2D", filters=1, kernel_size=(2000, 2000), padding="same"), "multiply-adds"),
        (network((8, 8, 3), "Conv2D", filters=HUGE * 4, kernel_size=1), "can be looked at"),
        (network((2000, 2000, 1), "Conv2D", filters=64, kernel_size=1), "can be looked at"),
        (network((1, HUGE, 3), "Activation", activation="relu"), "rows or columns"),
        (network((1, 1, 1), "ZeroPadding2D", padding=((HUGE, 0), (0, 0))), "rows or columns"),
        (network(SMALL, "DepthwiseConv2D", kernel_size=1000, padding="same"), "depthwise"),
        (network(SMALL, "Conv2D", filters=1, kernel_size=3, padding="same", dilation_rate=5000), "padding"),
        (network((1000, 1000, 1), "MaxPooling2D", pool_size=1000, strides=1, padding="same"), "comparisons"),
        (
            network((200, 200, 3), "SeparableConv2D", filters=999, kernel_size=3, depth_multiplier=6000),
            "multiply-adds",
        ),
    ],
)
def test_a_heavy_network_is_refused_in_one_sentence(heavy: Network, said: str) -> None:
    assert check(heavy) is None
    problem = too_heavy(heavy, 20_000_000)
    assert problem is not None
    assert said in problem
    assert problem.count(". ") == 0


def test_what_a_lesson_needs_is_not_heavy() -> None:
    for size in (64, 150, 224, 299):
        assert too_heavy(Network.seed().with_image_size(size, size), 20_000_000) is None


def test_numbers_that_no_computer_holds_make_a_network_impossible() -> None:
    layers = (Layer.make("DepthwiseConv2D", kernel_size=1, depth_multiplier=HUGE),) * 100
    problem = check(Network((8, 8, 3), layers))
    assert problem is not None
    assert problem.index == 2
    assert "10¹⁵" in problem.message


def test_many_channels_are_not_compared_with_each_other() -> None:
    assert too_many_pairs([(8, 8, 256)] * 100) is None
    assert "fewer channels" in str(too_many_pairs([(8, 8, 20_000)]))


def test_fields_are_not_followed_through_too_many_places() -> None:
    long = Network((HUGE, 1, 1), (Layer.make("Activation", activation="relu"),) * 100)
    started = time.process_time()
    with pytest.raises(TooManyPlaces):
        fields(long, 99)
    assert all(isinstance(seen, str) for seen in fields_of(nodes_of(long), long.input_shape))
    assert time.process_time() - started < 1


def test_a_huge_kernel_is_one_field_that_says_so_and_a_small_one_is_counted() -> None:
    huge = network(SMALL, "Conv2D", filters=1, kernel_size=4000, padding="same")
    drawn = closer_look(huge.layers[0], trace(huge)[0])
    assert len(drawn) < 10_000
    assert "16,000,000 cells, too many to draw" in drawn
    small = network(SMALL, "Conv2D", filters=1, kernel_size=32, padding="same")
    assert closer_look(small.layers[0], trace(small)[0]).count("<rect") == 32 * 32 + 3 + 1


@pytest.mark.parametrize("sides", [1, 2])
def test_what_is_sent_of_all_layers_has_a_bound_and_small_layers_stay_whole(sides: int) -> None:
    rows = [
        LayerRow("wide", "Conv2D", (8, 8, HUGE)),
        LayerRow("large", "Conv2D", (4096, 4096, 1)),
        LayerRow("small", "Conv2D", (148, 148, 2)),
        *(LayerRow("flat", "Flatten", (HUGE,)) for _ in range(100)),
    ]
    sent = _sent(rows, sides)
    costs = [64 + BESIDE, 4096**2, 148 * 148, *([4] * 100)]
    assert sides * sum(n * cost for n, cost in zip(sent, costs, strict=True)) <= MOST_SENT
    assert sent[1] == 0
    assert 0 < sent[0] < HUGE
    seed = [LayerRow(row.name, row.class_name, row.output_shape) for row in trace(Network.seed())]
    assert _sent(seed, sides) == [row.shape[-1] for row in seed]


def test_shares_add_up_and_favour_the_small() -> None:
    assert shares([10, 1000, 30], 100) == [10, 60, 30]
    assert shares([], 5) == []
    rng = np.random.default_rng(0)
    for _ in range(50):
        sizes = rng.integers(0, 1000, rng.integers(1, 20)).tolist()
        assert sum(shares(sizes, 2000)) == min(sum(sizes), 2000) or sum(shares(sizes, 2000)) > 2000 - len(sizes)


def test_values_are_kept_by_their_bytes() -> None:
    kept: KeptByBytes[bytes] = KeptByBytes(100, len)
    made = []

    def make(size: int) -> bytes:
        made.append(size)
        return bytes(size)

    for key, size in (("a", 60), ("a", 60), ("b", 60), ("huge", 101), ("b", 60)):
        assert len(kept.get(key, lambda size=size: make(size))) == size
        assert kept.bytes <= 100
    assert made == [60, 60, 101]
    assert MOST_VALUES * 4 <= 256 << 20
