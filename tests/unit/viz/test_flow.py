"""A flow shows real values: the strongest channels, one scale where layers share it, and what reads what."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.core.inside.graph import fields_of, nodes_of
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.viz.inside.flow import MOST_ACROSS, MOST_SIDE, MOST_TILES, Flow, flow
from cnnlab.viz.inside.flow_facts import MOST_PLACES, flow_facts
from cnnlab.viz.inside.flow_file import read_flow, write_flow
from cnnlab.viz.palette import ZERO_INDEX

SEED = Network.seed()
DEPTHWISE = Network(
    (12, 12, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=1),
        Layer.make("DepthwiseConv2D", kernel_size=3, depth_multiplier=1),
        Layer.make("ReLU"),
        Layer.make("GlobalAveragePooling2D"),
        Layer.make("Dense", units=2),
        Layer.make("Activation", activation="softmax"),
    ),
)


def outputs_of(network: Network) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=row.output_shape).astype(np.float32) for row in trace(network)]


def facts_of(network: Network, drawn: Flow) -> list[dict]:
    return flow_facts(network, trace(network), drawn, fields_of(nodes_of(network), network.input_shape))


def tile(drawn: Flow, layer: int, place: int) -> np.ndarray:
    """Return the values that one tile shows."""
    column = drawn.columns[layer]
    sheet = np.array(Image.open(io.BytesIO(column.image))).astype(float)
    top = place * (column.height + column.gap)
    return (sheet[top : top + column.height, : column.width] - ZERO_INDEX) * column.limit / ZERO_INDEX


def test_a_tile_shows_the_values_of_its_channel_within_half_a_step() -> None:
    outputs = outputs_of(SEED)
    drawn = flow(SEED, outputs, None)
    for layer in (3, 5, 8):
        column = drawn.columns[layer]
        for place, channel in enumerate(column.channels):
            values = outputs[layer][:, :, channel]
            assert np.abs(tile(drawn, layer, place) - values).max() <= column.limit / ZERO_INDEX / 2 + 1e-6
            assert (column.minima[place], column.maxima[place]) == (values.min(), values.max())


def test_a_large_map_is_thinned_out_evenly() -> None:
    outputs = outputs_of(SEED)
    drawn = flow(SEED, outputs, None)
    column = drawn.columns[0]
    assert (column.height, column.width) == (74, 74)
    assert max(column.height, column.width) <= MOST_SIDE
    every_second = outputs[0][::2, ::2, column.channels[0]]
    assert np.abs(tile(drawn, 0, 0) - every_second).max() <= column.limit / ZERO_INDEX / 2 + 1e-6
    assert "One of 2 rows and columns is drawn." in facts_of(SEED, drawn)[1]["said"][0]


def test_a_stage_shows_the_channels_that_are_strongest_at_its_end() -> None:
    outputs = outputs_of(SEED)
    drawn = flow(SEED, outputs, None)
    strongest = np.argsort(-outputs[2].mean(axis=(0, 1)))[:MOST_TILES]
    for layer in (0, 1, 2):
        assert drawn.columns[layer].channels == tuple(strongest)


def test_activation_and_pooling_have_the_scale_of_their_convolution_and_sigmoid_its_own() -> None:
    outputs = outputs_of(SEED)
    drawn = flow(SEED, outputs, None)
    assert [column.scale for column in drawn.columns] == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 10, 10, 10, 13, 14]
    assert drawn.columns[1].limit == drawn.columns[0].limit == max(float(np.abs(v).max()) for v in outputs[:3])


def test_a_long_vector_shows_of_each_few_numbers_the_one_farthest_from_zero() -> None:
    outputs = outputs_of(SEED)
    drawn = flow(SEED, outputs, None)
    column = drawn.columns[9]
    assert column.channels == ()
    assert column.height <= MOST_SIDE
    assert column.width <= MOST_ACROSS
    numbers = outputs[9][: column.each * column.width]
    expected = [max(part, key=abs) for part in numbers.reshape(column.width, column.each)]
    assert np.abs(tile(drawn, 9, 0)[0] - expected).max() <= column.limit / ZERO_INDEX / 2 + 1e-6


def test_each_tile_reads_what_its_channel_is_computed_from() -> None:
    drawn = flow(DEPTHWISE, outputs_of(DEPTHWISE), None)
    facts = facts_of(DEPTHWISE, drawn)
    assert facts[1]["reads"] == [[0]] * 4, "a convolution of the picture reads the picture"
    convolved, depthwise = drawn.columns[0].channels, drawn.columns[1].channels
    assert facts[2]["reads"] == [[convolved.index(channel)] for channel in depthwise]
    assert facts[3]["reads"] == [[0], [1], [2], [3]], "ReLU keeps the channels"
    assert facts[4]["reads"] == [[0, 1, 2, 3]], "a vector reads every map"
    assert facts[5]["reads"] == [[0]]


def test_places_are_told_evenly_and_never_too_many() -> None:
    facts = facts_of(SEED, flow(SEED, outputs_of(SEED), None))
    fields = fields_of(nodes_of(SEED), SEED.input_shape)
    for column, seen in zip(facts[1:], fields, strict=True):
        for told, places in zip(column["sees"], seen, strict=True):
            assert len(told) == min(len(places), MOST_PLACES)
            assert told[0] == places[0]
            assert told[len(told) // 2] == places[len(told) // 2 * len(places) // len(told)]


def test_a_flow_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    for logits in (None, np.array([2.5], np.float32)):
        drawn = flow(SEED, outputs_of(SEED), logits)
        write_flow(tmp_path / "flow.npz", drawn, {"key": "x"})
        again, about = read_flow(tmp_path / "flow.npz")
        assert about == {"key": "x"}
        assert again.columns == drawn.columns
        assert np.array_equal(again.output, drawn.output)
        assert again.logits is None if logits is None else np.array_equal(again.logits, logits)
