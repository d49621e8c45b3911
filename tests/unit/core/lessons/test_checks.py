"""The two checks: the same six ideas with new numbers, answers from the trace alone, slips that are recognised."""

import random

import pytest

from cnnlab.core.lessons.check_kinds import KINDS
from cnnlab.core.lessons.checks import AFTER, BEFORE, CHECKS, CODE, COUNT, Taken, questions, read_answer, rows_of
from cnnlab.core.lessons.shelf import shelf

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODES = ["".join(random.Random(seed).choices(LETTERS, k=8)) for seed in range(60)]


def test_there_are_six_kinds_and_each_is_taught_by_a_lesson() -> None:
    assert COUNT == 6
    assert {kind.lesson for kind in KINDS.values()} <= {lesson.name for lesson in shelf().lessons}


@pytest.mark.parametrize("code", CODES[:20])
def test_after_asks_the_same_kinds_as_before_with_no_number_and_no_answer_again(code: str) -> None:
    before, after = (questions(code, which) for which in CHECKS)
    assert [each.kind for each in before] == [each.kind for each in after] == list(KINDS)
    for first, second in zip(before, after, strict=True):
        assert all(first.numbers[name] != second.numbers[name] for name in first.numbers)
        assert first.right != second.right


def test_a_code_always_gives_the_same_questions_and_another_code_others() -> None:
    assert questions(CODES[0], BEFORE) == questions(CODES[0], BEFORE)
    assert len({each.text for code in CODES for each in questions(code, BEFORE)}) > 100


@pytest.mark.parametrize("code", CODES[:20])
def test_every_question_says_its_numbers_and_knows_slips_that_are_wrong(code: str) -> None:
    for which in CHECKS:
        for question in questions(code, which):
            assert all(str(number) in question.text for number in question.numbers.values())
            assert len(question.slips) >= 2
            for value, name, said in question.slips:
                assert value != question.right
                assert question.slip(value) == (name, said)
            assert question.slip(question.right) == ("", "")
            assert f"{question.right:,}" in question.explain[-1]


@pytest.mark.parametrize("code", CODES)
def test_choices_hold_the_right_answer_once_among_slips(code: str) -> None:
    for question in (each for which in CHECKS for each in questions(code, which) if each.choices):
        assert len(set(question.choices)) == 4
        assert question.choices.count(question.right) == 1
        assert all(question.slip(each)[0] for each in question.choices if each != question.right)


def test_the_place_of_the_right_choice_gives_nothing_away() -> None:
    asked = [each for code in CODES for each in questions(code, BEFORE) if each.choices]
    assert len({each.choices.index(each.right) for each in asked}) > 1


def test_known_misconceptions_are_among_the_slips() -> None:
    wanted = {
        "kernel": {"forgot + 1", "used 'same'"},
        "channels": {"kept the channels", "multiplied the channels", "added the channels"},
        "parameters": {"forgot the bias", "forgot the input channels", "no sharing"},
        "pooling": {"used ceil", "forgot the strides"},
        "dense": {"forgot the channels", "forgot the bias", "inputs alone"},
        "field": {"window alone", "forgot the jump"},
    }
    for code in CODES[:20]:
        for question in questions(code, AFTER):
            assert wanted[question.kind] <= {name for _, name, _ in question.slips}, question.text


def test_a_worked_example() -> None:
    asked = {each.kind: each for each in questions("hypbsau7", BEFORE)}
    kernel, pool, dense = asked["kernel"], asked["pooling"], asked["dense"]
    assert kernel.right == kernel.numbers["side"] - kernel.numbers["kernel"] + 1
    assert pool.right == pool.numbers["side"] // pool.numbers["pool"]
    assert dense.right == (dense.numbers["side"] ** 2 * dense.numbers["maps"] + 1) * dense.numbers["units"]


@pytest.mark.parametrize("code", ["", "short", "hypbsau", "HYPBSAU7", "hypbsau7\n", "hypbsau1", "ä" * 8, "x" * 5000])
def test_what_is_no_code_asks_nothing(code: str) -> None:
    assert not CODE.fullmatch(code)
    with pytest.raises(ValueError, match="code"):
        questions(code, BEFORE)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("36", 36), (" 36 ", 36), ("1,812", 1812), ("1 812", 1812), ("0", 0)],
)
def test_an_answer_is_one_whole_number(typed: str, read: int) -> None:
    assert read_answer(typed) == read


@pytest.mark.parametrize("typed", ["", "x", "3.6.1", "-5", "9" * 40, "36 36", "²", "1e5"])
def test_anything_else_is_no_answer(typed: str) -> None:
    assert read_answer(typed) is None


def test_a_complete_check_takes_no_more_answers_and_the_other_is_its_own() -> None:
    taken = Taken("hypbsau7")
    for answer in range(9):
        taken = taken.answered(BEFORE, answer)
    assert taken.before == (0, 1, 2, 3, 4, 5)
    assert taken.after == ()


def test_rows_tell_what_was_asked_and_how_it_was_answered() -> None:
    asked = questions("hypbsau7", BEFORE)
    slip = asked[1].slips[0]
    rows = rows_of(Taken("hypbsau7", (asked[0].right, slip[0], None, 10**9)), BEFORE)
    assert [row["right"] for row in rows] == [True, False, False, False]
    assert [row["slip"] for row in rows] == ["", slip[1], "did not know", ""]
    assert [row["given"] for row in rows] == [asked[0].right, slip[0], "", 10**9]
    assert [row["expected"] for row in rows] == [each.right for each in asked[:4]]
    assert {row["code"] for row in rows} == {"hypbsau7"}
    assert rows_of(Taken("hypbsau7"), AFTER) == ()
