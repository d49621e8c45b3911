"""Ranking takes the strongest, the weakest and what lies between, whatever the order in which pictures came."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.explain.strongest import (
    KEPT,
    Found,
    Peak,
    Ranking,
    StrongestError,
    convolutions,
    held_by_relu,
    merge,
    most_pictures,
    patch,
    rank,
    recall,
    refuse_too_many,
    remember,
    state_of,
)
from cnnlab.core.inside.graph import fields_of, nodes_of
from cnnlab.core.network import Layer, Network

NETWORK = Network(
    (12, 10, 3),
    (
        Layer.make("Conv2D", filters=3, kernel_size=3, padding="same"),
        Layer.make("BatchNormalization"),
        Layer.make("Activation", activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("Conv2D", filters=2, kernel_size=3, activation="tanh"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=1),
    ),
)
NODES = nodes_of(NETWORK)


def found(count: int, seed: int = 0, levels: int = 1000) -> Found:
    rng = np.random.default_rng(seed)
    values = (rng.integers(-levels, levels, (count, 5)) / 100).astype(np.float32)
    return Found(np.arange(count, dtype=np.int32), values, rng.integers(0, 12, (count, 5)).astype(np.int32))


def part(whole: Found, rows: list[int]) -> Found:
    return Found(whole.pictures[rows], whole.values[rows], whole.places[rows])


def same(one: Ranking, other: Ranking) -> bool:
    return one.count == other.count and all(
        np.array_equal(value, vars(theirs)[name])
        for mine, theirs in zip(one.layers, other.layers, strict=True)
        for name, value in vars(mine).items()
    )


@given(st.data())
def test_the_order_of_pictures_and_batches_does_not_matter(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 40))
    whole = found(count, data.draw(st.integers(0, 5)), levels=data.draw(st.sampled_from([2, 1000])))
    order = data.draw(st.permutations(range(count)))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, count - 1)), max_size=4)) - {count})
    parts = [part(whole, list(order[a:b])) for a, b in zip([0, *cuts], [*cuts, count], strict=True)]
    assert same(rank(merge(parts), NODES), rank(whole, NODES))


def test_each_kind_is_what_sorting_finds() -> None:
    whole = found(33, seed=4)
    ranking = rank(whole, NODES)
    assert [layer.index for layer in ranking.layers] == [0, 4]
    for layer, first in zip(ranking.layers, (0, 3), strict=True):
        width = NODES[layer.index].output_shape[1]
        for channel in range(NODES[layer.index].output_shape[2]):
            values = whole.values[:, first + channel]
            order = sorted(range(33), key=lambda i: (-values[i], i))
            expected = {"strongest": order[:9], "weakest": order[::-1][:9], "spread": order[::4]}
            for kind, pictures in expected.items():
                peaks = layer.of(channel, kind)  # type: ignore[arg-type]
                assert [peak.picture for peak in peaks] == pictures
                assert [peak.value for peak in peaks] == [values[i] for i in pictures]
                places = [whole.places[i, first + channel] for i in pictures]
                assert [peak.row * width + peak.column for peak in peaks] == places


def test_few_pictures_are_all_shown() -> None:
    ranking = rank(found(2), NODES)
    assert ranking.count == 2
    assert {len(ranking.layer(4).of(1, kind)) for kind in ("strongest", "weakest", "spread")} == {2}


def test_a_channel_that_says_nothing_is_silent() -> None:
    whole = found(20)
    whole.values[:, 0] = -np.abs(whole.values[:, 0])  # below a ReLU
    whole.values[:, 1] = np.abs(whole.values[:, 1])
    whole.values[:, 2] = 0.5  # the same in every picture
    whole.values[:, 3] = -np.abs(whole.values[:, 3])  # below 0, but tanh lets that pass
    ranking = rank(whole, NODES)
    assert ranking.layer(0).silent.tolist() == [True, False, True]
    assert ranking.layer(4).silent.tolist() == [False, False]


def test_a_relu_is_found_in_the_layer_or_behind_it() -> None:
    assert [held_by_relu(NODES, index) for index in (0, 1, 2, 4)] == [True, True, True, False]


def test_a_patch_is_the_field_of_its_place_cut_at_the_border() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (12, 10, 3), dtype=np.uint8)
    fields = fields_of(NODES, NETWORK.input_shape)
    for row, column, box in ((0, 0, (0, 1, 0, 1)), (5, 4, (4, 6, 3, 5)), (11, 9, (10, 11, 8, 9))):
        cut, seen = patch(pixels, fields[0], Peak(0, 1.0, row, column))
        assert seen == box
        np.testing.assert_array_equal(cut, pixels[box[0] : box[1] + 1, box[2] : box[3] + 1])
    cut, seen = patch(pixels, fields[4], Peak(0, 1.0, 2, 1))
    assert seen == (3, 10, 1, 8)  # 3 × 3 of the pool, each 2 × 2 of what sees 3 × 3
    cut, seen = patch(pixels, "behind lambda it is not traced what a place sees", Peak(0, 1.0, 2, 1))
    assert seen == (0, 11, 0, 9)
    np.testing.assert_array_equal(cut, pixels)


def test_what_cannot_be_ranked_is_refused_in_one_sentence() -> None:
    most = most_pictures(NODES)
    refuse_too_many(NODES, most)
    for count in (0, -1, most + 1):
        with pytest.raises(StrongestError, match=r"^The 5 channels .* not .*\.$"):
            refuse_too_many(NODES, count)
    with pytest.raises(StrongestError, match="no convolution"):
        convolutions(nodes_of(Network((4, 4, 1), (Layer.make("Flatten"), Layer.make("Dense", units=1)))))


def test_what_was_ranked_is_remembered_until_anything_differs(tmp_path: Path) -> None:
    ranking = rank(found(20), NODES)
    state = state_of("a network", "its data", 20)
    assert recall(tmp_path / "kept", state, NODES) is None
    remember(tmp_path / "kept", state, ranking)
    again = recall(tmp_path / "kept", state, NODES)
    assert again is not None
    assert same(ranking, again)
    others = {state_of(*each) for each in (("b", "its data", 20), ("a network", "c", 20), ("a network", "its data", 2))}
    assert len(others | {state}) == 4


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nothing of the kind"])
def test_a_damaged_file_is_ranked_again(tmp_path: Path, content: bytes) -> None:
    state = state_of("a network", "its data", 20)
    (tmp_path / f"{state}.npz").write_bytes(content)
    assert recall(tmp_path, state, NODES) is None


def test_the_oldest_rankings_go(tmp_path: Path) -> None:
    ranking = rank(found(3), NODES)
    for i in range(KEPT + 3):
        remember(tmp_path, state_of("a network", str(i), 3), ranking)
    assert len(list(tmp_path.iterdir())) == KEPT
    assert recall(tmp_path, state_of("a network", str(KEPT + 2), 3), NODES) is not None
