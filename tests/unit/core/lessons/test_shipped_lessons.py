"""Every shipped lesson can be played to its end: right answers are right, slips recognised, goals reached."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.lessons import Ask, Goal, Lesson, Situation, Step
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.judging import judge
from cnnlab.core.lessons.language import LanguageError, evaluate, holds, shown
from cnnlab.core.lessons.lesson import FIRST_PICTURE, POINTS
from cnnlab.core.lessons.playing import flaws, layer_of, network_of, reached
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.lessons.situation import Arrays, DataFacts, Place, RunFacts
from cnnlab.core.lessons.texts import parser_of
from cnnlab.core.network import Network
from cnnlab.core.pictures import gallery
from cnnlab.core.pictures.patterns import PATTERNS
from cnnlab.core.shapes import check, layer_names, trace
from cnnlab.core.training.answers import Answers
from cnnlab.runs.judge.lesson_facts import run_facts
from cnnlab.runs.record import RECORDED
from cnnlab.runs.record.settings import problem_of_form
from cnnlab.runs.store import Store
from cnnlab.runs.store.recorded import ShownRuns

LESSONS = shelf().lessons
SILHOUETTES = DataFacts(("cats", "dogs"), (800, 800), (200, 200))

RECORDED_FACTS = run_facts(ShownRuns(Store(Path(mkdtemp()))), RECORDED, yours=False)
LABELS = np.repeat([0, 1], 100)
ANSWERS = Answers(("cats", "dogs"), LABELS, np.where(LABELS, 0.8, 0.1)[:, None], ("",) * 200)


def own(size: int, pictures: int, epochs: int, **last: float) -> RunFacts:
    """Return a training of the student's own that has ended."""
    small = {"conv2d": 16, "conv2d_1": 16, "conv2d_2": 32}
    network = Network.seed().with_image_size(size, size)
    names = layer_names(network)
    if size == 64:
        for layer, filters in small.items():
            network = network.with_option(names.index(layer), "filters", filters)
        network = network.with_option(names.index("dense"), "units", 16)
    told = {"loss": 0.5, "accuracy": 0.7, "val_loss": 0.6, "val_accuracy": 0.64} | last
    return RunFacts(network, "silhouettes", pictures, [told] * epochs, ANSWERS, True)


# What the slow test of the trainings of lessons reaches.
SMALL = own(64, 1600, 15, val_accuracy=0.83)
LITTLE = own(32, 200, 12)
MOTIFS = replace(own(32, 1600, 12, val_accuracy=0.97), data="motifs")
TWENTY = own(32, 20, 25, accuracy=1.0)

# How a student reaches the goal whose condition this is: changes of the network on top of the step's.
SOLUTIONS: Mapping[str, Mapping[str, object]] = {
    'width("conv2d") == 146': {"changes": [("conv2d", "kernel_size", 5)]},
    'channels("conv2d") == 8 and possible': {"changes": [("conv2d", "filters", 8)]},
    "not possible": {"size": 8},
    'width("max_pooling2d") == (width("conv2d") + 1) // 2': {"changes": [("max_pooling2d", "padding", "same")]},
    'field_height("max_pooling2d_2") >= 40 and possible': {
        "changes": [("conv2d", "kernel_size", 7), ("conv2d_1", "kernel_size", 7), ("conv2d_2", "kernel_size", 7)]
    },
    "total_params < 200000 and possible": {"changes": [("dense", "units", 8)]},
    'option("activation_4", "activation") == "sigmoid"': {"changes": [("activation_4", "activation", "sigmoid")]},
    'setting("shear_range") >= 10': {"shear": 12.0},
    'run_is_yours and val_accuracy >= 0.8 and run_params <= 30000 and run_data == "silhouettes"': {"trained": SMALL},
    'run_is_yours and run_data == "motifs" and run_epochs >= 10 and val_accuracy >= 0.9': {"trained": MOTIFS},
    "run_is_yours and run_pictures <= 200 and run_epochs >= 10 and run_judged >= 100": {"trained": LITTLE},
    "run_is_yours and run_pictures <= 20 and accuracy >= 0.95": {"trained": TWENTY},
    "run_is_yours and better_than_chance": {"trained": LITTLE},
}


