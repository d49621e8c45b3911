"""Play a lesson: what a step sets and hides, whether a goal is reached, and what is wrong with it."""

from collections.abc import Collection, Iterator, Sequence

from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.lessons.facts import FACTS, facts_of, in_words
from cnnlab.core.lessons.language import (
    LanguageError,
    Missing,
    NotYet,
    evaluate,
    holds,
    missing,
    shown,
)
from cnnlab.core.lessons.lesson import FIRST_PICTURE, Ask, Go, Goal, Lesson, Step
from cnnlab.core.lessons.run_facts import YOURS
from cnnlab.core.lessons.situation import Situation
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.pictures.patterns import PATTERNS
from cnnlab.core.sequences.loading import is_made, problems_of
from cnnlab.core.shapes import layer_names

_GIVEN_AWAY = {
    "shape": {"shape", "height", "width", "channels"},
    "params": {"params", "weights", "biases", "params_share", "total_params"},
    "macs": {"macs", "macs_share", "total_macs"},
    "field": {"field", "field_height"},
}


def network_of(go: Go, own: Network) -> Network:
    """Return the network that a step works with; raise `NetworkFormatError` if a change names what is not there."""
    network = next((preset.network for preset in PRESETS if preset.key == go.network), own)
    if go.input_shape is not None:
        network = Network(go.input_shape, network.layers)
    for name, option, value in go.changes:
        names = layer_names(network)
        if name not in names:
            raise NetworkFormatError(f"There is no layer {name}; there are {', '.join(names)}.")
        network = network.with_option(names.index(name), option, value)
    return network


def layer_of(go: Go, network: Network) -> int | None:
    """Return the position of the layer that a step selects, None if it selects none or there is none of its name."""
    names = layer_names(network)
    return names.index(go.layer) if go.layer in names else None


def column_to_hide(step: Step) -> str:
    """Return which column of the table would give the answer of a step away, empty if none does."""
    return next(iter(columns_to_hide(step.asks)), "")


def withholds_motif(lesson: Lesson, at: int) -> bool:
    """Tell whether what was planted would give away what this step of a lesson or a later one asks for."""
    return any(ask.motif for step in lesson.steps[at:] for ask in step.asks)


def columns_to_hide(asks: Sequence[Ask]) -> tuple[str, ...]:
    """Return which columns of the table would give the answers to questions away."""
    told = [one for ask in asks for one in (ask.answer, *(choice.right for choice in ask.choices)) if one]
    asked = {name for one in told for name, _ in one.asked}
    return tuple(column for column, facts in _GIVEN_AWAY.items() if asked & facts)


def reached(goal: Goal, situation: Situation) -> tuple[bool, tuple[str, ...]]:
    """Tell whether a goal is reached, and else in sentences by which facts it is not; raise `LanguageError`.

    Of a training that is not the student's own nothing else is said.
    """
    facts = facts_of(situation)
    lacking = missing(goal.when, facts)
    not_own = [each for each in lacking if each.fact == YOURS]
    return holds(goal.when, facts), tuple(map(_lacking, not_own or lacking))


def _lacking(each: Missing) -> str:
    if each.why:
        return each.why
    words = in_words(each.fact)
    if isinstance(each.value, bool) and words.startswith("whether "):
        return f"{'Still' if each.value else 'Not yet'} so: {words.removeprefix('whether ')}."
    value = "" if each.value is None else shown(each.value)
    return f"{words[:1].upper()}{words[1:]}: {value}; wanted: {each.wanted}."


def flaws(
    lesson: Lesson, network: Network | None = None, sets: Collection[str] = tuple(SETS)
) -> Iterator[tuple[int, str]]:
    """Yield what only shows when a lesson is played, as the line of its step and a sentence.

    Every step is played with a network, the post's if none is given, and the changes before it, so that layers that are
    named exist and everything that needs no picture and no training can be computed. `sets` are the data sets known.
    """
    network = network or Network.seed()
    for step in lesson.steps:
        try:
            network = network_of(step.go, network)
        except (NetworkFormatError, ValueError) as error:
            yield step.line, str(error)
            continue
        if step.go.picture not in ("", FIRST_PICTURE, *PATTERNS, *(each.file for each in pictures())):
            yield (
                step.line,
                f"There is no picture {step.go.picture}; there are the gallery's files, {FIRST_PICTURE}, and "
                f"{', '.join(PATTERNS)}.",
            )
        if is_made(step.go.data):
            yield from ((step.line, said) for said in problems_of(step.go.data))
        elif step.go.data not in ("", *sets):
            yield step.line, f"There is no data set {step.go.data}; there are {', '.join(sets)}."
        if step.go.layer and layer_of(step.go, network) is None:
            yield step.line, f"There is no layer {step.go.layer}; there are {', '.join(layer_names(network))}."
        yield from ((step.line, said) for said in _not_computed(step, network))


def _not_computed(step: Step, network: Network) -> Iterator[str]:
    facts = facts_of(Situation(network, layer_of(step.go, network)))
    asked = [one for ask in step.asks for one in (ask.answer, ask.place, *(m.gives for m in ask.mistakes)) if one]
    for expression in [*asked, *(goal.when for goal in step.goals)]:
        try:
            evaluate(expression, facts)
        except LanguageError as error:
            yield str(error)
        except NotYet as reason:
            if all(FACTS[name].fixed for name, _ in expression.asked):
                yield str(reason)
