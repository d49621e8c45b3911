"""Read an exercise from its file, which is that of a lesson with a table `[exercise]` in its front matter."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cnnlab.core.classroom.exercise import ANY, Exercise, Limits
from cnnlab.core.exchange.link import LONGEST_TEXT as LONGEST_LINK
from cnnlab.core.exchange.link import LinkError, decode
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.lessons.reading import LONGEST_TEXT, Reader
from cnnlab.core.network import Network
from cnnlab.core.words import visible

MAX_SEED = 2**32 - 1
MOST_POINTS = 1000
MOST_HANDLES = 200
LONGEST_BY = 60
_LIMITS = {"epochs": int, "params": int, "minutes": int, "trainings": int}
_KNOWN: Mapping[str, type] = {
    "message": str,
    "by": str,
    "due": datetime,
    "seed": int,
    "points": float,
    "network": str,
    "weights_run": str,
    "begin": dict,
    "only": dict,
    "hidden": dict,
    "limits": dict,
}
SETTINGS = tuple(_KNOWN)
"""What the table `[exercise]` may hold, by name."""
_HANDLE = re.compile(r"[a-z][a-z0-9_]{0,40}(\.[a-z0-9_]{0,40})?\*?|\*")
_RUN = re.compile(r"[\w-]{1,40}")
_FRONT = 1  # the line that front matter is named by


def read_exercise(name: str, content: bytes) -> Exercise:
    """Read the file of an exercise; raise `LessonError` for one that is none, a plain lesson too."""
    reader = Reader(name, "en", takes_files=True)
    lesson = reader.lesson(content)
    table = reader.front_matter(content).get("exercise")
    if table is None:
        raise reader.error(_FRONT, "an exercise has a table [exercise] in its front matter; this is a plain lesson.")
    facts = reader.table(table, _FRONT, _KNOWN, longest=LONGEST_LINK)
    reader.bounded(facts.get("message", ""), _FRONT, LONGEST_TEXT)
    begin = reader.go({"page": "architecture", **facts.get("begin", {})}, _FRONT)
    limits = reader.table(facts.get("limits", {}), _FRONT, _LIMITS)
    if low := next((key for key, value in limits.items() if value < 1), None):
        raise reader.error(_FRONT, f"{low} is a whole number of at least 1.")
    return Exercise(
        lesson,
        begin,
        _network(reader, facts),
        _matching(reader, facts, "weights_run", _RUN, "the name of a training"),
        facts.get("message", ""),
        _by(reader, facts),
        _handles(reader, facts, "only"),
        _handles(reader, facts, "hidden"),
        Limits(**limits),
        _due(reader, facts),
        int(_number(reader, facts, "seed", 0, MAX_SEED) or 0),
        _number(reader, facts, "points", 0, MOST_POINTS),
    )


def is_exercise(name: str, content: bytes) -> bool:
    """Tell whether the file of a lesson is one of an exercise; raise `LessonError` for what is neither."""
    return "exercise" in Reader(name, "en").front_matter(content)


def _network(reader: Reader, facts: Mapping[str, Any]) -> Network:
    if "network" not in facts:
        return Network.seed()
    try:
        return decode(facts["network"])
    except LinkError as error:
        raise reader.error(_FRONT, f"network is the text behind net= of a network's link. {error}") from None


def _by(reader: Reader, facts: Mapping[str, Any]) -> str:
    by = " ".join(visible(facts.get("by", "")).split())
    if len(by) > LONGEST_BY:
        raise reader.error(_FRONT, f"by has at most {LONGEST_BY} characters; this one has {len(by)}.")
    return by


def _handles(reader: Reader, facts: Mapping[str, Any], name: str) -> dict[str, tuple[str, ...]]:
    """Return the handles of controls that a table has for each page."""
    table: Mapping[str, Any] = facts.get(name, {})
    for page, handles in table.items():
        if page not in PAGES:
            raise reader.error(_FRONT, f"{name} names pages: {', '.join(PAGES)}; not “{page:.60}”.")
        if not isinstance(handles, list) or len(handles) > MOST_HANDLES:
            raise reader.error(_FRONT, f"{name} has for a page a list of at most {MOST_HANDLES} handles.")
        for one in handles:
            if not isinstance(one, str) or not _HANDLE.fullmatch(one):
                example = f'"layer0.kernel_size", or "layer0.{ANY}" for all of a layer'
                raise reader.error(_FRONT, f"a handle is the name of a control, such as {example}; not {one!r:.60}.")
    return {page: tuple(handles) for page, handles in table.items()}


def _due(reader: Reader, facts: Mapping[str, Any]) -> float | None:
    due: datetime | None = facts.get("due")
    if due is None:
        return None
    if due.tzinfo is None or not 2000 <= due.year <= 2100:
        raise reader.error(_FRONT, "due is a moment with its offset, such as 2027-01-15T18:00:00+01:00.")
    return due.astimezone(UTC).replace(microsecond=0).timestamp()


def _number(reader: Reader, facts: Mapping[str, Any], name: str, least: int, most: int) -> float | None:
    value: float | None = facts.get(name)
    if value is not None and not least <= value <= most:
        raise reader.error(_FRONT, f"{name} lies between {least} and {most:,}; not {value:g}.")
    return value


def _matching(reader: Reader, facts: Mapping[str, Any], name: str, pattern: re.Pattern[str], expected: str) -> str:
    value: str = facts.get(name, "")
    if value and not pattern.fullmatch(value):
        raise reader.error(_FRONT, f"{name} is {expected}; not “{value:.60}”.")
    return value
