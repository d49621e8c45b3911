"""Draw the random texts of a class: the code that opens a student's work, and the names of records."""

import hashlib
import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter looks like a digit, and none like another letter."""
CODE_LETTERS, GROUP = 15, 5  # 31 ** 15 are 74 bits
ID_LETTERS = 10
LONGEST_TYPED = 60


def new_code() -> str:
    """Return a code of 74 random bits, in three groups: `k7mzq-2hd9w-xn4rt`."""
    drawn = _drawn(CODE_LETTERS)
    return "-".join(drawn[i : i + GROUP] for i in range(0, CODE_LETTERS, GROUP))


def new_id() -> str:
    """Return the name of a record, which is no secret."""
    return _drawn(ID_LETTERS)


def hash_of(typed: str) -> bytes | None:
    """Return how a code is written down, None for what is none; spaces, hyphens and capitals do not matter.

    A code has so many random bits that one round of a hash is enough: nobody tries them all.
    """
    code = "".join(c for c in typed[:LONGEST_TYPED].casefold() if not (c.isspace() or c in "-–—"))
    if len(code) != CODE_LETTERS or not set(code) <= set(ALPHABET):
        return None
    return hashlib.sha256(code.encode()).digest()


def _drawn(letters: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(letters))
