"""Say what comes out of a network, and what it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.training.answers import is_distribution
from cnnlab.core.words.numbers import percent, probability, two_digits
from cnnlab.processes.subjects import Subject
from cnnlab.ui.inside.seen import Seen, Side
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import Html, aside, bold, notice, paragraph, tag, together

MOST_NAMED = 5


@dataclass(frozen=True)
class Meaning:
    """Say what the outputs stand for: the classes in their order, and the data set that was learned."""

    classes: tuple[str, ...]
    data_name: str


@dataclass(frozen=True)
class Epochs:
    """Offer the same network after the epochs of its training, `of` by their titles; the subject is `now`."""

    now: str = ""
    of: Mapping[str, Subject] = field(default_factory=dict)


def say_output(seen: Seen, sides: tuple[Side, ...], meaning: Meaning | None, truth: str = "") -> None:
    """Say what comes out: the logit, the activation, and what the number means, beside the class of the picture."""
    if meaning is None:
        show_html(
            notice(
                bold("Random weights."),
                " Nothing has been learned: these maps show what the layers do to a picture before any training, and "
                "the output means nothing.",
            )
        )
        return
    _say(
        [
            line
            for side, outputs, logits in zip(sides, seen.outputs, seen.logits, strict=True)
            if side.learned
            for line in _lines(side, outputs, logits, meaning, many=len(sides) > 1)
        ],
        meaning,
        truth,
    )


def say_answer(output: np.ndarray, logits: np.ndarray | None, meaning: Meaning | None, truth: str = "") -> None:
    """Say what one output (units,) of a subject alone means, or that nothing has been learned."""
    if meaning is None:
        why = " Nothing has been learned, so the output means nothing, and there is nothing in it to explain."
        show_html(notice(bold("Random weights."), why))
        return
    _say([describe_output(output, logits, meaning)], meaning, truth)


def _say(lines: Sequence[Html], meaning: Meaning, truth: str) -> None:
    said = [paragraph(line) for line in lines]
    if truth in meaning.classes:
        said.insert(0, paragraph("This picture is ", bold(truth), "."))
    if meaning.data_name == "silhouettes":
        said.append(paragraph("It was trained on drawn silhouettes and knows nothing about photographs."))
    show_html(tag("div", *said, class_="notice output", style="--notice:#0b6e99"))


def _lines(
    side: Side, outputs: tuple[np.ndarray, ...], logits: np.ndarray | None, meaning: Meaning, *, many: bool
) -> list[Html]:
    """Return one line for each output of one side."""
    lines = []
    for place, output in zip(side.subject.outputs, outputs, strict=True):
        row = side.subject.rows[place]
        title = f"{side.title}: " if many else ""
        title += f"{row.name}: " if len(outputs) > 1 else ""
        if output.ndim > 1:
            lines.append(
                together(title, bold(f"The output is {describe_shape(output.shape)} numbers"), ", drawn below.")
            )
            continue
        own = logits if place == len(side.subject.rows) - 1 else None
        lines.append(together(title, describe_output(output, own, meaning)))
    return lines


def describe_output(output: np.ndarray, logits: np.ndarray | None, meaning: Meaning) -> Html:
    """Return what a network's output says, with the number before its activation where there is one."""
    classes = meaning.classes
    if len(output) == 1 and len(classes) == 2:
        before = [] if logits is None else [" ", aside(f"from the logit {two_digits(float(logits[0]))}")]
        if not 0 <= output[0] <= 1:
            said = f"The output is {two_digits(float(output[0]))}, which is no probability; class 1 is {classes[1]}."
            return together(bold(said), *before)
        answer = int(output[0] > 0.5)
        says = _says(classes[answer], output[0] if answer else 1 - output[0])
        return together(
            says, f" P({classes[1]}) = {probability(float(output[0]))}, because class 1 is {classes[1]}.", *before
        )
    if len(output) == len(classes) or not classes:
        names = classes or [f"output {i}" for i in range(len(output))]
        best = np.argsort(-output, kind="stable")[:MOST_NAMED]
        is_probability = is_distribution(output)
        listed: list[Html | str] = []
        for i in best:
            value = float(output[i])
            one = f"P({names[i]}) = {probability(value)}" if is_probability else f"{names[i]} = {two_digits(value)}"
            listed.append(f", {one}" if listed else one)
            if logits is not None:
                listed += [" ", aside(f"(logit {two_digits(float(logits[i]))})")]
        more = f", and {len(output) - len(best)} smaller" if len(output) > len(best) else ""
        if is_probability and classes:
            return together(_says(classes[best[0]], output[best[0]]), " ", *listed, f"{more}.")
        return together(bold(*listed), f"{more}.")
    return bold(f"The output is {len(output)} numbers.")


def _says(name: str, share: float) -> Html:
    return bold(f"Says: {name}, {percent(float(share), 0)}.")
