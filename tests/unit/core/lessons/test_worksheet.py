"""A lesson on paper: the key agrees with what the app says to the same answers."""

from collections.abc import Mapping

import pytest

from cnnlab.core.lessons.judging import judge
from cnnlab.core.lessons.language import Value
from cnnlab.core.lessons.reading import read_lesson
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.lessons.situation import RunFacts, Situation, no_run
from cnnlab.core.lessons.worksheet import MOST_SLIPS, ON_THE_SCREEN, OWN_WORDS, Exercise, exercises
from cnnlab.core.network import Network

LESSONS = {lesson.name: lesson for lesson in shelf().lessons if not lesson.name.startswith(("01", "10", "11"))}
HEAD = '+++\ntitle = "A"\nminutes = 3\n+++\n## A\n```{go}\npage = "architecture"\nnetwork = "post"\n```\n'


def worked(name: str) -> list[Exercise]:
    return list(exercises(LESSONS[name], no_run))


def keys(name: str) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Return the answer to each question of a lesson, and its slips."""
    return {
        ask.question: (key.answer, dict(key.slips))
        for exercise in worked(name)
        for ask, key in zip(exercise.step.asks, exercise.keys, strict=True)
    }


def test_the_key_of_one_kernel_has_its_numbers_and_its_slips() -> None:
    found = {question[:30]: key for question, key in keys("03-one-kernel").items()}
    answer, slips = found["The input is {{ input_width }}"]
    assert answer == "148"
    assert set(slips) == {"150", "147"}
    assert "first place counts" in slips["147"]
    assert found["How many products are added fo"][0] == "27"
    choice, wrong = found["Where does the number of outpu"]
    assert choice == "From the number of filters"
    assert len(wrong) == 2


def test_a_number_that_the_instruments_ask_for_has_their_slips_too() -> None:
    answer, slips = keys("06-deeper")["What is the shape after `max_pooling2d_2`?"]
    assert answer == "17 × 17 × 64"
    assert slips["16 × 16 × 64"].endswith("add 1.")
    assert 2 <= len(slips) <= MOST_SLIPS


@pytest.mark.parametrize("name", LESSONS)
def test_what_the_key_calls_right_is_right_and_what_it_calls_a_slip_is_told_the_same(name: str) -> None:
    for exercise in worked(name):
        network = Network.seed()
        for ask, key in zip(exercise.step.asks, exercise.keys, strict=True):
            assert key.answer
            if ask.sentence:
                assert key.answer == OWN_WORDS
            if ask.answer is None or key.answer == ON_THE_SCREEN or exercise.step.go.network != "post":
                continue
            if exercise.step.go.changes or exercise.step.go.input_shape:
                continue
            now = Situation(network)
            assert judge(ask, key.answer, now).right
            for given, said in key.slips:
                verdict = judge(ask, given, now)
                assert not verdict.right
                assert verdict.message == said


def test_a_number_of_the_screen_and_an_own_run_are_left_open() -> None:
    def recorded() -> RunFacts:
        return RunFacts(Network.seed(), "silhouettes", 1600, ({"val_accuracy": 0.5},))

    text = HEAD + '```{ask}\nquestion = "?"\nanswer = "largest"\n```\n'
    for run in ("recorded", "own"):
        text += f'## B\n```{{go}}\npage = "training"\nrun = "{run}"\n```\n'
        text += '```{ask}\nquestion = "?"\nanswer = "run_pictures"\n```\n'
    found = [key.answer for each in exercises(read_lesson("a.md", text.encode()), recorded) for key in each.keys]
    assert found == [ON_THE_SCREEN, "1,600", ON_THE_SCREEN]


def test_where_nobody_knows_the_right_choice_none_is_called_wrong() -> None:
    choices = '[{ text = "a", right = "largest > 1", says = "x" }, { text = "b", right = "largest <= 1", says = "y" }]'
    text = HEAD + f'```{{ask}}\nquestion = "?"\nchoices = {choices}\n```\n'
    (exercise,) = exercises(read_lesson("a.md", text.encode()), no_run)
    assert exercise.keys[0].answer == ON_THE_SCREEN
    assert exercise.keys[0].slips == ()


def test_facts_of_a_step_are_those_of_its_own_changes() -> None:
    facts: list[Value] = [each.facts["width"]("conv2d") for each in worked("05-max-pooling")]
    assert facts[:2] == [148, 147]
