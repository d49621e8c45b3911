"""Work a lesson out on paper: what stands in each step for the lesson's own network, with the key to its questions."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from cnnlab.core.augment import Augmentation, AugmentationError
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.judging import judge, number_of_layer
from cnnlab.core.lessons.language import Facts, NotYet, evaluate, holds, shown
from cnnlab.core.lessons.lesson import Ask, Lesson, Step
from cnnlab.core.lessons.playing import layer_of, network_of
from cnnlab.core.lessons.situation import DataFacts, RunFacts, Situation, no_run
from cnnlab.core.lessons.texts import filled
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.shapes import trace
from cnnlab.core.teach.predict import known_slips

MOST_SLIPS = 8
BLANK = "____"
"""What stands for a number that is read off the screen."""
OWN_WORDS = "In the student's own words."
ON_THE_SCREEN = "It depends on what the screen shows."
_FIRST_SET = "silhouettes"


@dataclass(frozen=True)
class Key:
    """Hold what a teacher knows of a question: the right answer, and (wrong answer, what went wrong) of slips."""

    answer: str
    slips: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Exercise:
    """Hold a step with the facts that stand there, and one key for each of its questions."""

    step: Step
    facts: Facts
    keys: tuple[Key, ...]


def exercises(lesson: Lesson, recorded: Callable[[], RunFacts]) -> Iterator[Exercise]:
    """Yield the steps of a lesson as they are for the post's network; raise `LanguageError`.

    `recorded` gives the run that ships. What only a screen knows (maps, a pressed place, an own training) is blank.
    """
    network, augmentation, data = Network.seed(), Augmentation.post(), _FIRST_SET
    run = no_run
    for step in lesson.steps:
        with suppress(NetworkFormatError, ValueError):
            network = network_of(step.go, network)
        if step.go.augment:
            with suppress(AugmentationError, TypeError):
                augmentation = Augmentation.from_dict(dict(step.go.augment))
        run = {"": run, "recorded": recorded}.get(step.go.run, no_run)
        data = step.go.data if step.go.data in SETS else data
        classes = SETS[data].classes
        layer = layer_of(step.go, network)
        channel = step.go.channel or 0
        now = Situation(network, layer, channel, augmentation, data=partial(_counted, data), run=run, classes=classes)
        yield Exercise(step, facts_of(now), tuple(_key(ask, now) for ask in step.asks))


@cache
def _counted(name: str) -> DataFacts:
    """Count the pictures of a set that ships."""
    bundle = SETS[name]
    splits = (bundle.load(split)[1] for split in ("train", "validation"))
    training, validation = (
        tuple(int(np.sum(labels == place)) for place in range(len(bundle.classes))) for labels in splits
    )
    return DataFacts(bundle.classes, training, validation)


def _key(ask: Ask, now: Situation) -> Key:
    facts = facts_of(now)
    if ask.sentence:
        return Key(OWN_WORDS, ())
    if ask.choices:
        return _of_choices(ask, facts)
    if ask.motif:
        return Key(ask.motif, ())
    if ask.answer is None:
        return Key(ON_THE_SCREEN, ())
    try:
        answer = shown(evaluate(ask.answer, facts))
    except NotYet:
        return Key(ON_THE_SCREEN, ())
    judged = {given: judge(ask, given, now) for given in _wrong(ask, now)}
    slips = tuple((given, verdict.message) for given, verdict in judged.items() if verdict.slip)
    return Key(answer, slips[:MOST_SLIPS])


def _of_choices(ask: Ask, facts: Facts) -> Key:
    """Return the right choices, and what is said to whoever takes another; nothing where nobody knows which."""
    right = [choice for choice in ask.choices if holds(choice.right, facts)]
    if not right:
        return Key(ON_THE_SCREEN, ())
    texts = ((choice, filled(choice.text, facts, BLANK)) for choice in ask.choices if choice not in right)
    wrong = tuple((text, filled(choice.says, facts, BLANK)) for choice, text in texts)
    return Key("; ".join(filled(choice.text, facts, BLANK) for choice in right), wrong)


def _wrong(ask: Ask, now: Situation) -> Iterator[str]:
    """Yield wrong answers that are known: those of the lesson, then those of the instruments."""
    for mistake in ask.mistakes:
        with suppress(NotYet):
            yield shown(evaluate(mistake.gives, facts_of(now)))
    if ask.answer is not None and (asked := number_of_layer(ask.answer, now.network)) is not None:
        yield from known_slips(now.network, trace(now.network), *asked)
