"""A model of any form as a graph: what its places see of the picture, and where that is not traced."""

import random
from itertools import count

import pytest

from cnnlab.core.inside.graph import PICTURE, Node, fields_of, nodes_of, windowed, windowed_nodes
from cnnlab.core.inside.sliding import NoWindow, fields, pointwise_run
from cnnlab.core.shapes import check
from tests.random_networks import random_network

SIZE = (12, 10, 3)
CONV = {"kernel_size": (3, 3), "strides": (1, 1), "padding": "same", "dilation_rate": (1, 1)}


def node(class_name: str, shape: tuple[int, ...], *sources: int, **config: object) -> Node:
    return Node(class_name.lower(), class_name, config, shape, sources)


def conv(source: int, **config: object) -> Node:
    return node("Conv2D", (12, 10, 4), source, **(CONV | config))


@pytest.mark.parametrize("seed", range(40))
def test_a_network_as_a_graph_sees_what_it_sees_as_a_row(seed: int) -> None:
    rng = random.Random(seed)
    network = next(n for n in (random_network(rng) for _ in count()) if check(n) is None)
    nodes = nodes_of(network)
    found = fields_of(nodes, network.input_shape)
    for index in range(len(nodes)):
        try:
            assert found[index] == fields(network, index)
        except NoWindow:
            assert len(nodes[index].output_shape) == 1
    sliding = tuple(i for i, layer in enumerate(network.layers) if layer.kind.mode)
    assert windowed_nodes(nodes) == sliding
    for index in sliding:
        place = windowed(nodes, network.input_shape, index)
        pool = None if place.pool is None else place.pool.index
        run, pools = pointwise_run([layer.class_name for layer in network.layers[index + 1 :]])
        assert place.following == tuple(range(index + 1, index + 1 + run))
        assert pool == (index + 1 + run if pools else None)


def test_a_sum_sees_the_hull_of_what_its_inputs_see() -> None:
    nodes = (conv(PICTURE), conv(0), node("Add", (12, 10, 4), PICTURE, 1))
    regions = fields_of(nodes, SIZE)[2]
    assert regions == fields_of(nodes, SIZE)[1]
    assert regions[0][5] == (3, 7)
    assert regions[1][0] == (0, 2)


def test_one_place_that_is_multiplied_with_a_map_makes_every_place_see_the_whole_picture() -> None:
    squeeze = node("GlobalAveragePooling2D", (4,), 0)
    nodes = (conv(PICTURE), squeeze, node("Reshape", (1, 1, 4), 1), node("Multiply", (12, 10, 4), 0, 2))
    assert set(fields_of(nodes, SIZE)[3][0]) == {(0, 11)}


@pytest.mark.parametrize(
    "strange",
    [
        node("Reshape", (20, 6, 4), 0),
        node("Permute", (12, 10, 4), 0),
        node("Conv3DTranspose", (12, 10, 4), 0, **CONV),
        node("Conv2DTranspose", (13, 10, 4), 0, **CONV),
        node("Concatenate", (24, 10, 4), 0, 0, axis=1),
        node("UpSampling2D", (24, 20, 4), 0, size=(2, 2), interpolation="bicubic"),
        node("LayerNormalization", (12, 10, 4), 0, axis=[1, 2]),
        node("Softmax", (12, 10, 4), 0, axis=1),
        conv(0, data_format="channels_first"),
    ],
)
def test_what_is_not_traced_says_so_by_name_and_stays_so_behind_it(strange: Node) -> None:
    behind = node("ReLU", strange.output_shape, 1)
    found = fields_of((conv(PICTURE), strange, behind), SIZE)
    said = f"behind {strange.name} ({strange.class_name}) it is not traced what a place sees"
    assert found[1:] == (said, said)


def test_only_a_row_without_a_branch_is_taken_apart_together_with_its_layer() -> None:
    relu = node("ReLU", (12, 10, 4), 0)
    pool = node("MaxPooling2D", (6, 5, 4), 1, pool_size=(2, 2), strides=(2, 2), padding="valid")
    alone = (conv(PICTURE), relu, pool)
    assert windowed(alone, SIZE, 0).stages == ("relu",)
    assert windowed(alone, SIZE, 0).pool.index == 2
    branched = (*alone, node("Add", (12, 10, 4), 0, 1))
    assert windowed(branched, SIZE, 0).stages == ()
    assert windowed(branched, SIZE, 0).pool is None