def maps_of(network: Network) -> Arrays:
    """Return maps of the right shapes: the first channel of every layer is half zero, the second all of it."""
    found = []
    for row in trace(network):
        values = np.ones(row.output_shape, np.float32)
        if len(row.output_shape) == 3:
            values[: row.output_shape[0] // 2, :, 0] = 0
            values[:, :, 1] = 0
        found.append(values)
    found[-1][:] = 0.07
    return tuple(found)


def vertical() -> Arrays:
    return (np.tile(np.array([-1.0, 0, 1], np.float32)[None, :, None, None], (3, 1, 3, 64)),)


def situation_of(
    network: Network, layer: int | None, augmentation: Augmentation | None = None, run: RunFacts = RECORDED_FACTS
) -> Situation:
    """Return everything that a student may have before them at a step; of trainings only the one that ships."""
    return Situation(
        network,
        layer,
        0,
        augmentation or Augmentation.post(),
        data=lambda: SILHOUETTES,
        run=lambda: run,
        classes=SILHOUETTES.classes,
        maps=lambda: maps_of(network),
        kernels=vertical,
    )


def played(lesson: Lesson) -> Iterator[tuple[Step, Situation]]:
    """Yield each step with what stands there when it is entered."""
    network = Network.seed()
    for step in lesson.steps:
        network = network_of(step.go, network)
        yield step, situation_of(network, layer_of(step.go, network))


def asks() -> Iterator[tuple[str, Ask, Situation]]:
    for lesson in LESSONS:
        for number, (step, situation) in enumerate(played(lesson), 1):
            for ask in step.asks:
                yield f"{lesson.name}, step {number}: {ask.question[:40]}", ask, situation
                if step.go.run == "own":
                    trained = replace(situation, run=lambda: LITTLE)
                    yield f"{lesson.name}, step {number}, trained: {ask.question[:40]}", ask, trained


ASKS = list(asks())


def test_the_path_has_thirteen_lessons_of_five_to_twelve_minutes() -> None:
    assert len(LESSONS) == 13
    assert all(5 <= lesson.minutes <= 12 for lesson in LESSONS)
    assert sum(lesson.minutes for lesson in LESSONS) <= 102
    assert all(lesson.quote and lesson.link for lesson in LESSONS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_has_no_flaw_and_points_at_what_is_on_its_page(lesson: Lesson) -> None:
    assert list(flaws(lesson)) == []
    for step, situation in played(lesson):
        assert step.go.picture in ("", FIRST_PICTURE, *PATTERNS) or gallery.named(step.go.picture)
        assert not step.go.point or step.go.point in POINTS
        assert step.go.point not in ("row", "option") or step.go.layer
        assert problem_of_form(step.go.training) is None
        assert "<p>" in parser_of(facts_of(situation)).render(step.text) or not step.text
        assert check(situation.network) is None


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_text_of_a_lesson_is_computed_without_a_question_mark_for_a_number(lesson: Lesson) -> None:
    for step, situation in played(lesson):
        facts = facts_of(situation)
        for ask in step.asks:
            for text in (ask.hint, ask.explain, *(m.says for m in ask.mistakes), *(c.says for c in ask.choices)):
                assert " ? " not in parser_of(facts).render(text)
                assert "{{" not in parser_of(facts).render(text)


def right_place(ask: Ask, situation: Situation) -> Place:
    """Return a right place of the selected map: where it is largest, or at the numbers of the condition."""
    assert ask.place is not None
    assert situation.selected is not None
    row = trace(situation.network)[situation.selected]
    values = situation.maps()[situation.selected][..., situation.channel]
    best = np.unravel_index(int(np.argmax(values)), values.shape)
    numbers = [int(each) for each in re.findall(r"\b\d+\b", ask.place.text)]
    for at in [(int(best[0]), int(best[1])), *product(numbers, repeat=2)]:
        place = Place(row.name, situation.channel, *at)
        if holds(ask.place, facts_of(replace(situation, place=lambda place=place: place))):
            return place
    raise AssertionError(f"No place is right for {ask.place.text}.")


@pytest.mark.parametrize(("name", "ask", "situation"), ASKS, ids=[name for name, *_ in ASKS])
def test_the_right_answer_is_right_and_every_known_slip_is_recognised(
    name: str, ask: Ask, situation: Situation
) -> None:
    facts = facts_of(situation)
    if ask.place is not None:
        place = right_place(ask, situation)
        assert judge(ask, "", replace(situation, place=lambda: place)).right, name
        if "row >" in ask.place.text:
            found = judge(ask, "", replace(situation, place=lambda: place.swapped))
            assert found.slip == "rows and columns swapped", name
        return
    if ask.sentence:
        assert judge(ask, "Because.", situation).right
        return
    if ask.choices:
        right = [place for place, choice in enumerate(ask.choices) if holds(choice.right, facts)]
        assert len(right) == 1, name
        assert [judge(ask, str(place), situation).right for place in range(len(ask.choices))].count(True) == 1
        return
    if ask.motif:
        assert judge(ask, ask.motif, situation).right
        return
    assert ask.answer is not None
    assert judge(ask, shown(evaluate(ask.answer, facts)), situation).right, name
    for mistake in ask.mistakes:
        found = judge(ask, shown(evaluate(mistake.gives, facts)), situation)
        assert not found.right, f"{name}: {mistake.gives.text} is right here"
        assert found.slip == mistake.says, f"{name}: {mistake.gives.text} is not told what the lesson says to it"


def solved(goal: Goal, situation: Situation) -> Situation:
    """Return what stands before a student who reached a goal."""
    network, found = situation.network, SOLUTIONS.get(goal.when.text, {})
    for layer, option, value in found.get("changes", []):  # type: ignore[attr-defined]
        index = [row.name for row in trace(network)].index(layer)
        network = network.with_option(index, option, value)
    if "size" in found:
        network = Network((8, 8, 3), network.layers)
    if "trained" in found:
        return replace(situation, run=lambda: found["trained"])  # type: ignore[return-value]
    augmentation = Augmentation(shear_range=12.0) if "shear" in found else None
    return situation_of(network, situation.selected, augmentation)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_goal_can_be_reached(lesson: Lesson) -> None:
    for step, situation in played(lesson):
        for goal in step.goals:
            assert reached(goal, solved(goal, situation)) == (True, ()), goal.when.text


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_goal_about_the_network_is_not_reached_before_anything_is_done(lesson: Lesson) -> None:
    for step, situation in played(lesson):
        for goal in step.goals:
            if goal.when.text in SOLUTIONS:
                is_reached, lacking = reached(goal, situation)
                assert not is_reached, goal.when.text
                assert lacking


def test_nothing_in_a_lesson_computes_with_an_unknown_fact() -> None:
    for name, ask, situation in ASKS:
        for text in (ask.question, ask.hint, ask.explain):
            try:
                parser_of(facts_of(situation)).render(text)
            except LanguageError as error:
                pytest.fail(f"{name}: {error}")
