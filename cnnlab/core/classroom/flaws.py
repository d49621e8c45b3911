"""Find what is wrong with an exercise before it is given out: one sentence a flaw."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.lessons.language import LanguageError, read
from cnnlab.core.lessons.lesson import Ask, Step
from cnnlab.core.lessons.playing import flaws as flaws_of_lesson
from cnnlab.core.lessons.texts import expressions_in
from cnnlab.core.network import NetworkFormatError
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import InvalidNetwork, trace

_BEGIN = 1  # the line of the front matter, in which the settings stand


def flaws(
    exercise: Exercise, settings: Settings, now: float, sets: Collection[str] = tuple(SETS)
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with an exercise, as a line of its file and a sentence.

    `settings` are the server's, `now` is in Unix seconds, `sets` are the references of the data sets that may be named.
    """
    begin = Step("", exercise.begin, "", (), (), _BEGIN)
    lesson = replace(exercise.lesson, steps=(begin, *exercise.lesson.steps))
    yield from flaws_of_lesson(lesson, exercise.network, sets)
    if exercise.due is not None and exercise.due <= now:
        yield _BEGIN, "The exercise was due before now; nobody could hand anything in."
    yield from ((_BEGIN, said) for said in _too_much(exercise, settings))
    for step in exercise.lesson.steps:
        for ask in step.asks:
            if _is_told(ask, step):
                yield step.line, f"The text gives the answer to “{ask.question:.60}” away; leave {{{{ }}}} out there."


def _too_much(exercise: Exercise, settings: Settings) -> Iterator[str]:
    """Yield which limit of the exercise lies above the server's, or below what the exercise begins with."""
    limits = exercise.limits
    for name, asked, most in (
        ("epochs", limits.epochs, settings.max_epochs),
        ("parameters", limits.params, settings.max_params),
        ("minutes", limits.minutes, settings.max_minutes),
    ):
        if asked is not None and asked > most:
            yield f"The exercise allows {asked:,} {name}, and this server allows {most:,}; ask for fewer."
    try:
        params = sum(row.params for row in trace(exercise.begins_with))
    except (InvalidNetwork, NetworkFormatError, ValueError):
        return
    if limits.params is not None and params > limits.params:
        yield f"The exercise allows {limits.params:,} parameters, and its own network has {params:,}; allow more."
    epochs = exercise.begin.training.get("epochs")
    if limits.epochs is not None and epochs is not None and epochs > limits.epochs:
        yield f"The exercise allows {limits.epochs:,} epochs, and its own training has {epochs:,}; allow more."


def _is_told(ask: Ask, step: Step) -> bool:
    """Tell whether a step computes in its own words the very number that it asks for."""
    if ask.answer is None:
        return False
    try:
        told = {read(one).text for words in (step.text, step.title, ask.question) for one in expressions_in(words)}
    except LanguageError:
        return False
    return ask.answer.text in told
