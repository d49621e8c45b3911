"""Say what is fuzzed: a reader, valid specimens of what it reads, how they are changed, and how it may refuse."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from cnnlab.core.words import Refusal
from tests.fuzz.mutating import Mutate, pieces


@dataclass(frozen=True)
class Target:
    """Hold one reader of what strangers send.

    `read` takes the bytes and a folder that is a home; `seconds` are of the processor for one case. `drawn` makes
    cases from nothing, where that leads anywhere. One that `asks` has its work done by a process of its own.
    """

    name: str
    specimens: Callable[[], Sequence[bytes]]
    read: Callable[[bytes, Path], object]
    mutate: Mutate
    cases: int
    refusals: tuple[type[Exception], ...] = (Refusal,)
    seconds: float = 5.0
    drawn: "st.SearchStrategy[bytes] | None" = None
    asks: bool = False

    def changed(self, rng: random.Random, data: bytes) -> bytes:
        """Return a specimen changed; as bytes where what it would become cannot be written down."""
        try:
            return self.mutate(rng, data)
        except (ValueError, OverflowError, RecursionError):
            return pieces(rng, data)

    def case(self, seed: int, specimens: Sequence[bytes]) -> bytes:
        """Return the case of a number: always the same for the same specimens."""
        rng = random.Random(seed)
        return self.changed(rng, rng.choice(specimens))


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
"""Draw JSON values."""


def as_json(value: object) -> bytes:
    """Return a value as JSON text, with what JSON does not know as JavaScript writes it."""
    return json.dumps(value).encode()
