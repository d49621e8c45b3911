"""The exported script and notebook say what the network says, and no more."""

import ast
import json
import random

import nbformat
import pytest

from cnnlab.core.exchange.keras_code import arguments, keras_script
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import InvalidNetwork, check, layer_names
from cnnlab.viz.network.notebook import notebook
from tests.random_networks import network_of_either_kind

SEED_SCRIPT = '''\
"""A convolutional network with 1,212,513 parameters, exported from CNN Lab; needs Keras 3."""

import keras

model = keras.Sequential(
    [
        keras.Input((150, 150, 3)),
        keras.layers.Conv2D(filters=32, kernel_size=3, name="conv2d"),
        keras.layers.Activation(activation="relu", name="activation"),
        keras.layers.MaxPooling2D(name="max_pooling2d"),
'''


def layers_in(source: str) -> tuple[tuple[int, int, int], list[Layer]]:
    """Read the input shape and the layers back from a script, without running it."""
    calls = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.List)).elts
    (shape,) = (ast.literal_eval(argument) for argument in calls[0].args)  # type: ignore[attr-defined]
    layers = []
    for call in calls[1:]:
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        assert not call.args
        config = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
        layers.append(Layer.make(call.func.attr, **config))
    return shape, layers


def test_the_seed_script_is_what_a_person_would_write() -> None:
    script = keras_script(Network.seed())
    assert script.startswith(SEED_SCRIPT)
    assert script.endswith("    ]\n)\n\nmodel.summary()\n")


def test_the_script_of_a_random_network_holds_exactly_that_network() -> None:
    rng = random.Random(6)
    seen = set()
    for _ in range(500):
        network = network_of_either_kind(rng)
        if check(network):
            continue
        script = keras_script(network)
        assert max(map(len, script.splitlines())) <= 120
        shape, layers = layers_in(script)
        assert shape == network.input_shape
        assert [layer.name for layer in layers] == list(layer_names(network))
        assert [layer.options for layer in layers] == [layer.options for layer in network.layers]
        seen |= {layer.class_name for layer in layers}
    assert seen == set(KINDS)


def test_only_what_differs_from_the_defaults_is_written() -> None:
    assert arguments(Layer.make("MaxPooling2D", pool_size=2)) == {}
    assert arguments(Layer.make("MaxPooling2D", pool_size=3)) == {"pool_size": 3}
    assert arguments(Layer.make("MaxPooling2D", pool_size=3, strides=2)) == {"pool_size": 3, "strides": 2}
    assert arguments(Layer.make("AveragePooling2D", pool_size=2)) == {"pool_size": 2}
    assert arguments(Layer.make("ZeroPadding2D", padding=((1, 1), (2, 2)))) == {"padding": (1, 2)}
    assert arguments(Layer.make("ZeroPadding2D", padding=((1, 2), (1, 2)))) == {"padding": ((1, 2), (1, 2))}
    assert arguments(Layer.make("Dense", units=1, use_bias=False)) == {"units": 1, "use_bias": False}


@pytest.mark.parametrize("name", ["plain", "None", "import", "a-b.c_1", "0", "__name__"])
def test_a_name_is_never_code(name: str) -> None:
    network = Network((8, 8, 3), (Layer.make("Flatten", name=name),))
    assert layers_in(keras_script(network))[1][0].name == name


def test_weights_are_loaded_where_a_file_is_named() -> None:
    script = keras_script(Network.seed(), weights_file='my "best".weights.h5')
    assert "model.load_weights('my \"best\".weights.h5')\n\nmodel.summary()" in script
    ast.parse(script)


def test_an_impossible_network_is_not_exported() -> None:
    with pytest.raises(InvalidNetwork):
        keras_script(next(p.network for p in PRESETS if p.key == "too_deep"))


def test_the_notebook_is_valid_and_the_same_every_time() -> None:
    text = notebook(Network.seed())
    assert text == notebook(Network.seed())
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    assert (made.nbformat, made.nbformat_minor) == (4, 5)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert code[0] == "import keras"
    assert layers_in(code[1])[0] == (150, 150, 3)
    assert code[-1] == "model.summary()"
    assert "| conv2d\\_1 | 72 × 72 × 32 | 9,248 |" in made.cells[-1].source


def test_the_notebook_loads_weights_and_shows_a_name_as_text() -> None:
    network = Network((8, 8, 3), (Layer.make("Flatten", name="__bold__"),))
    cells = json.loads(notebook(network, weights_file="a.weights.h5"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    assert 'model.load_weights("a.weights.h5")' in sources
    assert "\\_\\_bold" in sources[-1]
