"""The shelf: lessons in their order, those of a teacher's folder, and files that are none."""

import os
from pathlib import Path

import pytest

from cnnlab.core.lessons.shelf import ENGLISH, SHIPPED, best_language, languages, shelf
from tests.unit.core.lessons.test_reading import FRONT, STEP


def put(folder: Path, name: str, content: str = FRONT + STEP) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def test_the_shipped_lessons_stand_in_the_order_of_their_names() -> None:
    found = shelf()
    assert found.refused == ()
    assert [f"{lesson.name}.md" for lesson in found.lessons] == sorted(
        path.name for path in (SHIPPED / ENGLISH).glob("*.md")
    )
    assert ENGLISH in languages()


def test_a_teachers_lesson_is_added_and_one_of_the_same_name_takes_the_place_of_ours(tmp_path: Path) -> None:
    ours = shelf().lessons[0].name
    put(tmp_path, "99-mine.md")
    put(tmp_path, f"{ours}.md")
    found = shelf(folder=tmp_path)
    assert found.lessons[-1].name == "99-mine"
    assert found.lessons[0].title == "One kernel"
    assert found.after(found.lessons[-2].name) == found.lessons[-1]
    assert found.after("99-mine") is None
    assert found.named("nothing") is None


def test_a_broken_file_is_said_and_the_others_stay(tmp_path: Path) -> None:
    put(tmp_path, "97-broken.md", "nothing")
    put(tmp_path, "98-fine.md")
    found = shelf(folder=tmp_path)
    assert found.named("98-fine")
    assert len(found.refused) == 1
    assert found.refused[0].startswith("97-broken.md, line 1:")


def test_names_that_could_lead_elsewhere_and_other_files_are_left_out(tmp_path: Path) -> None:
    for name in (".hidden.md", "a b.md", "notes.txt", "x" * 80 + ".md"):
        put(tmp_path, name)
    (tmp_path / "folder.md").mkdir()
    assert shelf(folder=tmp_path) == shelf()


def test_a_language_without_lessons_has_the_english_ones() -> None:
    assert shelf("xx") == shelf()


def test_a_teachers_folder_of_a_language_is_for_those_who_ask_for_it(tmp_path: Path) -> None:
    ours = shelf().lessons[2].name
    for lang in ("en", "de"):
        (tmp_path / lang).mkdir()
    put(tmp_path / "de", f"{ours}.md", FRONT.replace("One kernel", "Ein Kern") + STEP)
    put(tmp_path / "de", "98-neu.md")
    put(tmp_path / "de", "99-swiss.md", FRONT.replace("minutes", 'lang = "de-CH"\nminutes') + STEP)
    put(tmp_path / "en", "98-new.md")
    put(tmp_path, "97-everybody.md")
    assert languages(tmp_path) == ("de", "en")
    german, english = shelf("de", tmp_path), shelf("en", tmp_path)
    assert [lesson.name for lesson in german.lessons[13:]] == ["97-everybody", "98-neu", "98-new", "99-swiss"]
    assert [lesson.name for lesson in english.lessons[13:]] == ["97-everybody", "98-new"]
    found = german.named(ours)
    assert found is not None
    assert (found.title, found.lang) == ("Ein Kern", "de")
    assert [lesson.lang for lesson in german.lessons[13:]] == ["en", "de", "en", "de-CH"]
    assert german.lessons[0] == english.lessons[0] == shelf().lessons[0]


def test_folders_that_are_no_language_are_none(tmp_path: Path) -> None:
    for name in ("german", "..de", "d", "DE"):
        (tmp_path / name).mkdir()
    (tmp_path / "fr").write_text("a file")
    assert languages(tmp_path) == languages(tmp_path / "nowhere") == ("en",)


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("DE", "de"),
        ("fr,en;q=0.5,de;q=0.7", "de"),
        ("en,de", "en"),
        ("de;q=0,fr", "en"),
        ("fr-CA", "en"),
        ("", "en"),
        ("*", "en"),
        (",;q=,;;,q=0.5", "en"),
        ("../de", "en"),
        ("de;q=" + "9" * 400, "de"),
        ("x," * 5000 + "de", "en"),
    ],
)
def test_the_language_is_the_first_that_the_browser_asks_for_and_that_there_is(asked: str, language: str) -> None:
    assert best_language(asked, ("de", "en")) == language


def test_a_lesson_is_read_once_until_its_file_changes(tmp_path: Path) -> None:
    put(tmp_path, "99-mine.md")
    before = shelf(folder=tmp_path)
    again = shelf(folder=tmp_path)
    assert all(one is other for one, other in zip(before.lessons, again.lessons, strict=True))
    put(tmp_path, "99-mine.md", (FRONT + STEP).replace("One kernel", "Another kernel"))
    assert shelf(folder=tmp_path).lessons[-1].title == "Another kernel"


def test_a_lesson_that_is_replaced_by_one_of_its_size_and_time_is_read_again(tmp_path: Path) -> None:
    for word in ("kernel", "filter"):
        put(tmp_path, "99-mine.md", (FRONT + STEP).replace("One kernel", f"One {word}"))
        os.utime(tmp_path / "99-mine.md", (1e9, 1e9))
        assert shelf(folder=tmp_path).lessons[-1].title == f"One {word}"
