"""Say what comes out at the end of the flow: a bar a class, a sentence, and when it means nothing."""

import numpy as np

from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.ui.inside.meaning import Meaning, describe_output
from cnnlab.ui.inside.weights import Choice
from cnnlab.viz.html import Html, bold, together
from cnnlab.viz.inside.flow import Flow

MOST_BARS = 5
RANDOM = "Random weights: nothing has been learned, so the answer means nothing."
OUTLINES = "This network was trained on outlines and knows nothing about photographs."


def answer_facts(drawn: Flow, choice: Choice, truth: str) -> dict[str, object]:
    """Return the bars, what is said of them, and a caution; `truth` is the class of the picture, empty if unknown."""
    meaning = choice.meaning
    said: Html | str = ""
    if meaning and len(drawn.output):
        known = ["This picture is ", bold(truth), ". "] if truth in meaning.classes else []
        said = together(*known, describe_output(drawn.output, drawn.logits, meaning))
    return {"bars": _bars(drawn.output, meaning), "said": said, "caution": _caution(choice, truth)}


def _caution(choice: Choice, truth: str) -> str:
    if choice.meaning is None:
        return (
            RANDOM if choice.other is None else f"{RANDOM} The trained weights fit the network they were trained with."
        )
    return OUTLINES if choice.meaning.data_name == "silhouettes" and truth not in choice.meaning.classes else ""


def _bars(output: np.ndarray, meaning: Meaning | None) -> list[dict[str, object]]:
    """Return the share of each class, the largest first; of outputs that are no probabilities the numbers."""
    classes = meaning.classes if meaning else ()
    if len(output) == 1 and len(classes) == 2 and 0 <= output[0] <= 1:
        output = np.array([1 - output[0], output[0]])
    names = classes if len(classes) == len(output) else [f"output {i}" for i in range(len(output))]
    is_share = bool(len(output) and np.all(output >= 0) and abs(float(output.sum()) - 1) < 1e-3 and meaning)
    best = np.argsort(-output, kind="stable")[:MOST_BARS]
    return [
        {
            "name": names[i],
            "share": float(np.clip(output[i], 0, 1)),
            "text": percent(float(output[i]), 0) if is_share else two_digits(float(output[i])),
        }
        for i in best
    ]
