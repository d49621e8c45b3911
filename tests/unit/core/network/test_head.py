"""One sigmoid unit and two softmax units are the same output, and the head can be switched between them."""

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.head import head_of, sigmoid, softmax, with_head
from cnnlab.core.shapes import trace

SEED = Network.seed()


def test_the_posts_network_has_one_sigmoid_unit_and_may_have_two_softmax_units() -> None:
    assert head_of(SEED) == "sigmoid"
    other = with_head(SEED, "softmax")
    assert head_of(other) == "softmax"
    assert trace(other)[-1].output_shape == (2,)
    assert sum(r.params for r in trace(other)) == 1_212_513 + 65
    assert with_head(other, "sigmoid") == SEED


def test_an_activation_inside_the_last_layer_is_switched_too() -> None:
    network = Network(
        (4, 4, 1), (Layer.make("Flatten"), Layer.make("Dense", units=2, activation="softmax", name="out"))
    )
    other = with_head(network, "sigmoid")
    assert other.layers[1].config["units"] == 1
    assert other.layers[1].config["activation"] == "sigmoid"
    assert other.layers[1].name == "out"


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (Layer.make("Flatten"),),
        (Layer.make("Flatten"), Layer.make("Dense", units=1)),
        (Layer.make("Flatten"), Layer.make("Dense", units=3, activation="softmax")),
        (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="softmax")),
        (
            Layer.make("Flatten"),
            Layer.make("Dense", units=1, activation="relu"),
            Layer.make("Activation", activation="sigmoid"),
        ),
        (Layer.make("Dense", units=1, activation="sigmoid"), Layer.make("Flatten")),
    ],
)
def test_another_output_is_no_head_and_stays(layers: tuple[Layer, ...]) -> None:
    network = Network((4, 4, 1), layers)
    assert head_of(network) == ""
    assert with_head(network, "softmax") == network


@pytest.mark.parametrize(("z0", "z1"), [(0, 0), (-1, 1), (2.5, -3), (800, -800), (-800, 800)])
def test_softmax_of_two_is_sigmoid_of_their_difference(z0: float, z1: float) -> None:
    p0, p1 = softmax(z0, z1)
    assert p0 + p1 == pytest.approx(1)
    assert p1 == pytest.approx(sigmoid(z1 - z0))
