"""The shape table is a real table that a screen reader can walk, and marks what changed."""

from html.parser import HTMLParser

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace, trace_until_problem
from cnnlab.viz.network.shape_table import shape_table


class Table(HTMLParser):
    """Read a table into rows of (tag, classes, text)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str, str]]] = []
        self.attributes: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
            self.attributes.append(dict(attrs))
        elif tag in ("td", "th"):
            self.rows[-1].append((tag, dict(attrs).get("class") or "", ""))

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            tag, classes, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, classes, text + data)


def test_every_layer_has_a_row_headed_by_its_name() -> None:
    network = Network.seed()
    table = Table(shape_table(network, trace(network)))
    names = [row[1][2] for row in table.rows[1:-1]]
    assert names == [row.name for row in trace(network)]
    assert all(row[1][0] == "th" for row in table.rows[1:])
    assert [cell[2] for cell in table.rows[1][2:]] == [
        "148 × 148 × 32",
        "150 − 3 + 1 = 148",
        "896",
        "(3·3·3 + 1)·32",
        "18,925,056",
        "3 × 3",
    ]
    assert "1,212,513" in [cell[2] for cell in table.rows[-1]]


def test_only_what_changed_is_marked() -> None:
    network = Network.seed()
    changed = network.with_option(6, "filters", 65)
    table = Table(shape_table(changed, trace(changed), before=trace(network)))
    marked = {i - 1 for i, row in enumerate(table.rows) if any("changed" in cell[1] for cell in row)}
    assert marked == {6, 7, 8, 9, 10}


def test_from_the_impossible_layer_on_nothing_is_claimed() -> None:
    network = Network.seed().with_image_size(21, 21)
    rows, problem = trace_until_problem(network)
    table = Table(shape_table(network, rows, problem))
    assert table.attributes[9]["class"] == "problem"
    assert "floor((1 − 2) / 2) + 1 = 0" in table.rows[9][2][2]
    assert [a.get("class") for a in table.attributes[10:]] == ["dimmed"] * 6
    assert all(row[2][2] == "not reached" for row in table.rows[10:])


def test_a_layers_name_cannot_inject_markup() -> None:
    network = Network((4, 4, 1), (Layer("Flatten", (), name="<img src=x onerror=alert(1)>"),))
    assert "<img" not in shape_table(network, trace(network))


def test_the_selected_layer_is_the_current_row() -> None:
    network = Network.seed()
    table = Table(shape_table(network, trace(network), selected=3))
    assert [i for i, a in enumerate(table.attributes) if a.get("aria-current")] == [4]
