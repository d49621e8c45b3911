"""Write numbers so that rounding tells nothing wrong: what is not 0 never reads 0 or −0, nor 0.9997 as 1."""

import sys
from typing import TypeGuard

MOST_PLACES = 16


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether something read from JSON is a finite number; a whole one that no float holds is none."""
    # math.isfinite raises OverflowError for such a one.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def decimal(value: float, places: int = 2) -> str:
    """Return a number with a minus sign, not a hyphen; a small one has two digits however many places that takes."""
    rounded = f"{value:.{places}f}"
    if value and not float(rounded):
        rounded = f"{value:.2g}"
    return f"{0:.{places}f}" if not value else rounded.replace("-", "−")


def two_digits(value: float) -> str:
    """Return a number with two decimals, and one below a tenth with two digits: 12.30, 0.25, 0.0049."""
    return decimal(value, 2) if abs(value) >= 0.1 or not value else f"{value:.2g}".replace("-", "−")


def probability(value: float, places: int = 2) -> str:
    """Return a number from 0 to 1 with as many places as it takes not to read as 0 or 1 where it is neither."""
    if 0 < value < 0.5:
        return decimal(value, places)
    while value < 1 and float(f"{value:.{places}f}") == 1 and places < MOST_PLACES:
        places += 1
    return decimal(value, places)


def percent(share: float, places: int = 1) -> str:
    """Return a share as a percentage that reads as 0 or 100 only where it is: 99.96%, 0.0004%."""
    while 0 < share < 1 and float(f"{100 * share:.{places}f}") in (0, 100) and places < MOST_PLACES:
        places += 1
    return f"{share:.{places}%}".replace("-", "−")
