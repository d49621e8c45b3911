"""Ask a whole class: everybody commits, the histogram is shown and discussed, all are asked again, then it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cnnlab.core.classroom.exercise import At


class Phase(StrEnum):
    """Name how far asking the class has come."""

    ASKED = "asked"
    SHOWN = "shown"
    ASKED_AGAIN = "asked again"
    SHOWN_AGAIN = "shown again"
    REVEALED = "revealed"


NEXT: Mapping[Phase, Phase] = MappingProxyType(
    {
        Phase.ASKED: Phase.SHOWN,
        Phase.SHOWN: Phase.ASKED_AGAIN,
        Phase.ASKED_AGAIN: Phase.SHOWN_AGAIN,
        Phase.SHOWN_AGAIN: Phase.REVEALED,
    }
)
"""What one press leads to."""
REVEALING = frozenset({Phase.SHOWN, Phase.SHOWN_AGAIN})
"""From where the answer may be told at once."""
_ROUNDS = {Phase.ASKED: 1, Phase.SHOWN: 1, Phase.ASKED_AGAIN: 2, Phase.SHOWN_AGAIN: 2}


def takes_answers(phase: Phase | None) -> bool:
    """Tell whether a student may answer now; beside a class that is always so."""
    return phase not in (Phase.SHOWN, Phase.SHOWN_AGAIN)


def is_withheld(phase: Phase | None) -> bool:
    """Tell whether nobody may know yet who is right."""
    return phase in _ROUNDS


def round_of(phase: Phase | None) -> int:
    """Return which time the class is asked: 1 or 2, and 0 beside that."""
    return _ROUNDS.get(phase, 0) if phase else 0


@dataclass(frozen=True)
class ClassQuestion:
    """Hold a question that the class is asked; `revision` is what a press must have seen."""

    at: At
    version: int
    phase: Phase
    revision: int


@dataclass(frozen=True)
class Bar:
    """Hold one bar of a histogram: an answer as it is shown, how many gave it, and once revealed what it is worth."""

    given: str
    count: int
    right: bool | None = None
    slip: str = ""
