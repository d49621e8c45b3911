"""Say what a climb is for a browser: the pictures to scrub, and the curve of what the unit answered."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.pictures import Pixels


def climb_facts(
    name: str,
    unit: str,
    pictures: Sequence[Pixels],
    steps: Sequence[int],
    curve: Sequence[float],
    known: float | None,
    words: str,
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return facts and arrays of a climb: `pictures`, uint8 (height, width, channels), were reached after `steps`.

    `curve` is what the `unit` answered after each step from 0 on, `known` the largest answer among real pictures,
    `words` stand beside it, `name` is that of the file.
    """
    facts = {
        "name": name,
        "unit": unit,
        "alt": f"The picture that {unit} answers.",
        "size": list(pictures[0].shape),
        "steps": list(steps),
        "activations": [curve[step] for step in steps],
        "curve": list(curve),
        "known": known,
        "words": words,
    }
    return facts, {"pictures": np.stack(pictures)}
