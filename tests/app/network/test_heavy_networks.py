"""No number in a network, however large, lets a page grow: its messages, its time and the process's memory."""

import subprocess
import sys

import pytest

from tests.app.driving import ROOT

DRIVE = """
import itertools, sys, time
from dataclasses import replace
from cnnlab.core.network import Layer, Network
from cnnlab.processes.inference import Inside
from cnnlab.processes.limits.memory import limit_memory
from cnnlab.ui.session import services
from cnnlab.ui.parts.pages import TITLES
from tests.app.driving import go_to, html_of, mine, open_page
client = Inside(services.settings(), command=["false"])
services.inference = lambda: client
SEED, HUGE = Network.seed(), 1_000_000
L = Layer.make
networks = {}
for side in (300, 2000, 4096, HUGE):
    networks[f"kernel {side}"] = Network((150, 150, 3), (L("Conv2D", filters=2, kernel_size=side, padding="same"),))
    networks[f"depthwise {side}"] = Network((150, 150, 3), (L("DepthwiseConv2D", kernel_size=side, padding="same"),))
    networks[f"pool {side}"] = Network((150, 150, 3), (L("MaxPooling2D", pool_size=side, padding="same"),))
    networks[f"input {side}"] = Network((side, 1, 3), (L("Activation", activation="relu"),) * 150)
    networks[f"square {side}"] = SEED.with_image_size(side, side)
for option in ("filters", "strides", "dilation_rate"):
    networks[option] = SEED.with_option(0, option, HUGE).with_option(0, "padding", "same")
networks["units"] = SEED.with_option(10, "units", HUGE)
networks["padding"] = Network((8, 8, 3), (L("ZeroPadding2D", padding=HUGE), *SEED.layers))
networks["multiplier"] = Network((8, 8, 3), (L("DepthwiseConv2D", kernel_size=1, depth_multiplier=HUGE),) * 200)
networks["strided"] = Network((8, 8, 3), (L("MaxPooling2D", strides=HUGE, padding="same"),) * 200)
networks["many"] = Network((8, 8, 3), (L("Conv2D", filters=HUGE, kernel_size=1), *(L("Dropout", rate=0.5),) * 60))
app = open_page("architecture")
limit_memory(700 << 20)
for page, (name, network) in itertools.product(sys.argv[1:], networks.items()):
    if f"<h1>{TITLES[page]}</h1>" not in html_of(app):
        go_to(app, page)
    shared = mine(app)
    shared.change_network(network)
    shared.lab = replace(shared.lab, diagram=True, unit_open=True, editor=True)
    shared.layer = shared.layer.at(0)
    started = time.process_time()
    app.run()
    seconds = time.process_time() - started
    size = sum(len(str(node.proto)) for node in app.main if hasattr(node, "proto"))
    assert not app.exception, (page, name, app.exception)
    assert seconds < 4, (page, name, seconds)
    assert size < 2_000_000, (page, name, size)
"""


@pytest.mark.parametrize(
    "pages",
    [
        ["architecture"],
        pytest.param(["convolution", "feature_maps", "training", "home"], marks=pytest.mark.slow),
    ],
)
def test_pages_stay_small_whatever_number_a_network_holds(pages: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRIVE, *pages], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
