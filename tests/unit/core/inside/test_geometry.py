"""Where windows stand: padding, strides and dilation, receptive fields, and what no window reaches."""

import random

import pytest

from cnnlab.core.inside.graph import behind, nodes_of, windowed_nodes
from cnnlab.core.inside.sliding import (
    NoWindow,
    Sliding,
    fields,
    key_frames,
    nearest,
    sliding,
)
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import check, trace
from tests.random_networks import mixed_networks


def one(shape: tuple[int, int, int], class_name: str, **config: object) -> tuple[Sliding, Sliding]:
    network = Network(shape, (Layer.make(class_name, **config),))
    return sliding(network.layers[0], trace(network)[0])


def test_a_valid_window_starts_at_every_position_where_it_fits() -> None:
    down, along = one((5, 7, 1), "Conv2D", filters=1, kernel_size=3)
    assert down == Sliding(5, (0, 1, 2), (0, 1, 2), 1)
    assert along.starts == (0, 1, 2, 3, 4)
    assert (down.before, down.after) == (0, 0)


def test_strides_skip_and_dilation_spreads() -> None:
    down, along = one((11, 11, 1), "DepthwiseConv2D", kernel_size=3, strides=2, dilation_rate=(2, 3))
    assert down.starts == (0, 2, 4, 6)
    assert down.taps == (0, 2, 4)
    assert along.taps == (0, 3, 6)
    assert down.seen(3) == (6, 8, 10)


@pytest.mark.parametrize(
    ("size", "stride", "length", "starts", "before", "after"),
    [
        (3, 1, 5, (-1, 0, 1, 2, 3), 1, 1),
        (2, 1, 4, (0, 1, 2, 3), 0, 1),  # an even kernel pads more behind
        (10, 1, 12, tuple(range(-4, 8)), 4, 5),
        (3, 2, 5, (-1, 1, 3), 1, 1),
        (3, 2, 6, (0, 2, 4), 0, 1),
        (2, 3, 9, (0, 3, 6), 0, 0),
    ],
)
def test_same_pads_the_smaller_half_first(
    size: int, stride: int, length: int, starts: tuple[int, ...], before: int, after: int
) -> None:
    down, _ = one((length, length, 1), "Conv2D", filters=1, kernel_size=size, strides=stride, padding="same")
    assert (down.starts, down.before, down.after) == (starts, before, after)
    assert down.seen(0) == tuple(range(size - before))


def test_between_spread_inputs_a_window_meets_nothing() -> None:
    spread = Sliding(3, (-2, -1, 0, 1), (0, 1, 2), 1, 2)
    assert [spread.met(i) for i in range(4)] == [((2, 0),), ((1, 0),), ((0, 0), (2, 1)), ((1, 1),)]
    assert spread.seen(2) == (0, 1)
    assert (spread.before, spread.after) == (1, 0)


def test_a_position_knows_which_windows_see_it_and_when_none_does() -> None:
    apart, _ = one((7, 7, 1), "MaxPooling2D", pool_size=2)
    assert apart.windows_over() == ((0, 0), (0, 0), (1, 1), (1, 1), (2, 2), (2, 2), None)
    overlapping, _ = one((5, 5, 1), "MaxPooling2D", pool_size=3, strides=1)
    assert overlapping.windows_over() == ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2))


def test_the_fields_of_the_posts_network_are_as_large_as_its_trace_says() -> None:
    network = Network.seed()
    for index, size in ((0, 3), (2, 4), (3, 8), (5, 10), (6, 18), (8, 22)):
        down, along = fields(network, index)
        assert down == along
        assert {last - first + 1 for first, last in down} == {size}
        assert trace(network)[index].receptive_field == (size, size)
    assert fields(network, 3)[0][:3] == ((0, 7), (2, 9), (4, 11))


def test_a_field_is_clipped_to_the_picture_and_none_in_padding_alone() -> None:
    network = Network(
        (4, 4, 1),
        (Layer.make("ZeroPadding2D", padding=2), Layer.make("Conv2D", filters=1, kernel_size=1, activation="relu")),
    )
    assert fields(network, 1)[0] == (None, None, (0, 0), (1, 1), (2, 2), (3, 3), None, None)


def test_the_fields_of_random_networks_lie_in_the_picture_and_never_exceed_the_traced_size() -> None:
    rng = random.Random(7)
    seen = 0
    for network in mixed_networks(rng, 400):
        windows = () if check(network) is not None else windowed_nodes(nodes_of(network))
        if not windows:
            continue
        index = windows[-1]
        row = trace(network)[index]
        for axis, axis_fields in enumerate(fields(network, index)):
            assert len(axis_fields) == row.output_shape[axis]
            for field in filter(None, axis_fields):
                assert 0 <= field[0] <= field[1] < network.input_shape[axis]
                if row.jump is not None:
                    assert field[1] - field[0] + 1 <= row.receptive_field[axis]
                seen += 1
    assert seen > 1000


def test_behind_flatten_no_window_slides() -> None:
    network = Network.seed()
    with pytest.raises(NoWindow, match="flatten"):
        fields(network, 10)


def test_the_layers_up_to_a_pool_are_found_and_others_end_the_search() -> None:
    assert behind(nodes_of(Network.seed()), 0) == ((1,), 2)
    assert behind(nodes_of(Network.seed()), 2) == ((), None)
    network = Network(
        (8, 8, 1),
        (
            Layer.make("Conv2D", filters=2, kernel_size=3),
            Layer.make("BatchNormalization"),
            Layer.make("Dropout", rate=0.5),
            Layer.make("Conv2D", filters=2, kernel_size=3),
        ),
    )
    assert behind(nodes_of(network), 0) == ((1, 2), None)


@pytest.mark.parametrize(("selected", "shown"), [(None, 0), (0, 0), (1, 0), (2, 2), (4, 3), (14, 8)])
def test_the_layer_to_look_at_is_the_selected_one_or_the_last_with_a_window_before_it(
    selected: int | None, shown: int
) -> None:
    assert nearest(windowed_nodes(nodes_of(Network.seed())), selected) == shown


def test_a_network_without_windows_has_no_layer_to_look_at() -> None:
    network = Network((4, 4, 1), (Layer.make("Flatten"), Layer.make("Dense", units=1)))
    assert nearest(windowed_nodes(nodes_of(network)), 0) is None


def test_the_key_frames_are_first_one_right_one_down_and_last() -> None:
    down, along = one((5, 6, 1), "Conv2D", filters=1, kernel_size=3)
    assert key_frames(down, along) == ((0, 0), (0, 1), (1, 0), (2, 3))
    assert key_frames(*one((3, 3, 1), "Conv2D", filters=1, kernel_size=3)) == ((0, 0),)
