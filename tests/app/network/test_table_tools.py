"""The tools around the shape table: more columns, the batch, predictions, and the demonstration of the output."""

import json
import math
import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Network
from tests.app.driving import lab, mine, move, open_page, send, trigger

LAB = "network_lab"
CELLS = re.compile(r"<td[^>]*>([^<]*)</td>")


@pytest.fixture
def app() -> AppTest:
    return open_page("architecture")


def table(app: AppTest) -> str:
    return lab(app)["table"]


def test_every_number_splits_parameters_and_adds_shares_memory_and_jump(app: AppTest) -> None:
    trigger(app, LAB, "view", {"every_number": True})
    trigger(app, LAB, "view", {"batch_size": 32})
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)", table(app))
    assert heads[2:] == [
        "output shape",
        "weights",
        "biases",
        "not trained",
        "parameters",
        "share",
        "multiply-adds",
        "share",
        "activations × 32",
        "receptive field",
        "jump",
    ]
    dense = CELLS.findall(table(app).split("</tr>")[11])
    assert dense[1:] == [
        "64", "1,183,744", "64", "0", "1,183,808", "97.6%", "1,183,744", "1.3%", "8.0 KiB", "150 × 150", "none",
    ]  # fmt: skip


@pytest.mark.parametrize(("batch", "shown"), [("None", "(None, 148, 148, 32)"), ("size", "(16, 148, 148, 32)")])
def test_the_batch_can_be_shown_as_none_or_as_its_size(app: AppTest, batch: str, shown: str) -> None:
    trigger(app, LAB, "view", {"batch": batch})
    assert shown in table(app)
    trigger(app, LAB, "view", {"batch": ""})
    assert "148 × 148 × 32" in table(app)


def test_a_changed_batch_size_is_shown_at_once(app: AppTest) -> None:
    trigger(app, LAB, "view", {"batch": "size"})
    trigger(app, LAB, "view", {"batch_size": 50})
    assert "(50, 148, 148, 32)" in table(app)


@pytest.mark.parametrize(
    "wish", [7, None, {"batch": "x"}, {"batch_size": 0}, {"batch_size": True}, {"asked": "name"}, {"revealed": 1}]
)
def test_a_wish_the_table_does_not_know_changes_nothing(app: AppTest, wish: object) -> None:
    before = mine(app).lab.view
    trigger(app, LAB, "view", wish)
    assert not app.exception
    assert mine(app).lab.view == before


def test_a_hidden_column_can_be_predicted_and_is_told_nowhere_else(app: AppTest) -> None:
    trigger(app, LAB, "picked", 3)
    trigger(app, LAB, "view", {"asked": "shape"})
    assert "72" not in re.sub(r"<[^>]*>", " ", table(app))
    assert "72×72" not in json.dumps(lab(app)["strip"], ensure_ascii=False)
    assert "72" not in lab(app)["panel"] + lab(app)["post"]
    trigger(app, LAB, "answer", {"index": 3, "text": "146 × 146 × 32"})
    assert "max_pooling2d made the maps smaller: this layer reads 74 × 74." in unescape(table(app))
    assert lab(app)["view"]["score"] == "0 of 15 right"
    trigger(app, LAB, "answer", {"index": 3, "text": "72, 72, 32"})
    assert "74 − 3 + 1 = 72" in table(app)
    assert lab(app)["view"]["score"] == "1 of 15 right"
    trigger(app, LAB, "view", {"revealed": True})
    assert "34 × 34 × 64" in table(app)
    assert not lab(app)["view"]["hidden"]


def test_hidden_parameters_are_not_told_by_the_total(app: AppTest) -> None:
    trigger(app, LAB, "view", {"asked": "params"})
    shown = table(app) + json.dumps(lab(app)["total"])
    assert "1,212,513" not in shown
    assert "(3·3·3 + 1)·32" not in shown


def test_answers_belong_to_one_network(app: AppTest) -> None:
    trigger(app, LAB, "view", {"asked": "shape"})
    trigger(app, LAB, "answer", {"index": 0, "text": "148 × 148 × 32"})
    move(app, LAB, {"layer0.kernel_size": 5})
    assert mine(app).lab.view.verdicts == {}
    assert "146 × 146" not in table(app)


@pytest.mark.parametrize(
    "sent", [7, {"index": 99, "text": "1"}, {"index": 0}, {"index": "0", "text": "1"}, {"index": 0, "text": " "}]
)
def test_an_answer_of_another_form_is_ignored(app: AppTest, sent: object) -> None:
    trigger(app, LAB, "view", {"asked": "params"})
    trigger(app, LAB, "answer", sent)
    assert not app.exception
    assert mine(app).lab.view.verdicts == {}


def test_what_somebody_answers_never_becomes_html(app: AppTest) -> None:
    trigger(app, LAB, "view", {"asked": "shape"})
    trigger(app, LAB, "answer", {"index": 0, "text": '"><img src=x>'})
    assert "<img" not in table(app)


def test_the_head_switches_between_one_sigmoid_and_two_softmax_units(app: AppTest) -> None:
    trigger(app, LAB, "head", "softmax")
    last = mine(app).network.layers
    assert (last[-2].config["units"], last[-1].config["activation"]) == (2, "softmax")
    trigger(app, LAB, "head", "sigmoid")
    assert mine(app).network == Network.seed()


def test_the_same_probability_is_shown_for_both_heads(app: AppTest) -> None:
    send(app, LAB, json.dumps({"logits": [-1.5, 2]}))
    assert lab(app)["head"].count(f"{1 / (1 + math.exp(-3.5)):.3f}") == 2
    send(app, LAB, json.dumps({"logits": [99, "x"]}))
    assert not app.exception
    assert mine(app).lab.logits == (-1.5, 2.0)


def test_what_one_unit_sees_follows_the_layer_and_the_sliders(app: AppTest) -> None:
    assert lab(app)["unit"]["html"] == ""
    trigger(app, LAB, "unit_open", True)
    assert "Click a layer" in lab(app)["unit"]["html"]
    trigger(app, LAB, "picked", 6)
    assert lab(app)["unit"]["sides"] == [34, 34]
    assert "18 × 18 pixels." in lab(app)["unit"]["html"]
    send(app, LAB, json.dumps({"unit": [0, 33]}))
    assert "rows 0 to 17 and columns 132 to 149" in lab(app)["unit"]["html"]
    trigger(app, LAB, "picked", 8)
    assert lab(app)["unit"]["unit"] == [0, 16]
    trigger(app, LAB, "picked", 10)
    assert "sees the whole picture" in lab(app)["unit"]["html"]


@pytest.mark.parametrize("sent", [7, [1], [-1, 2], ["a", "b"], [1.5, 2]])
def test_a_place_that_is_none_is_ignored(app: AppTest, sent: object) -> None:
    trigger(app, LAB, "unit_open", True)
    trigger(app, LAB, "picked", 6)
    send(app, LAB, json.dumps({"unit": sent}))
    assert not app.exception
    assert lab(app)["unit"]["unit"] == [17, 17]
