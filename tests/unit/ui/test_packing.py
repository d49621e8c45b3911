"""Numbers on their way to the browser: what is packed can be read again, at places where a browser can read it."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.inside.graph import nodes_of, windowed, windowed_nodes
from cnnlab.core.network import Layer, Network
from cnnlab.ui.parts.packing import pack
from cnnlab.viz.inside.window_facts import too_much_to_send, window_facts

SAMPLE = Path(__file__).parents[2] / "js" / "packed.b64"
FACTS = {"name": "größe", "pairs": ((0, 1), None)}
GIVEN = {
    "bytes": np.arange(7, dtype=np.uint8),
    "turned": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "empty": np.zeros((0, 0, 1), np.float32),
    "last": np.float32([[0.1, -1e30]]),
}


def unpack(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    size = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + size])
    body = data[4 + size :]
    arrays = {
        name: np.frombuffer(body, each["dtype"], each["count"], each["offset"]) for name, each in head["arrays"].items()
    }
    return head["facts"], arrays


def test_facts_and_arrays_come_out_as_they_went_in() -> None:
    facts, arrays = unpack(pack(FACTS, GIVEN))
    assert facts == {"name": "größe", "pairs": [[0, 1], None]}
    for name, array in GIVEN.items():
        np.testing.assert_array_equal(arrays[name], array.ravel())


def test_the_sample_that_the_scripts_are_tested_with_is_what_is_sent() -> None:
    assert base64.b64decode(SAMPLE.read_text()) == pack(FACTS, GIVEN)


def test_floats_start_where_a_browser_can_read_them() -> None:
    data = pack({}, {"odd": np.zeros(5, np.uint8), "floats": np.ones(2, np.float32)})
    head = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
    assert head["arrays"]["floats"]["offset"] % 4 == 0


def test_what_the_seed_network_sends_stays_small() -> None:
    network = Network.seed()
    maps = [np.zeros((148, 148), np.float32), np.zeros((148, 148), np.float32), np.zeros((74, 74), np.float32)]
    arrays = {
        "inputs": np.zeros((150, 150, 3), np.float32),
        "kernel": np.zeros((3, 3, 3), np.float32),
        "others": maps[0],
        "before": maps[0],
        "picture": np.zeros((150, 150, 3), np.uint8),
    }
    assert (
        len(pack(*window_facts(windowed(nodes_of(network), network.input_shape, 0), 0, 0, 0.0, arrays, maps))) < 300_000
    )


@pytest.mark.parametrize(
    ("side", "kernel", "activation", "said"),
    [
        (150, 3, "relu", None),
        (1_100, 3, "linear", "are sent; use a smaller picture or kernel"),  # one map
        (1_000, 3, "relu", "are sent; use a smaller picture or kernel"),  # all of them
        (900, 600, "linear", "too many places to be followed"),
    ],
)
def test_a_layer_too_large_to_be_taken_apart_is_one_sentence(
    side: int, kernel: int, activation: str, said: str | None
) -> None:
    config = {"filters": 1, "kernel_size": [kernel, kernel], "activation": activation, "padding": "same"}
    described = {"input_shape": [side, side, 1], "layers": [{"class_name": "Conv2D", "config": config}]}
    network = Network.from_dict(described)
    problem = too_much_to_send(windowed(nodes_of(network), network.input_shape, 0))
    assert problem is None if said is None else said in str(problem)


def test_the_steps_behind_the_sum_are_named_as_keras_names_them() -> None:
    network = Network(
        (9, 9, 3),
        (
            Layer.make("Conv2D", filters=2, kernel_size=3, activation="tanh"),
            Layer.make("BatchNormalization"),
            Layer.make("Activation", activation="relu"),
            Layer.make("MaxPooling2D"),
        ),
    )
    nodes = nodes_of(network)
    assert windowed(nodes, network.input_shape, 0).stages == ("tanh", "batch_normalization", "relu")
    assert windowed(nodes, network.input_shape, 3).stages == ()
    assert windowed_nodes(nodes) == (0, 3)
