"""Say what a fact is that a lesson may ask about."""

from collections.abc import Callable
from dataclasses import dataclass

from cnnlab.core.lessons.language import Value

Answer = Callable[..., Value]


@dataclass(frozen=True)
class Fact:
    """Describe a fact: what it is in words, with {} for its constants, its answer, and how many constants it takes.

    A `fixed` one is known from the network alone.
    """

    says: str
    answer: Answer
    takes: int = 0
    fixed: bool = False
