"""A key of the session that two modules know stands in one place, with its one default."""

import ast
from collections.abc import Iterator
from pathlib import Path

from cnnlab.ui.session import keys

ROOT = Path(__file__).resolve().parents[3]
FILES = [path for folder in ("cnnlab/ui", "pages") for path in sorted((ROOT / folder).rglob("*.py"))]
READERS = ("chosen", "text", "part")


def used(tree: ast.AST) -> Iterator[str]:
    """Yield every text that stands where a key of the session does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "key":
            yield from texts(node.value)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "st.session_state":
            yield from texts(node.slice)
        elif isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            if called.startswith("st.session_state.") or called in READERS:
                yield from texts(node.args[0])


def texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_no_two_modules_spell_the_same_key() -> None:
    where: dict[str, set[str]] = {}
    for path in FILES:
        for key in used(ast.parse(path.read_text(encoding="utf-8"))):
            where.setdefault(key, set()).add(path.name)
    assert len(where) > 50, "else nothing was found"
    assert {key: files for key, files in where.items() if len(files) > 1} == {}


def test_no_module_spells_a_key_that_has_a_name() -> None:
    named = {key.name for key in vars(keys).values() if isinstance(key, keys.Key)}
    assert len(named) > 10
    for path in FILES:
        spelt = named & set(used(ast.parse(path.read_text(encoding="utf-8"))))
        assert not spelt, f"{path.name} spells {spelt}; use it from keys.py"
