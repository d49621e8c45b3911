"""A draft may be anything that somebody types; what is complete becomes the exercise, the rest is said in sentences."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.core.classroom.drafts.draft import (
    RIGHT,
    Draft,
    DraftAsk,
    DraftChoice,
    DraftGoal,
    DraftStep,
    doubled,
    draft_of,
    moved,
    of_kind,
    without,
)
from cnnlab.core.classroom.drafts.finishing import file_of_draft, finished
from cnnlab.core.classroom.drafts.keeping import DraftError, read_draft, text_of
from cnnlab.core.classroom.drafts.offers import GOALS, OF_LAYER, PLACES, SIGNS, Rule, asked_in, of_layer, rule_in
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.classroom.writing import write_exercise
from cnnlab.core.lessons import Go, Situation
from cnnlab.core.lessons.judging import judge
from cnnlab.core.lessons.language import read
from cnnlab.core.lessons.playing import reached
from cnnlab.core.lessons.situation import RunFacts
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import layer_names
from cnnlab.core.shipped import ASSETS
from tests.unit.classroom.exercise_files import NOW, exercise

SERVER = Settings(Path("unused"))
READY = sorted((ASSETS / "exercises" / "en").glob("*.md"))
LAYERS = tuple(layer_names(Network.seed()))


def ready(path: Path) -> Exercise:
    return read_exercise(path.name, path.read_bytes())


def sentences(draft: Draft) -> list[str]:
    return [lack.sentence for lack in finished(draft, SERVER, NOW)[1]]


def one(step: DraftStep) -> Draft:
    return Draft("A title", steps=(step,))


@pytest.mark.parametrize("made", [exercise(), *map(ready, READY)], ids=lambda each: each.title)
def test_an_exercise_becomes_a_draft_and_the_draft_the_same_exercise(made: Exercise) -> None:
    draft = draft_of(made)
    again, lacks = finished(draft, SERVER, NOW)
    assert not lacks
    assert again is not None
    assert write_exercise(again) == write_exercise(replace(made, lesson=replace(made.lesson, name="exercise")))
    assert read_draft(text_of(draft)) == draft


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft(steps=(DraftStep("A"),)), "Give the exercise a title."),
        (one(DraftStep()), "Step 1: give it a title."),
        (one(DraftStep("A", asks=(DraftAsk(),))), "Step 1: question 1 asks nothing yet; type the question."),
        (one(DraftStep("A", asks=(DraftAsk("Q"),))), "Step 1: question 1 has no answer yet; choose what is asked."),
        (one(DraftStep("A", goals=(DraftGoal("Small"),))), "Step 1: goal 1 lacks what is to hold."),
        (
            one(DraftStep("A", asks=(DraftAsk("Q", "choices", choices=(DraftChoice("a"), DraftChoice("b"))),))),
            "Step 1: question 1 needs answers that are right and others that are not; mark them.",
        ),
        (
            one(DraftStep("A", asks=(of_kind(DraftAsk("Q"), "choices"),))),
            "Step 1: question 1 lacks the words of answer 1 and 2.",
        ),
        (
            one(DraftStep("A", asks=(DraftAsk("Q", "choices", choices=(DraftChoice("a", RIGHT),)),))),
            "Step 1: question 1 needs at least two answers to choose from; add one.",
        ),
        (
            one(DraftStep("A", Go("convolution"), asks=(DraftAsk("Q", "place", place="row == 0"),))),
            "Step 1: question 1 needs an explanation that says where the place is.",
        ),
    ],
)
def test_what_is_lacking_is_said_with_its_place(draft: Draft, said: str) -> None:
    assert sentences(draft) == [said]


def test_what_cannot_be_read_is_said_with_its_step() -> None:
    draft = Draft("A", steps=(DraftStep("A"), DraftStep("B", asks=(DraftAsk("Q", answer="wishes + 1"),))))
    (said,) = sentences(draft)
    assert said.startswith("Step 2: There is no fact wishes;")
    (said,) = sentences(one(DraftStep("A", asks=(DraftAsk("Q", answer='width("conv9")'),))))
    assert said.startswith("Step 1: Your network has no layer conv9")


@pytest.mark.parametrize("text", ["## another step", "```{ask}\n", "```\nopen", "~~~"])
def test_a_text_cannot_smuggle_a_step_or_swallow_a_question(text: str) -> None:
    draft = one(DraftStep("A", text=text, asks=(DraftAsk("Q", "sentence"),)))
    assert sentences(draft)


def test_lists_paragraphs_and_empty_lines_stay_as_they_were_meant() -> None:
    draft = one(DraftStep("A", text="Look:\n- one\n- two\n\n\n\nThen go on.  "))
    made, lacks = finished(draft, SERVER, NOW)
    assert not lacks
    assert made is not None
    assert write_exercise(made)
    assert made.lesson.steps[0].text.split() == draft.steps[0].text.split()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_whatever_is_typed_is_an_exercise_or_a_sentence_and_never_lost_in_the_tab(a: str, b: str, c: str) -> None:
    draft = Draft(a, message=b, steps=(DraftStep(c, text=a, asks=(DraftAsk(b, answer=c, hint=a),)),))
    made, lacks = finished(draft, SERVER, NOW)
    assert lacks or (made is not None and write_exercise(made))
    assert read_draft(text_of(draft)) == draft


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", "null", '{"network": 7}', '{"steps": "x"}', "[" * 5000])
def test_nonsense_is_no_draft(text: str) -> None:
    with pytest.raises(DraftError):
        read_draft(text)


def test_a_changed_draft_of_wrong_types_is_none() -> None:
    text = text_of(draft_of(exercise()))
    for old, new in (('"minutes": 6', '"minutes": "x"'), ('"kind": "choices"', '"kind": "x"'), ('"seed": 7', '"x": 7')):
        assert old in text
        with pytest.raises(DraftError):
            read_draft(text.replace(old, new))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("fact", OF_LAYER)
def test_what_is_picked_is_found_again_in_the_expression(fact: str, layer: str) -> None:
    assert asked_in(read(of_layer(fact, layer)).text, LAYERS) == (fact, layer)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("fact", GOALS)
def test_a_goal_that_is_picked_is_found_again_in_its_condition(fact: str, sign: str) -> None:
    rule = Rule(fact, "", sign, 0.75)
    assert rule_in(read(rule.when).text, LAYERS) == rule
    assert rule_in(Rule("params", "conv2d", sign, 5.0).when, LAYERS) == Rule("params", "conv2d", sign, 5.0)


@pytest.mark.parametrize("when", ["possible", "wishes < 3", "loss_after(3) < 1", "layers < 3 and layers > 1", "1 < 2"])
def test_a_condition_that_nobody_picked_stays_typed(when: str) -> None:
    assert rule_in(when, LAYERS) is None


def test_every_place_on_offer_is_a_condition() -> None:
    assert all(read(place) for place in PLACES)


def test_parts_are_moved_doubled_and_taken_out() -> None:
    assert moved((1, 2, 3), 0, 1) == (2, 1, 3)
    assert moved((1, 2, 3), 0, -1) == (1, 2, 3)
    assert moved((1, 2, 3), 2, 5) == (1, 2, 3)
    assert doubled((1, 2), 0) == (1, 1, 2)
    assert without((1, 2), 0) == (2,)


def test_an_unfinished_draft_has_a_file_all_the_same() -> None:
    assert "How wide" in file_of_draft(one(DraftStep("A", asks=(DraftAsk("How wide?"),))))


def test_the_first_ready_exercise_is_played_to_its_end() -> None:
    first = ready(READY[0])
    now = Situation(first.begins_with)
    (width, params) = (first.lesson.steps[0].asks[0], first.lesson.steps[1].asks[0])
    assert judge(width, "148", now).right
    assert judge(width, "147", now).slip == "forgot + 1"
    assert judge(width, "150", now).message == "The window stays inside the picture: the border is lost."
    assert judge(params, "896", now).right


def test_the_second_ready_exercise_is_reached_by_a_smaller_dense_layer() -> None:
    second = ready(READY[1])
    ask, goals = second.lesson.steps[0].asks[0], second.lesson.steps[1].goals
    network = second.begins_with
    assert [judge(ask, str(place), Situation(network)).right for place in range(3)] == [False, False, True]
    assert not reached(goals[0], Situation(network))[0]
    smaller = network.with_option(LAYERS.index("dense"), "units", 4)
    assert all(reached(goal, Situation(smaller))[0] for goal in goals)


def test_the_third_ready_exercise_wants_an_own_training_of_five_epochs() -> None:
    third = ready(READY[2])
    (goal,) = third.lesson.steps[1].goals
    assert judge(third.lesson.steps[0].asks[0], "50 %", Situation(third.begins_with)).right

    def trained(epochs: int, accuracy: float, *, yours: bool = True) -> Situation:
        told = [{"val_accuracy": accuracy}] * epochs
        return Situation(Network.seed(), run=lambda: RunFacts(Network.seed(), "silhouettes", 100, told, yours=yours))

    assert reached(goal, trained(5, 0.74))[0]
    for other in (trained(6, 0.9), trained(5, 0.6), trained(5, 0.9, yours=False)):
        assert not reached(goal, other)[0]
    assert third.limits.epochs == 5


def test_endings_are_taken_as_they_are_typed() -> None:
    draft = one(DraftStep("A", asks=(DraftAsk("Q", "file", endings="PDF, .ipynb *.tar.gz;pdf"),)))
    made, _ = finished(draft, SERVER, NOW)
    assert made is not None
    assert made.asks[0, 0].endings == (".pdf", ".ipynb", ".tar.gz")
    assert sentences(draft_of(made)) == []
    (said,) = sentences(one(DraftStep("A", asks=(DraftAsk("Q", "file", endings="/df"),))))
    assert said == """Step 1: An ending is a point with letters or digits, such as ".pdf"; not './df'."""


def test_marked_answers_are_right_and_others_are_not() -> None:
    choices = (DraftChoice("a", RIGHT), DraftChoice("b"))
    made, _ = finished(one(DraftStep("A", asks=(DraftAsk("Q", "choices", choices=choices),))), SERVER, NOW)
    assert made is not None
    ask = made.asks[0, 0]
    assert [judge(ask, str(place), Situation(Network.seed())).right for place in (0, 1)] == [True, False]
