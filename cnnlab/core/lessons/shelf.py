"""Find the lessons: those that ship, and those that a teacher put into a folder."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from cnnlab.core.lessons.lesson import Lesson, LessonError
from cnnlab.core.lessons.reading import LARGEST_FILE, read_lesson
from cnnlab.core.shipped import ASSETS

SHIPPED = ASSETS / "lessons"
MOST_FILES = 100
ENGLISH = "en"
LONGEST_HEADER = 500
_NAME = re.compile(r"[\w-]{1,60}\.md")
_WEIGHT = re.compile(r"q=([01](?:\.\d{1,3})?)")


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

    A teacher's `folder` holds files for everybody, and folders by language as ours; one with the name of a shipped
    lesson takes its place.
    """
    found: dict[str, Lesson] = {}
    refused: list[str] = []
    spoken = dict.fromkeys((ENGLISH, language))
    teachers = [] if folder is None else [(folder, ENGLISH), *((folder / each, each) for each in spoken)]
    for place, lang in [*((SHIPPED / each, each) for each in spoken), *teachers]:
        for path in _files(place):
            _take(path, lang, found, refused)
    return Shelf(tuple(found[name] for name in sorted(found)), tuple(refused))


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Return the languages that there are lessons in, those of a teacher's folder too."""
    places = [SHIPPED, *([folder] if folder and folder.is_dir() else [])]
    return tuple(sorted({path.name for each in places for path in each.iterdir() if _is_language(path)}))


def best_language(asked: str, offered: Collection[str]) -> str:
    """Return the offered language that is asked for first, else English.

    `asked` is written like the header Accept-Language, such as `de-CH,de;q=0.9,en;q=0.8`: the more it is wanted, the
    larger the number behind q, which is 1 where there is none.
    """
    wanted: list[tuple[float, str]] = []
    for tag, _, weight in (each.partition(";") for each in asked[:LONGEST_HEADER].split(",")):
        found = _WEIGHT.fullmatch(weight.strip())
        wanted.append((-float(found[1]) if found else -1.0, tag.strip().partition("-")[0].lower()))
    return next((tag for weight, tag in sorted(wanted, key=itemgetter(0)) if weight and tag in offered), ENGLISH)


def _is_language(path: Path) -> bool:
    return path.is_dir() and re.fullmatch(r"[a-z]{2,3}", path.name) is not None


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return iter(())
    found = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())
    return iter(found[:MOST_FILES])


def _take(path: Path, lang: str, found: dict[str, Lesson], refused: list[str]) -> None:
    try:
        known = path.stat()
        # Whoever copies a file may give it any time of writing, but not the time of the change.
        lesson = _read(path, lang, known.st_ctime_ns, known.st_size)
    except (LessonError, OSError) as error:
        refused.append(str(error))
        return
    found[lesson.name] = lesson


@lru_cache(maxsize=4 * MOST_FILES)
def _read(path: Path, lang: str, _changed: int, _size: int) -> Lesson:
    """Return the lesson of a file, which is read once until it changes: whoever plays it holds the same one."""
    with path.open("rb") as file:
        return read_lesson(path.name, file.read(LARGEST_FILE + 1), lang)
