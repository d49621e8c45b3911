"""The glossary: every term stands somewhere in the product, is explained plainly, and no word has two meanings."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from cnnlab.core.lessons import Lesson
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.teach.glossary import Term, glossary, glossary_languages

ROOT = Path(__file__).resolve().parents[4]
ROOMS = ("pages", "cnnlab/ui", "cnnlab/viz", "cnnlab/core/teach")
SHORTEST = 4  # words; less is a name, not a text


def texts(lesson: Lesson) -> list[str]:
    asks = [ask for step in lesson.steps for ask in step.asks]
    said = [text for ask in asks for text in (ask.question, ask.hint, ask.explain)]
    return [step.text for step in lesson.steps] + said + [c.says for ask in asks for c in ask.choices]


@cache
def running_text() -> str:
    """Return what lessons and pages say, without code."""
    found = [text for lesson in shelf().lessons for text in texts(lesson)]
    for path in [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        constants = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docs]
        found += [n.value for n in constants if isinstance(n.value, str) and len(n.value.split()) >= SHORTEST]
    return re.sub(r"`[^`]*`|\{\{.*?\}\}", "", "\n".join(found))


@pytest.mark.parametrize("term", glossary(), ids=lambda term: term.words[0])
def test_every_term_that_is_explained_stands_on_a_page_or_in_a_lesson(term: Term) -> None:
    words = "|".join(
        f"[{word[0]}{word[0].upper()}]{word[1:]}" if word.islower() else re.escape(word) for word in term.words
    )
    assert re.search(rf"(?<![\w.=-])(?:{words})(?![\w=(-])", running_text())


def test_no_word_has_two_meanings() -> None:
    counts = Counter(word for term in glossary() for word in term.words)
    assert max(counts.values()) == 1


@pytest.mark.parametrize("term", glossary(), ids=lambda term: term.words[0])
def test_an_explanation_is_one_or_two_plain_sentences_without_a_number(term: Term) -> None:
    assert not re.search(r"\d", term.says)
    assert term.says.endswith(".")
    assert len(re.findall(r"\.(?: |$)", term.says)) <= 2
    assert len(term.says) <= 260


def test_terms_of_another_language_stand_before_the_english_ones(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[[term]]\nwords = ["kernel", "kernels"]\nsays = "English."\n', "utf-8")
    (tmp_path / "de.toml").write_text('[[term]]\nwords = ["Kern", "kernel"]\nsays = "Deutsch."\n', "utf-8")
    german, english = Term(("Kern", "kernel"), "Deutsch.", "de"), Term(("kernels",), "English.", "en")
    assert glossary("de", tmp_path) == (german, english)
    assert glossary("fr", tmp_path) == glossary("en", tmp_path) == (Term(("kernel", "kernels"), "English.", "en"),)
    assert glossary_languages() == ("en",)
