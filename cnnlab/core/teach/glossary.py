"""Explain the field's terms, each in a sentence or two, from one file."""

import tomllib
from dataclasses import dataclass
from functools import cache

from cnnlab.core.shipped import ASSETS

GLOSSARY = ASSETS / "glossary" / "en.toml"


@dataclass(frozen=True)
class Term:
    """Hold what a term means, and the words that stand for it; the first is its name."""

    words: tuple[str, ...]
    says: str


@cache
def glossary() -> tuple[Term, ...]:
    """Return every term that is explained."""
    rows = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))["term"]
    return tuple(Term(tuple(row["words"]), row["says"]) for row in rows)
