"""Every fix the doctor calls whole is one that Keras builds and runs."""

import random

import keras
import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import check, layer_names, trace
from cnnlab.core.teach.network_doctor import fixes
from tests.random_networks import edge_network, random_network

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
COUNT = 60


def shapes_in_keras(network: Network) -> list[tuple[int, ...]]:
    """Build and run with Keras alone; return each layer's output shape without the batch."""
    layers = [
        getattr(keras.layers, layer.class_name)(name=name, **layer.config)
        for layer, name in zip(network.layers, layer_names(network), strict=True)
    ]
    model = keras.Sequential([keras.Input(network.input_shape), *layers])
    model(np.zeros((1, *network.input_shape), "float32"))
    return [layer.output.shape[1:] for layer in model.layers]


def impossible_networks() -> list[Network]:
    rng = random.Random(31)
    found = [preset.network for preset in PRESETS if check(preset.network)]
    while len(found) < COUNT:
        network = edge_network(rng) if rng.random() < 0.4 else random_network(rng)
        if check(network) is not None:
            found.append(network)
    return found


def test_every_whole_fix_builds_and_runs_in_keras() -> None:
    built = 0
    kinds = set()
    for network in impossible_networks():
        problem = check(network)
        assert problem is not None
        for fix in fixes(network, problem):
            if fix.whole:
                shapes = shapes_in_keras(fix.network)
                assert shapes == [row.output_shape for row in trace(fix.network)], fix
                assert fix.shape in shapes, fix
                kinds.add(fix.kind)
                built += 1
    assert built > 90
    assert len(kinds) >= 6, kinds
