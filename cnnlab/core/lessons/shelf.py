"""Find the lessons: those that ship, and those that a teacher put into a folder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnlab.core.lessons.lesson import Lesson
from cnnlab.core.lessons.reading import LARGEST_FILE, LessonError, read_lesson
from cnnlab.core.shipped import ASSETS

SHIPPED = ASSETS / "lessons"
MOST_FILES = 100
ENGLISH = "en"
_NAME = re.compile(r"[\w-]{1,60}\.md")


@dataclass(frozen=True)
class Shelf:
    """Hold the lessons of one language in their order, and the sentences about files that are none."""

    lessons: tuple[Lesson, ...]
    refused: tuple[str, ...] = ()

    def named(self, name: str) -> Lesson | None:
        """Return a lesson by its name."""
        return next((lesson for lesson in self.lessons if lesson.name == name), None)

    def after(self, name: str) -> Lesson | None:
        """Return the lesson that comes next."""
        names = [lesson.name for lesson in self.lessons]
        place = names.index(name) + 1 if name in names else len(names)
        return self.lessons[place] if place < len(names) else None


def shelf(language: str = ENGLISH, folder: Path | None = None) -> Shelf:
    """Return the lessons in a language; where one is missing in it, the English one stands in.

    A teacher's `folder` holds files of any language; one with the name of a shipped lesson takes its place.
    """
    found: dict[str, Lesson] = {}
    refused: list[str] = []
    for path in (*_files(SHIPPED / ENGLISH), *(_files(SHIPPED / language) if language != ENGLISH else ())):
        _take(path, found, refused)
    for path in _files(folder) if folder else ():
        _take(path, found, refused)
    return Shelf(tuple(found[name] for name in sorted(found)), tuple(refused))


def languages() -> tuple[str, ...]:
    """Return the languages that lessons ship in."""
    return tuple(sorted(path.name for path in SHIPPED.iterdir() if path.is_dir()))


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return iter(())
    found = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())
    return iter(found[:MOST_FILES])


def _take(path: Path, found: dict[str, Lesson], refused: list[str]) -> None:
    try:
        with path.open("rb") as file:
            lesson = read_lesson(path.name, file.read(LARGEST_FILE + 1))
    except (LessonError, OSError) as error:
        refused.append(str(error))
        return
    found[lesson.name] = lesson
