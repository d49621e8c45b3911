"""Every page survives a network that reads sequences: it works with it, or says in one sentence that it does not."""

from dataclasses import replace

import pytest

from cnnlab.core.network import Network
from cnnlab.core.network.sequence_presets import primer, sequence_seed
from cnnlab.core.words import plain
from tests.app.driving import NAMES, mine, open_page
from tests.app.network.test_impossible_networks import PARTS, opened

PICTURES_ONLY = ("augmentation", "convolution", "explain", "feature_maps")
SAID = plain("This network reads sequences (50 × 4: length × channels), and here a picture is needed")


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("architecture", "lessons", "exercises")])
def test_no_page_breaks_on_a_network_for_sequences(name: str) -> None:
    app = open_page(name)
    mine(app).change_network(primer())
    for key, value in PARTS.get(name, ({},))[0].items():
        app.session_state[key] = value
    app.session_state["weights_source"] = "random"
    assert not app.run().exception
    if name in PICTURES_ONLY:
        assert any(SAID in each.value for each in (*app.error, *app.warning)), name


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("network", [primer(), sequence_seed().with_sides(6)], ids=["possible", "impossible"])
def test_every_open_part_of_the_architecture_page_works_in_one_dimension(network: Network) -> None:
    app = open_page("architecture")
    visitor = mine(app)
    visitor.change_network(network)
    visitor.lab = replace(visitor.lab, unit_open=True)
    for part in opened(visitor, network):
        assert not app.run().exception, part
