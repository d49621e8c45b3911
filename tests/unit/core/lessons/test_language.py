"""The language of lessons: it says what holds, names what is missing, and can compute nothing else."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.lessons.language import (
    LONGEST,
    LanguageError,
    Missing,
    NotYet,
    Value,
    evaluate,
    holds,
    missing,
    read,
    shown,
)


def no_run() -> Value:
    raise NotYet("No training is open yet.")


FACTS = {
    "total": lambda: 1_212_513,
    "possible": lambda: True,
    "share": lambda: 0.25,
    "name": lambda: "conv2d",
    "shape": lambda layer: (148, 148, 32) if layer == "conv2d" else (1,),
    "epochs": no_run,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("total", 1_212_513),
        ("total - 13 >= 1212500 and possible", True),
        ("not possible or share == 0.25", True),
        ('shape("conv2d")', (148, 148, 32)),
        ('shape("conv2d") == shape("dense")', False),
        ("9 * 3 + 1", 28),
        ("7 // 2 + 7 / 2", 6.5),
        ('name != "dense"', True),
        ("-share", -0.25),
    ],
)
def test_an_expression_has_the_value_that_python_gives_it(text: str, value: Value) -> None:
    assert evaluate(read(text), FACTS) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "total.__class__",
        "().__class__",
        "[1]",
        "shape('a')[0]",
        "2 ** 9",
        "(lambda: 1)()",
        "shape(total)",
        "shape(*'a')",
        "shape(layer='a')",
        "1 < 2 < 3",
        "total if possible else 1",
        "f'{total}'",
        "b'a'",
        "1j",
        "None",
        "...",
        "~1",
        "1 in shape('a')",
        "1e400",
        "x := 1",
        "total; total",
        "import os",
        "-" * 250 + "1",
        "(" * 200 + ")" * 200,
        "1" * (LONGEST + 1),
        "\x00",
    ],
)
def test_nothing_else_can_be_read(text: str) -> None:
    with pytest.raises(LanguageError):
        read(text)


@pytest.mark.parametrize(
    "text", ["unknown", "name + 1", "'a' * 10", "1 / 0", "1000000000000000 * 1000000000000000", "name < 3"]
)
def test_what_cannot_be_computed_is_one_sentence(text: str) -> None:
    with pytest.raises(LanguageError):
        evaluate(read(text), FACTS)


@given(st.text(max_size=120))
def test_any_text_is_refused_or_evaluated_in_no_time(text: str) -> None:
    began = time.process_time()
    with suppress(LanguageError, NotYet, TypeError):
        evaluate(read(text), FACTS)
    assert time.process_time() - began < 0.5


def test_a_condition_about_what_is_not_there_does_not_hold_and_says_why() -> None:
    condition = read("epochs > 2 and total < 200000 and possible")
    assert not holds(condition, FACTS)
    assert missing(condition, FACTS) == (
        Missing("epochs > 2", None, "", "No training is open yet."),
        Missing("total", 1_212_513, "below 200,000"),
    )


def test_a_negated_condition_names_what_must_not_be() -> None:
    assert missing(read("not possible"), FACTS) == (Missing("possible", True, "no"),)
    assert missing(read("not (total > 5)"), FACTS) == (Missing("total", 1_212_513, "not above 5"),)


def test_a_condition_that_holds_lacks_nothing() -> None:
    assert missing(read("possible or total < 5"), FACTS) == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "yes"), (-1234, "−1,234"), (0.97634, "0.9763"), ((148, 148, 32), "148 × 148 × 32"), ("a", "a")],
)
def test_a_value_is_shown_as_it_stands_in_a_sentence(value: Value, words: str) -> None:
    assert shown(value) == words
