"""The panels beside the table say what the core computed, and no name can inject markup."""

import re

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import check, trace
from cnnlab.core.teach.network_doctor import fixes
from cnnlab.core.teach.post import post_differs
from cnnlab.core.teach.remarks import remarks
from cnnlab.viz.network.panels import doctor_panel, layer_panel, post_panel, remarks_panel


def test_a_layer_is_explained_with_its_own_numbers() -> None:
    panel = layer_panel(Network.seed(), trace(Network.seed()), 6, 16)
    for said in ("36 − 3 + 1 = 34", "3 · 3 · 32 · 64 = 18,432", "18,432 + 64 = 18,496", "10 + (3 − 1) · 4 = 18 px"):
        assert said in panel
    assert '<caption class="said">Every number of conv2d_2</caption>' in panel


def test_every_way_out_is_a_button_in_order() -> None:
    network = Network.seed().with_image_size(21, 21)
    problem = check(network)
    assert problem is not None
    found = fixes(network, problem)
    panel = doctor_panel(problem, found)
    assert re.findall(r'data-fix="(\d+)"', panel) == [str(i) for i in range(len(found))]
    assert "at least 22 × 22" in panel


def test_without_a_way_out_the_page_says_so() -> None:
    problem = check(Network((4, 4, 1), ()))
    assert problem is not None
    assert "<button" not in doctor_panel(problem, ())
    assert "undo" in doctor_panel(problem, ())


def test_the_dense_layer_that_holds_nearly_all_is_remarked() -> None:
    panel = remarks_panel(remarks(Network.seed()))
    assert "<b>dense</b>" in panel
    assert "97.6%" in panel
    assert remarks_panel(()) == ""


def test_the_post_stands_beside_keras() -> None:
    panel = post_panel(post_differs(Network.seed()))
    assert "148 − 3 + 1 = 146" in panel
    assert "74 − 3 + 1 = 72" in panel
    assert "because 148 is even" in panel
    plain = Network((4, 4, 1), (Layer.make("Flatten"),))
    assert post_panel(post_differs(plain)) == ""
