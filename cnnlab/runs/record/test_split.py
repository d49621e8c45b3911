"""Keep a trained network's answers to its test split sealed until somebody opens them, and remember when that was."""

import json
import math
import time
from pathlib import Path

from cnnlab.core.training.answers import Answers
from cnnlab.processes.home.files import read_json
from cnnlab.runs.record.findings import read_answers

SEALED, OPENED = "test.json", "test_opened.json"


def is_sealed(folder: Path) -> bool:
    """Tell whether a run's folder has answers to a test split that nobody has opened."""
    return (folder / SEALED).exists() and opened_at(folder) is None


def open_test(folder: Path) -> None:
    """Note down that a test was opened now; what was noted before stays. Raises OSError."""
    try:
        with (folder / OPENED).open("x", encoding="utf-8") as file:
            json.dump({"at": time.time()}, file)
    except FileExistsError:
        return


def opened_at(folder: Path) -> float | None:
    """Return when a test was opened first, in seconds since 1970; None for one that is sealed.

    A note that cannot be read is one that was written: the test counts as opened long ago.
    """
    if not (folder / OPENED).exists():
        return None
    at = read_json(folder / OPENED).get("at")
    return float(at) if isinstance(at, int | float) and math.isfinite(at) else 0.0


def opened_answers(folder: Path) -> Answers | None:
    """Return the answers of a test that was opened; None as long as it is sealed, or if there are none."""
    return None if opened_at(folder) is None else read_answers(folder / SEALED)
