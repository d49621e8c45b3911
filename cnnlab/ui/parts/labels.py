"""Tell choices apart that have the same name."""

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def told_apart(labels: Mapping[K, str]) -> dict[K, str]:
    """Return the labels by what they stand for, numbered where several are alike.

    A browser sends the label that was chosen, and Streamlit takes the first choice that has it.
    """
    taken: set[str] = set()
    found = {}
    for one, label in labels.items():
        number, unlike = 1, label
        while unlike in taken:
            number += 1
            unlike = f"{label} ({number})"
        taken.add(unlike)
        found[one] = unlike
    return found
