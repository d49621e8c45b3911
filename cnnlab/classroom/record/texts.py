"""Take texts that people type: bounded, without what cannot be seen."""

import unicodedata

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.words import visible

LONGEST_NAME, LONGEST_COMMENT = 40, 2000


def name_of(typed: str) -> str:
    """Return a student's name in one line; raise `ClassroomError` for none, and for one that is too long."""
    name = " ".join(visible(unicodedata.normalize("NFC", typed[: 8 * LONGEST_NAME]).replace("\t", " ")).split())
    if not any(c.isalnum() for c in name):
        raise ClassroomError("A name has at least one letter or digit; any will do by which your teacher knows you.")
    if len(name) > LONGEST_NAME:
        raise ClassroomError(f"A name has at most {LONGEST_NAME} characters; this one has more.")
    return name


def comment_of(typed: str) -> str:
    """Return a comment with its lines; raise `ClassroomError` for one that is too long."""
    comment = "\n".join(visible(line) for line in typed[: 2 * LONGEST_COMMENT].splitlines()).strip()
    if len(comment) > LONGEST_COMMENT:
        raise ClassroomError(f"A comment has at most {LONGEST_COMMENT:,} characters; this one has more.")
    return comment


def parts_of(name: str) -> tuple[str, str]:
    """Return first and last name as a mark book wants them: at a comma, else at the last space; one word is a first."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return (first.strip(), last.strip()) if first.strip() else (last.strip(), "")
