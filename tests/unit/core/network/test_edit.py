"""Layers are inserted, removed, moved and duplicated without changing the network they came from."""

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.edit import NEW, duplicated, inserted, moved, offered, removed
from cnnlab.core.network.layers import KINDS
from cnnlab.core.shapes import check

A, B, C = (Layer.make("Dense", units=n, name=f"d{n}") for n in (1, 2, 3))
NETWORK = Network((4, 4, 1), (A, B, C))


def test_every_edit_returns_another_network() -> None:
    assert inserted(NETWORK, 1, C).layers == (A, C, B, C)
    assert inserted(NETWORK, 3, A).layers == (A, B, C, A)
    assert removed(NETWORK, 0).layers == (B, C)
    assert moved(NETWORK, 0, 1).layers == (B, A, C)
    assert moved(NETWORK, 2, -1).layers == (A, C, B)
    assert NETWORK.layers == (A, B, C)


def test_a_layer_stops_at_the_ends() -> None:
    assert moved(NETWORK, 0, -1) == NETWORK
    assert moved(NETWORK, 2, 1) == NETWORK
    assert moved(NETWORK, 0, 9).layers == (B, C, A)


def test_a_copy_has_no_name_so_that_the_network_stays_possible() -> None:
    twice = duplicated(NETWORK, 1)
    assert [layer.name for layer in twice.layers] == ["d1", "d2", None, "d3"]
    assert check(twice) is None


def test_every_class_can_be_added() -> None:
    assert set(NEW) == set(KINDS)
    for layer in NEW.values():
        shape = (8, 3) if layer.kind.rank == 1 else (8, 8, 3)
        assert check(Network(shape, (layer,))) is None
        assert layer.class_name in offered(Network(shape, ()))


def test_only_what_is_for_the_networks_input_is_offered() -> None:
    assert "Conv2D" not in offered(Network((8, 3), ()))
    assert "Conv1D" not in offered(NETWORK)
