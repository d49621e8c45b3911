"""Explain the field's terms, each in a sentence or two, from one file a language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cnnlab.core.shipped import ASSETS

GLOSSARY = ASSETS / "glossary"
ENGLISH = "en"


@dataclass(frozen=True)
class Term:
    """Hold what a term means, in which language, and the words that stand for it; the first is its name."""

    words: tuple[str, ...]
    says: str
    lang: str


@cache
def glossary(language: str = ENGLISH, folder: Path = GLOSSARY) -> tuple[Term, ...]:
    """Return every term that is explained: those of a language before the English ones, which pages are written with.

    A word that both languages have is explained in the first; one without a file has the English terms alone.
    """
    found: dict[str, Term] = {}
    for lang in dict.fromkeys((language, ENGLISH)):
        file = folder / f"{lang}.toml"
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["term"] if file.exists() else ():
            words = tuple(word for word in row["words"] if word not in found)
            found |= dict.fromkeys(words, Term(words, row["says"], lang))
    return tuple(dict.fromkeys(found.values()))


def glossary_languages() -> tuple[str, ...]:
    """Return the languages that terms are explained in."""
    return tuple(sorted(path.stem for path in GLOSSARY.glob("*.toml")))
