"""Every page, with every part of it open, survives a network that cannot exist, and says why it cannot."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import check
from cnnlab.core.teach.predict import ASKED
from cnnlab.ui.augment.lab import VIEWS as AUGMENTATION_VIEWS
from cnnlab.ui.inside.convolution import VIEWS as CONVOLUTION_VIEWS
from cnnlab.ui.session import Shared
from tests.app.driving import NAMES, mine, open_page
from tests.random_networks import random_network

SEED = Network.seed()
IMPOSSIBLE = {
    "first layer": SEED.with_option(0, "kernel_size", 200),
    "in the middle": SEED.with_option(5, "pool_size", 80),
    "last convolution": SEED.with_image_size(16, 16),
    "no rows and columns": replace(SEED, layers=(*SEED.layers[:10], Layer.make("Conv2D", filters=3, kernel_size=3))),
    "nothing but a problem": Network((1, 1, 1), (Layer.make("MaxPooling2D", pool_size=2),)),
}
PARTS: dict[str, tuple[dict[str, object], ...]] = {
    "architecture": ({"keras_summary": True},),
    "convolution": tuple({"convolution_show": view} for view in CONVOLUTION_VIEWS),
    "feature_maps": (
        {"weights_source": "random"},
        {"weights_source": "demo", "map_kind": "filters", "map_twins": "in this picture", "map_dead": True},
        {"weights_source": "random", "maps_beside": "another picture"},
    ),
    "augmentation": tuple({"augmentation_view": view} for view in AUGMENTATION_VIEWS),
    "training": ({"start_paused": True, "schedule": "cosine"},),
}


def opened(visitor: Shared, network: Network) -> Iterator[str]:
    """Open what a visitor can open of the architecture page, for one layer after the other; yield what is open."""
    last = len(network.layers) - 1
    for selected in sorted({0, last // 2, last}):
        visitor.layer = visitor.layer.at(selected)
        visitor.lab = replace(visitor.lab, unit_open=True, diagram=True, unit=(3, 9))
        for asked in ("", *ASKED):
            view = replace(visitor.lab.view, asked=asked, revealed=not visitor.lab.view.revealed, every_number=True)
            visitor.lab = replace(visitor.lab, editor=not visitor.lab.editor, view=view)
            yield f"layer {selected}, asked {asked!r}"


def meet(app: AppTest, name: str, network: Network, most: int | None = None) -> None:
    """Let a page draw a network with everything open, or with `most` of what can be opened."""
    assert check(network) is not None
    visitor = mine(app)
    visitor.change_network(network)
    visitor.layer, visitor.lab = visitor.layer.at(0), replace(visitor.lab, unit_open=True)
    for part in PARTS.get(name, ({},))[:most]:
        for key, value in part.items():
            app.session_state[key] = value
        assert not app.run().exception, part
    if name == "architecture":
        for part in islice(opened(visitor, network), most):
            assert not app.run().exception, part


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", PARTS)
def test_no_open_part_of_a_page_breaks_on_an_impossible_network(name: str) -> None:
    meet(open_page(name), name, IMPOSSIBLE["last convolution"], most=2)


@pytest.mark.slow
@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_no_open_part_of_a_page_breaks_on_any_impossible_network(name: str) -> None:
    app, rng = open_page(name), random.Random(7)
    drawn = (random_network(rng) for _ in range(120))
    for network in [*IMPOSSIBLE.values(), *(network for network in drawn if check(network) is not None)]:
        meet(app, name, network)
