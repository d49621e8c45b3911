"""A student hands a file in beside the pages, and the teacher saves it; nobody opens it."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.files import LARGEST
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.kept.disk import Disk
from cnnlab.ui.classroom.work import handed_file
from cnnlab.ui.session import services
from tests.app.classroom.conftest import Opened, begun, link_to, press
from tests.app.classroom.given_out import EVIL, asker, results_page
from tests.app.classroom.test_giving_out import choose, draft, lacks, type_in, written
from tests.app.classroom.test_work import dock, record, to_step, work
from tests.app.driving import keyed, labelled, open_page, text_of, trigger
from tests.unit.classroom.exercise_files import ANYTHING, NOTEBOOK, asks_for_files


def lasting() -> Exercise:
    return replace(asks_for_files(), due=4_000_000_000.0)


@pytest.fixture
def app(opened: Opened) -> AppTest:
    return to_step(begun(opened(link_to(lasting()))), 3)


def upload(app: AppTest, name: str, content: bytes, field: int = 0) -> AppTest:
    fields = [each for each in app.file_uploader if (each.key or "").startswith("exercise_")]
    fields[field].upload(name, content, "text/html").run()
    assert not app.exception
    return app


def test_a_file_is_taken_replaced_and_taken_back(app: AppTest) -> None:
    upload(app, "mine.py", b"print(1)")
    assert "Your file: mine.py" in dock(app)
    assert "8 B, " in dock(app)
    labels = [field.label for field in app.file_uploader]
    assert labels == ["Another file in its place (.ipynb or .py, at most 1 MB)", "Your file (at most 1 MB)"]
    upload(app, "better.py", b"print(2) ")
    assert [one.given for one in record(app).asked[NOTEBOOK].attempts] == ["better.py"]
    press(app, "Take it back")
    assert "better.py" not in dock(app)
    assert record(app).asked[NOTEBOOK].attempts == ()


def test_it_is_there_again_after_a_reload(app: AppTest, opened: Opened) -> None:
    upload(app, "mine.py", b"print(1)")
    again = opened(work(app).link, step="3")
    assert "Your file: mine.py" in dock(again)


@pytest.mark.parametrize(
    ("field", "name", "content", "said"),
    [
        (1, "large.bin", b"x" * (LARGEST + 1), "A file has at most 1 MB (1,000,000 bytes); this one has 1,000,001."),
        (1, "empty.bin", b"", "This file is empty"),
        (0, "mine.pdf", b"%PDF", "This question takes files that end in .ipynb or .py; choose such a one."),
    ],
)
def test_what_is_not_taken_is_one_sentence_and_loses_nothing(
    app: AppTest, field: int, name: str, content: bytes, said: str
) -> None:
    upload(app, "mine.py", b"print(1)")
    upload(app, name, content, field)
    assert len(app.error) == 1
    assert said in app.error[0].value.replace("\\", "")
    assert "Your file: mine.py" in dock(app)
    assert record(app).asked[ANYTHING].attempts == ()


def test_a_full_home_is_one_sentence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "problem", lambda *_: "There is no room.")
        upload(app, "mine.py", b"print(1)")
    assert [error.value for error in app.error] == ["There is no room."]
    assert record(app).asked[NOTEBOOK].attempts == ()


def test_a_preview_takes_a_file_and_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    app = written(open_page("exercises"))
    choose(app, "Kind of answer", "file")
    type_in(app, "Endings that it may have", "PY, .ipynb")
    assert draft(app).steps[0].asks[0].endings == "PY, .ipynb"
    assert lacks(app) == []
    labelled(app.button, "Try it as a student").click().run()
    upload(app, "mine.py", b"print(1)")
    assert "Your file: mine.py" in dock(app)
    assert "Save a copy" not in [button.label for button in app.get("download_button")]
    press(app, "Take it back")
    assert "mine.py" not in dock(app)


def test_a_teacher_sees_the_file_and_saves_it_as_what_no_browser_opens() -> None:
    room = services.classroom()
    exercise_id = room.exercises.add(lasting()).id
    student = room.students.begin(exercise_id, "Ann", asker(0))
    room.files.hand_in(student.token, NOTEBOOK, f"{EVIL}.py", b"<script>", asker(0))
    page = results_page(exercise_id)
    assert "<img" not in str(keyed(page, "class_table").proto.json)
    opened = trigger(page, "class_table", "opened", student.student.id)
    assert not opened.exception
    (button,) = [one for one in opened.get("download_button") if one.proto.label.startswith("3.1 ")]
    assert ":red[" not in button.proto.label
    assert handed_file.HARMLESS == "application/octet-stream"
    assert "8 B" in text_of(opened)


def test_the_class_is_not_asked_for_a_file() -> None:
    exercise_id = services.classroom().exercises.add(lasting()).id
    page = results_page(exercise_id, watch_part="Ask the class")
    assert not page.exception
    (question,) = [box for box in page.selectbox if box.key == "watch_question"]
    assert len(question.options) == 3
