"""HTML is built in one place, which escapes: no other file writes an element, escapes a name or draws what it wrote."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.house.test_house import ROOT, SOURCES

BUILDER, TEMPLATES, DRAWN = "cnnlab/viz/html.py", "cnnlab/viz/network/shape_table.py", "cnnlab/ui/parts/html.py"
"""What builds; the table that is drawn anew while a hand moves, whose cells are templates; and what draws."""
ELEMENT = re.compile(r"<[/!]?[a-zA-Z]")
NO_HTML = re.compile(r"</?extra>|<br>|<class>")
"""What Plotly reads, and a folder that is named by its class."""
DRAWING = [path for path in SOURCES if path.relative_to(ROOT).parts[:2] in (("cnnlab", "ui"), ("cnnlab", "viz"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def written(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every text that is written in a file, also between the braces of one, without docstrings."""
    said = (
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    docstrings = set(said)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", [*DRAWING, *(ROOT / "pages").glob("*.py")], ids=name_of)
def test_html_is_built_in_one_place(path: Path) -> None:
    name, tree = name_of(path), ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert "html" not in [alias.name for alias in node.names], f"{name}:{node.lineno} escapes by hand"
        if isinstance(node, ast.ImportFrom) and name not in (BUILDER, TEMPLATES):
            assert node.module != "html", f"{name}:{node.lineno} escapes by hand"
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "st.html":
            assert name == DRAWN, f"{name}:{node.lineno} draws without show_html"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Html":
            assert name in (BUILDER, TEMPLATES), f"{name}:{node.lineno} says that a text is HTML"
    for line, text in written(tree):
        if ELEMENT.search(NO_HTML.sub("", text)):
            assert name in (BUILDER, TEMPLATES), f"{name}:{line} writes an element: {text!r}"


def test_the_check_finds_an_element_between_braces() -> None:
    found = [text for _, text in written(ast.parse('"""<p>"""\nx = f"a <b>{y}</b>"\n'))]
    assert found == ["a <b>", "</b>"]
    assert all(map(ELEMENT.search, found))
