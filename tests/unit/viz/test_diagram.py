"""The diagram is drawn from the trace: one block a layer, as large as its tensor, every channel countable."""

from xml.etree import ElementTree

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import trace, trace_until_problem
from cnnlab.viz.network.diagram import COUNTED, closer_look, diagram

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def blocks(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [g for g in root.iter(f"{SVG}g") if g.get("data-layer") is not None]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.key)
def test_every_traced_layer_is_one_block_with_its_shape(preset) -> None:
    rows, _ = trace_until_problem(preset.network)
    drawn = blocks(parsed(diagram(preset.network, rows)))
    assert [int(g.get("data-layer", "")) for g in drawn] == list(range(-1, len(rows)))
    for g, row in zip(drawn[1:], rows, strict=True):
        words = "".join(g.itertext())
        assert "×".join(f"{n:,}" for n in row.output_shape) in words
        assert row.name in words
        assert g.get("role") == "button"
        assert g.get("tabindex") == "0"


def height(g: ElementTree.Element) -> float:
    front = list(g.iter(f"{SVG}path"))[-1].get("d", "")
    return -float(front.split("v")[1].split("h")[0])


def test_blocks_follow_the_size_of_their_tensors() -> None:
    rows = trace(Network.seed())
    drawn = blocks(parsed(diagram(Network.seed(), rows)))[1:]
    sizes = [(row.output_shape[0], height(g)) for row, g in zip(rows, drawn, strict=True) if len(row.output_shape) == 3]
    assert [h for _, h in sizes] == sorted((h for _, h in sizes), reverse=True)
    assert sizes[0][1] / sizes[-1][1] == pytest.approx((148 / 17) ** 0.5, rel=0.02)


def test_only_the_selected_block_is_marked() -> None:
    drawn = blocks(parsed(diagram(Network.seed(), trace(Network.seed()), 3)))
    assert [g.get("data-layer") for g in drawn if g.get("class") == "chosen"] == ["3"]


def test_close_up_every_channel_and_every_cell_of_the_kernel_is_there() -> None:
    layer = Layer.make("Conv2D", filters=7, kernel_size=(3, 5))
    row = trace(Network((9, 9, 2), (layer,)))[0]
    drawn = [len(list(g.iter(f"{SVG}rect"))) for g in parsed(closer_look(layer, row)).iter(f"{SVG}g")]
    assert drawn == [2, 15, 7]
    assert "7 kernels of 3 × 5 × 2" in closer_look(layer, row)


def test_more_channels_than_can_be_counted_are_said() -> None:
    row = trace(Network.seed())[10]
    text = closer_look(Network.seed().layers[10], row)
    assert len(list(parsed(text).iter(f"{SVG}rect"))) == 2 * COUNTED
    assert f"+ {18_496 - COUNTED:,}" in text


def test_every_layer_of_every_preset_can_be_seen_close_up() -> None:
    for preset in PRESETS:
        rows, _ = trace_until_problem(preset.network)
        for layer, row in zip(preset.network.layers, rows, strict=False):
            parsed(closer_look(layer, row))
