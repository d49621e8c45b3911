"""Read a sequence that somebody typed or pasted, for a network that takes so many letters."""

from dataclasses import dataclass

from cnnlab.core.sequences.letters import UNKNOWN, Codes, SequenceError, codes_of, filled
from cnnlab.core.words import visible

MOST_TYPED = 10_000
"""Characters that are read at all."""


@dataclass(frozen=True, eq=False)
class Typed:
    """Hold the codes (length,) of what was typed, and in one sentence what was done to it; empty for nothing."""

    codes: Codes
    done: str


def typed(text: str, length: int) -> Typed:
    """Return a typed sequence as codes of this length: a header, spaces and lines are dropped, N fills the end.

    Raises `SequenceError` for what is no DNA, empty, or too long.
    """
    if len(text) > MOST_TYPED:
        raise SequenceError(f"That is more than {MOST_TYPED:,} characters; paste one sequence.")
    lines = text.split("\n")
    headers = [line for line in lines if line.lstrip().startswith((">", ";"))]
    if len(headers) > 1:
        raise SequenceError(f"These are {len(headers)} sequences; paste one of them.")
    letters = "".join("".join(line.split()) for line in lines if line not in headers)
    if not letters:
        raise SequenceError(f"There are no letters yet; type or paste {length:,} of A, C, G, T or N.")
    foreign = next((i for i, letter in enumerate(letters) if not letter.isascii()), None)
    if foreign is not None:
        said = visible(letters[foreign]) or "what cannot be seen"
        raise SequenceError(f"{said!r} at place {foreign + 1} is no letter of DNA; write A, C, G, T or N.")
    try:
        codes = codes_of(letters.encode())
    except SequenceError as error:
        said = str(error)
        raise SequenceError(f"{said[:1].upper()}{said[1:]}.") from None
    if len(letters) > length:
        raise SequenceError(
            f"The network takes {length:,} letters, and these are {len(letters):,}; cut {len(letters) - length:,} away."
        )
    missing = length - len(letters)
    return Typed(filled(codes, length), _said(letters, codes, missing))


def _said(letters: str, codes: Codes, missing: int) -> str:
    """Say what was changed."""
    done = []
    if letters != letters.upper():
        done.append("small letters count as large ones")
    if "U" in letters.upper():
        done.append("U counts as T")
    if unknown := int((codes == UNKNOWN).sum()):
        done.append(f"{unknown:,} unknown {'letter is' if unknown == 1 else 'letters are'} 0 in all channels")
    if missing:
        done.append(f"N fills the last {missing:,}")
    said = "; ".join(done)
    return f"{said[:1].upper()}{said[1:]}." if said else ""
