"""What is said to a user instead of being done is a refusal, and shown in one place."""

import ast
import builtins

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.words import plain
from tests.nasty_names import NASTY
from tests.unit.house.test_house import ROOT, SOURCES

NEVER_SHOWN = {
    "NoTurnError": "becomes the sentence of whoever waited",
    "Interrupted": "is one try of several, and the last becomes a sentence",
    "TrainingStopped": "is no error: it was asked for",
    "Left": "leaves out one member of an archive, and its reason stands in the report",
    "_TooMuch": "ends an upload, whose answer says why",
    "_Broken": "is one try of several",
    "Nonsense": "is logged and ignored: a browser sent what nobody offered",
    "TooLong": "must pass every handler of errors on its way out",
}


def ours() -> dict[str, set[str]]:
    """Return every class of ours that is an exception, with the names of its bases."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {base.id for base in node.bases if isinstance(base, ast.Name)} for node in classes}
    found: set[str] = set()
    while more := {name for name, above in bases.items() if any(is_exception(b, found) for b in above)} - found:
        found |= more
    return {name: bases[name] for name in found}


def is_exception(name: str, known: set[str]) -> bool:
    built_in = getattr(builtins, name, None)
    return name in known or (isinstance(built_in, type) and issubclass(built_in, BaseException))


def test_every_error_that_is_shown_is_a_refusal() -> None:
    errors = ours()
    refusals = {"Refusal"}
    while more := {name for name, above in errors.items() if above & refusals} - refusals:
        refusals |= more
    assert len(refusals) > 25
    assert errors.keys() - refusals == NEVER_SHOWN.keys()


def test_one_place_shows_refusals() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "st.error":
                assert path.relative_to(ROOT).as_posix() == "cnnlab/ui/parts/refuse.py", f"{path}:{node.lineno}"


@pytest.mark.parametrize("name", NASTY)
def test_a_refusal_is_shown_as_nothing_but_words(name: str) -> None:
    def page(name: str) -> None:
        from cnnlab.core.words import Refusal
        from cnnlab.ui.parts.refuse import refuse

        refuse(Refusal(f"{name} is no picture."))

    (shown,) = AppTest.from_function(page, args=(name,)).run().error
    assert shown.value == plain(f"{name} is no picture.")
