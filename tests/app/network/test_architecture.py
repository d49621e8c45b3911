"""The architecture page: controls move shapes, impossible networks are explained, and nothing hostile gets in."""

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Network
from cnnlab.core.shapes import check, layer_names, trace
from tests.app.driving import lab, mine, move, open_page, send, step

CONTROLS = "network_lab"
ROW_NAMES = re.compile(r'<th scope="row">(?:<button[^>]*>)?([^<]*)<')


def table(app: AppTest) -> str:
    return lab(app)["table"]


def kernel(app: AppTest, index: int = 0) -> int:
    return mine(app).network.layers[index].config["kernel_size"][0]


@pytest.fixture
def app() -> AppTest:
    return open_page("architecture")


def test_the_table_shows_the_posts_network(app: AppTest) -> None:
    names = ROW_NAMES.findall(table(app))
    assert names == [*layer_names(Network.seed()), "total"]
    assert len(names) == 16
    assert "1,212,513" in table(app)
    assert lab(app)["total"]["number"] == "1,212,513"
    assert "148 × 148 × 32" in table(app)


def test_every_row_is_the_trace_of_the_network(app: AppTest) -> None:
    lines = re.findall(r"<tr.*?</tr>", table(app))[1:-1]
    rows = trace(Network.seed())
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        assert " × ".join(f"{n:,}" for n in row.output_shape) in line
        assert f">{row.params:,}<" in line
        assert f">{row.macs:,}<" in line
        assert f">{row.receptive_field[0]} × {row.receptive_field[1]}<" in line


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ({"layer0.kernel_size": 5, "layer3.kernel_size": 5, "layer6.kernel_size": 5}, "1,001,057"),
        ({"layer0.kernel_size": 7, "layer3.kernel_size": 5}, "1,097,569"),
        ({"layer2.pool_size": 3, "layer5.pool_size": 3, "layer8.pool_size": 3}, "94,305"),
        ({"layer0.filters": 64, "layer3.filters": 64, "layer6.filters": 128}, "2,480,193"),
        ({"input.size": 64}, "176,225"),
        ({"input.size": 22}, "32,865"),
    ],
)
def test_moving_controls_changes_the_total(app: AppTest, values: dict[str, int], total: str) -> None:
    move(app, CONTROLS, values)
    assert not app.exception
    assert lab(app)["total"]["number"] == total
    assert f">{total}<" in table(app)


def test_numbers_that_changed_are_marked(app: AppTest) -> None:
    assert "changed" not in table(app)
    move(app, CONTROLS, {"layer6.filters": 32})
    marked = re.findall(r'class="changed number">([^<]*)<', table(app))
    assert "34 × 34 × 32" in marked
    assert "148 × 148 × 32" not in marked


@pytest.mark.parametrize(
    ("values", "index", "name", "numbers"),
    [
        ({"layer2.pool_size": 12, "layer5.pool_size": 12}, 5, "max_pooling2d_1", ("12", "10")),
        ({"input.size": 8, "layer0.kernel_size": 9}, 0, "conv2d", ("9", "8")),
    ],
)
def test_an_impossible_network_names_the_layer_and_the_arithmetic(
    app: AppTest, values: dict[str, int], index: int, name: str, numbers: tuple[str, str]
) -> None:
    move(app, CONTROLS, values)
    assert not app.exception
    problem = check(mine(app).network)
    assert problem is not None
    assert (problem.index, problem.layer_name) == (index, name)
    said = unescape(re.sub(r"<[^>]*>", " ", table(app)))
    assert re.search(rf"{name}\s+{re.escape(problem.message)}", said)
    assert all(re.search(rf"\b{number}\b", problem.message) for number in numbers)
    assert name in lab(app)["total"]["said"]
    assert table(app).count('class="problem"') == 1
    assert table(app).count('class="dimmed"') == 14 - index
    assert lab(app)["total"]["number"] == "impossible"


def test_an_impossible_network_comes_back_when_the_control_does(app: AppTest) -> None:
    move(app, CONTROLS, {"layer2.pool_size": 12, "layer5.pool_size": 12})
    move(app, CONTROLS, {"layer2.pool_size": 2, "layer5.pool_size": 2})
    assert "1,212,513" in table(app)


def test_undo_and_redo_walk_through_the_changes(app: AppTest) -> None:
    move(app, CONTROLS, {"layer0.kernel_size": 5})
    move(app, CONTROLS, {"layer0.kernel_size": 5, "layer3.kernel_size": 7})
    version = mine(app).history.version
    step(app, "undo")
    assert (kernel(app, 0), kernel(app, 3)) == (5, 3)
    assert mine(app).history.version > version, "the sliders would keep the value that was undone"
    step(app, "undo")
    assert "1,212,513" in table(app)
    assert "undo" not in lab(app)["history"]
    step(app, "redo")
    step(app, "redo")
    assert (kernel(app, 0), kernel(app, 3)) == (5, 7)
    assert "redo" not in lab(app)["history"]


def test_one_drag_is_one_step_for_undo(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlab.core.network.history.COALESCE_SECONDS", 1000.0)  # however slow this machine is
    for value in (4, 5, 6, 7, 8):
        move(app, CONTROLS, {"layer0.kernel_size": value})
    step(app, "undo")
    assert kernel(app) == 3


def test_the_posts_network_is_one_click_away_and_can_be_undone(app: AppTest) -> None:
    assert "reset" not in lab(app)["history"]
    move(app, CONTROLS, {"layer0.kernel_size": 5})
    step(app, "reset")
    assert mine(app).network == Network.seed()
    step(app, "undo")
    assert kernel(app) == 5


@pytest.mark.parametrize(
    "values",
    [
        {"layer0.kernel_size": 0},
        {"layer0.kernel_size": -3},
        {"layer0.kernel_size": 10**9},
        {"layer0.kernel_size": 3.5},
        {"layer0.kernel_size": "5"},
        {"layer0.kernel_size": None},
        {"layer0.kernel_size": True},
        {"layer0.kernel_size": [5, 5]},
        {"layer0.kernel_size": float("nan")},
        {"layer0.kernel_size": float("inf")},
        {"layer13.units": 5},
        {"layer99.filters": 5},
        {"layer1.filters": 5},
        {"layer0.padding": 1},
        {"input.channels": 1},
        {"__class__": 5, "": 1, "layer0": 2, "layerx.filters": 3},
    ],
)
def test_hostile_values_are_ignored(app: AppTest, values: dict[str, object]) -> None:
    move(app, CONTROLS, values)
    assert not app.exception
    assert mine(app).network == Network.seed()
    assert "1,212,513" in table(app)


@pytest.mark.parametrize("values", ["5", [1, 2], 7, None, True])
def test_values_that_are_no_object_are_ignored(app: AppTest, values: object) -> None:
    move(app, CONTROLS, values)
    assert not app.exception
    assert mine(app).network == Network.seed()


@pytest.mark.parametrize("state", ["null", "[]", "7", '"values"', "{}", '{"values": null}'])
def test_a_component_state_of_another_form_is_ignored(app: AppTest, state: str) -> None:
    send(app, CONTROLS, state)
    assert not app.exception
    assert mine(app).network == Network.seed()


def test_a_good_value_beside_a_hostile_one_is_taken(app: AppTest) -> None:
    move(app, CONTROLS, {"layer0.kernel_size": 5, "layer3.kernel_size": "x", "layer99.units": 4})
    assert (kernel(app, 0), kernel(app, 3)) == (5, 3)
