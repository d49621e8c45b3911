"""Choose which answer is to be explained: what the network says, its rival, or any other output."""

from dataclasses import dataclass

import numpy as np

from cnnlab.core.explain.asked import Target
from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.ui.explain.choice import choice_of
from cnnlab.ui.inside.meaning import Meaning

KEY = "explain_answer"
SAYS, RIVAL = "what it says", "its rival"
MOST_OFFERED = 1000


@dataclass(frozen=True)
class Answer:
    """Name an answer that can be explained: its target, what it is called, and its share or number."""

    target: Target
    name: str
    says: str


def answers_of(outputs: np.ndarray, meaning: Meaning | None) -> tuple[Answer, ...]:
    """Return every answer of outputs (units,), the one that the network gives first.

    One output from 0 to 1 stands for two classes.
    """
    names = meaning.classes if meaning else ()
    is_pair = len(outputs) == 1 and 0 <= outputs[0] <= 1
    values = np.array([1 - outputs[0], outputs[0]]) if is_pair else outputs
    if len(names) != len(values):
        names = tuple(f"class {i}" if is_pair else f"output {i}" for i in range(len(values)))
    is_share = bool(np.all(values >= 0) and abs(float(values.sum()) - 1) < 1e-3)
    order = np.argsort(-values, kind="stable")[:MOST_OFFERED]
    return tuple(
        Answer(
            Target.of_class(int(i), 1) if is_pair else Target(int(i)),
            names[i],
            percent(float(values[i]), 0) if is_share else two_digits(float(values[i])),
        )
        for i in order
    )


def answer_control(answers: tuple[Answer, ...]) -> Answer:
    """Draw the choice among answers, and return the chosen one; the network's own stays chosen for other pictures."""
    offered: dict[str | int, Answer] = {SAYS: answers[0]}
    if len(answers) > 1:
        offered[RIVAL] = answers[1]
    if len(answers) > 2:
        offered |= {each.target.unit: each for each in answers[2:]}
    labels = {one: _label(one, answer) for one, answer in offered.items()}
    return offered[choice_of("Explain", labels, KEY, SAYS, collapsed=True)]


def _label(one: str | int, answer: Answer) -> str:
    said = f"{answer.name}, {answer.says}"
    return f"{one}: {said}" if isinstance(one, str) else said
