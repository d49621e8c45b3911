"""A network is one frozen value: read from Keras' config, written in one canonical form."""

import json
import pickle

import pytest

from cnnlab.core.network import Layer, Network, NetworkFormatError


def one_layer(class_name: str, **config: object) -> dict[str, object]:
    return {"input_shape": [8, 9, 3], "layers": [{"class_name": class_name, "config": config}]}


def test_the_canonical_form_reads_back_as_the_same_network() -> None:
    network = Network.seed()
    text = json.dumps(network.to_dict())
    assert Network.from_dict(json.loads(text)) == network
    assert hash(Network.from_dict(json.loads(text))) == hash(network)
    assert json.dumps(Network.from_dict(json.loads(text)).to_dict()) == text


def test_scalars_become_pairs_and_defaults_are_filled_in_before_comparing() -> None:
    short = Network.from_dict(one_layer("Conv2D", filters=4, kernel_size=3))
    full = Network.from_dict(
        one_layer(
            "Conv2D",
            filters=4,
            kernel_size=[3, 3],
            strides=[1, 1],
            padding="valid",
            dilation_rate=1,
            use_bias=True,
            activation=None,
        )
    )
    assert short == full
    assert short.layers[0].config["kernel_size"] == (3, 3)
    assert short.to_dict()["layers"][0]["config"]["activation"] == "linear"


def test_padding_is_read_in_any_case_where_keras_does() -> None:
    loud = Layer.make("Conv2D", filters=2, kernel_size=3, padding="SAME")
    assert loud == Layer.make("Conv2D", filters=2, kernel_size=3, padding="same")
    assert Layer.make("MaxPooling2D", padding="SAME") != Layer.make("MaxPooling2D", padding="same")


def test_a_pool_without_strides_steps_by_its_own_size() -> None:
    layer = Layer.make("MaxPooling2D", pool_size=(2, 3))
    assert layer.config["strides"] == (2, 3)
    assert layer.with_option("pool_size", 4).config["strides"] == (4, 4)
    assert layer.with_option("strides", 1).with_option("pool_size", 4).config["strides"] == (1, 1)


@pytest.mark.parametrize(
    ("class_name", "config", "said"),
    [
        ("Conv2D", {"filters": 4, "kernel_size": 3, "kernal": 5}, "no argument 'kernal'"),
        ("Conv2D", {"filters": 4}, "needs kernel_size"),
        ("Conv2D", {"filters": 4.5, "kernel_size": 3}, "must be a whole number"),
        ("Conv2D", {"filters": True, "kernel_size": 3}, "must be a whole number"),
        ("Conv2D", {"filters": 4, "kernel_size": [3, 3, 3]}, "or two of them"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}, "groups=2"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "data_format": "channels_first"}, "channels_first"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "kernel_initializer": "he_normal"}, "he_normal"),
        ("Dense", {"units": 3, "groups": 1}, "no argument 'groups'"),
        ("Dropout", {"rate": "half"}, "must be a number"),
        ("Lambda", {"function": "x"}, "not one CNN Lab knows"),
        ("Dense", {"units": 3, "name": "größe 1"}, "name must be made of"),
        ("Dense", {"units": 10**10}, "must be a whole number of at most 1,000,000,000"),
        ("Conv2D", {"filters": 4, "kernel_size": [3, 10**10]}, "at most 1,000,000,000"),
        ("BatchNormalization", {"epsilon": float("nan")}, "must be a number"),
        ("Dense", {"units": 3, "dtype": {"class_name": "Zeros", "config": [1]}}, "dtype"),
        ("Dense", {"units": 3, "name": "a/b"}, "name must be made of"),
    ],
)
def test_what_cannot_be_read_is_refused_with_one_sentence(class_name: str, config: dict, said: str) -> None:
    with pytest.raises(NetworkFormatError, match=said) as caught:
        Network.from_dict(one_layer(class_name, **config))
    assert "\n" not in str(caught.value)
    assert "Layer 0" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"input_shape": [8, 8, 3]},
        {"input_shape": [8], "layers": []},
        {"input_shape": [8, 8, 8, 8], "layers": []},
        {"input_shape": [8, 8, 0], "layers": []},
        {"input_shape": [8, 8, "3"], "layers": []},
        {"input_shape": [8, 8, 3], "layers": {}},
        {"input_shape": [8, 8, 3], "layers": [3]},
        {"input_shape": [8, 8, 3], "layers": [{"class_name": "Flatten", "config": []}]},
        {"input_shape": [8, 8, 3], "layers": [{"class_name": "Flatten", "colour": 1}]},
        {"input_shape": [8, 8, 3], "layers": [{"class_name": "Flatten", "config": {1: 2}}]},
        {"input_shape": [8, 8, 3], "layers": [], "weights": 1},
    ],
)
def test_a_description_that_is_no_network_is_refused(data: object) -> None:
    with pytest.raises(NetworkFormatError):
        Network.from_dict(data)  # type: ignore[arg-type]


def test_what_a_process_remembers_of_a_networks_hash_does_not_travel() -> None:
    network = Network.seed()
    hash(network)
    there = pickle.loads(pickle.dumps(network))
    assert vars(there).keys() == {"input_shape", "layers"}
    assert all(vars(layer).keys() == {"class_name", "options", "name", "config"} for layer in there.layers)


def test_a_network_is_hashable_and_travels_between_processes() -> None:
    network = Network.seed().with_option(0, "filters", 5)
    assert pickle.loads(pickle.dumps(network)) == network
    assert network != Network.seed()
    assert len({network, Network.seed(), Network.seed().with_option(0, "filters", 5)}) == 2


def test_another_image_size_keeps_the_channels_and_the_layers() -> None:
    network = Network.seed().with_image_size(40, 60)
    assert network.input_shape == (40, 60, 3)
    assert network.layers == Network.seed().layers


def test_layer_normalization_works_on_the_channels_alone_however_keras_writes_that() -> None:
    made = {Layer.make("LayerNormalization", **given) for given in ({}, {"axis": -1}, {"axis": [-1]})}
    assert len(made) == 1
    with pytest.raises(NetworkFormatError, match="axis=1 is not supported; only -1 is"):
        Layer.make("LayerNormalization", axis=1)
