"""The shelf: lessons in their order, those of a teacher's folder, and files that are none."""

from pathlib import Path

from cnnlab.core.lessons.shelf import ENGLISH, SHIPPED, languages, shelf
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
