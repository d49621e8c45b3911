"""Turn letters of DNA into numbers: one channel a letter, and nothing for a letter that is not known."""

import numpy as np
import numpy.typing as npt

from cnnlab.core.words import Refusal

LETTERS = "ACGT"
UNKNOWN = 4
"""The code of N and of every other letter that stands for several: its channels are all 0."""
AMBIGUOUS = "NRYSWKMBDHV"
FULL = 255
"""A letter's value before it is rescaled by 1/255, as a white pixel's is."""

Codes = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]


def reads_pictures(shape: tuple[int, ...]) -> str:
    """Say in one sentence that a network with this input is not for sequences."""
    said = " × ".join(f"{n:,}" for n in shape)
    return f"This network reads pictures ({said}), and the data are sequences; choose a network of length × 4."


_TABLE = np.full(256, 255, np.uint8)
for _place, _letter in enumerate(LETTERS):
    _TABLE[[ord(_letter), ord(_letter.lower())]] = _place
_TABLE[[ord("U"), ord("u")]] = LETTERS.index("T")
for _letter in AMBIGUOUS:
    _TABLE[[ord(_letter), ord(_letter.lower())]] = UNKNOWN


class SequenceError(Refusal):
    """Say in one sentence why a text, a file or a setting is no sequences, and what to do."""


def codes_of(text: bytes) -> Codes:
    """Return the code of each letter: 0 to 3 for A, C, G, T (and U), 4 for one that stands for several.

    Small letters count as large ones. Raises `SequenceError` that names the first character that is no letter of DNA.
    """
    codes = _TABLE[np.frombuffer(text, np.uint8)]
    wrong = np.flatnonzero(codes == 255)
    if wrong.size:
        character = chr(text[wrong[0]])
        said = "a gap" if character in "-." else f"{character!r}"
        raise SequenceError(f"{said} at place {wrong[0] + 1} is no letter of DNA; write A, C, G, T or N")
    return codes


def text_of(codes: Codes) -> str:
    """Return codes as letters, N for those that are not known."""
    return "".join(f"{LETTERS}N"[code] for code in codes)


def one_hot(codes: Codes) -> npt.NDArray[np.uint8]:
    """Return codes (..., length) as uint8 (..., length, 4): 255 in the letter's channel, 0 elsewhere."""
    return np.asarray(codes[..., None] == np.arange(len(LETTERS), dtype=np.uint8), np.uint8) * np.uint8(FULL)


def filled(codes: Codes, length: int) -> Codes:
    """Return codes (n,) as codes (length,), with N behind them."""
    return np.append(codes, np.full(length - len(codes), UNKNOWN, np.uint8))


def reverse_complement(codes: Codes) -> Codes:
    """Return codes (..., length) as the other strand reads: backwards, A for T and C for G."""
    turned = codes[..., ::-1]
    return np.where(turned == UNKNOWN, UNKNOWN, len(LETTERS) - 1 - turned).astype(np.uint8)
