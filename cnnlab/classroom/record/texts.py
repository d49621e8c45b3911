"""Take texts that people type: bounded, without what cannot be seen."""

import re
import unicodedata

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.words import visible

LONGEST_NAME, LONGEST_COMMENT, LONGEST_FILE_NAME = 40, 2000, 100


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


def file_name_of(sent: str) -> str:
    """Return the name of a file as it is shown: its last part, bounded, without what cannot be seen."""
    last = sent[-8 * LONGEST_FILE_NAME :].replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = " ".join(visible(unicodedata.normalize("NFC", last).replace("\t", " ")).split())
    if len(name) > LONGEST_FILE_NAME:
        name = f"{name[: LONGEST_FILE_NAME - 20]}…{name[-19:]}"
    return name or "file"


def path_part_of(name: str) -> str:
    """Return a name as a part of a path that every system takes: letters of ASCII, and no point at either end."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", letters)[-LONGEST_FILE_NAME:].strip(".-") or "file"


def parts_of(name: str) -> tuple[str, str]:
    """Return first and last name as a mark book wants them: at a comma, else at the last space; one word is a first."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return (first.strip(), last.strip()) if first.strip() else (last.strip(), "")
