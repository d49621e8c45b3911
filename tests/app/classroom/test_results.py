"""A teacher sees who is where with which answers, opens one student, gives points, and takes the class along."""

import csv
import io
import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.work import State
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.session import services
from tests.app.classroom.given_out import EVIL, answer, class_of, given_out, hand_in, results_page, worked
from tests.app.driving import html_of, keyed, labelled, text_of, trigger
from tests.unit.classroom.exercise_files import CHOICE, WIDTH


def drawn(app: AppTest) -> str:
    """Return the HTML of the table."""
    return str(json.loads(keyed(app, "class_table").proto.json)[0]["html"])


def opened(app: AppTest, student: str) -> AppTest:
    return trigger(app, "class_table", "opened", student)


def test_the_table_says_who_is_where_with_which_answers() -> None:
    exercise_id, _ = worked()
    app = results_page(exercise_id)
    assert not app.exception
    html = drawn(app)
    assert "3 students, 1 handed in" in html
    assert html.index("Eve") < html.index("=cmd()") < html.index("Ada Lovelace"), "they are sorted by name"
    assert "</span>148" in html
    assert "1.1: 150. z-mistake" in html, "a slip is said whole"
    assert "filters" in html, "a choice stands in its words"
    assert "2 proposed" in html


def test_no_name_and_no_answer_is_markup() -> None:
    exercise_id, students = worked()
    answer(students[2], (1, 1), "<script>alert(1)</script>")
    html = drawn(results_page(exercise_id))
    assert "<img" not in html
    assert "<script" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; :red[Eve]" in html


def test_only_the_teacher_sees_what_came_back() -> None:
    exercise_id, _ = worked()
    app = results_page(exercise_id, is_teacher=False)
    assert [error.value for error in app.error] == ["What came back is shown to whoever holds the teacher's key."]
    assert "Ada" not in text_of(app)


def test_an_exercise_that_is_not_there_is_one_sentence() -> None:
    app = results_page("nowhere")
    assert not app.exception
    assert "There is no such exercise here" in app.error[0].value


def test_the_class_is_filtered_and_sorted() -> None:
    exercise_id, _ = worked()
    app = results_page(exercise_id)
    labelled(app.text_input, "Name").set_value("ada").run()
    assert "1 of 3 students" in drawn(app)
    labelled(app.text_input, "Name").set_value("").run()
    labelled(app.selectbox, "Wrong at question").set_value("1.1").run()
    assert "Ada" not in drawn(app)
    labelled(app.selectbox, "Wrong at question").set_value("no question").run()
    labelled(app.selectbox, "State").set_value("handed in").run()
    assert "1 of 3 students" in drawn(app)
    labelled(app.selectbox, "State").set_value("any state").run()
    html = drawn(trigger(app, "class_table", "sorted", 0))
    assert html.index("Ada") < html.index("=cmd()") < html.index("Eve")


def test_a_column_that_is_none_sorts_nothing() -> None:
    exercise_id, _ = worked()
    app = results_page(exercise_id)
    before = drawn(app)
    for sent in (99, -1, "0", [0], 10**30):
        assert drawn(trigger(app, "class_table", "sorted", sent)) == before


def test_a_student_of_another_exercise_cannot_be_opened() -> None:
    exercise_id, _ = worked()
    (stranger,) = class_of(given_out(), "Stranger")
    app = opened(results_page(exercise_id), stranger.student.id)
    assert not app.exception
    assert "3 students" in drawn(app)
    app = results_page(exercise_id, watched_student=(exercise_id, stranger.student.id))
    assert "not in this exercise" in app.error[0].value


def test_one_student_is_opened_with_every_attempt_and_given_back_with_points() -> None:
    exercise_id, (ada, *_) = worked()
    app = opened(results_page(exercise_id), ada.student.id)
    assert not app.exception
    said = text_of(app)
    for words in ("Ada Lovelace", "150", "z-mistake", "148", "Make it small", "Handed in"):
        assert words in said
    labelled(app.number_input, "Points").set_value(2.5)
    labelled(app.text_area, "Comment, which the student sees").set_value("Well done <b>you</b>")
    app = labelled(app.button, "Give back").click().run()
    assert not app.exception
    work = services.classroom().works.view(ada.token)
    assert (work.state, work.points, work.comment) == (State.RETURNED, 2.5, "Well done <b>you</b>")
    assert "Given: 2.5 of 4" in text_of(app)
    app = labelled(app.button, "Back to the class").click().run()
    assert "given back" in drawn(app)


def test_of_two_teachers_the_slower_one_is_told_and_loses_nothing() -> None:
    exercise_id, (ada, *_) = worked()
    app = opened(results_page(exercise_id), ada.student.id)
    services.classroom().table.give_back(exercise_id, ada.student.id, 1.0, "faster", 0)
    labelled(app.number_input, "Points").set_value(3.0)
    labelled(app.text_area, "Comment, which the student sees").set_value("slower")
    app = labelled(app.button, "Give back").click().run()
    assert any("Another teacher has given points" in error.value for error in app.error)
    assert labelled(app.text_area, "Comment, which the student sees").value == "slower"
    assert "1 of 4 meanwhile, with “faster”" in text_of(app).replace("  ", " ")
    app = labelled(app.button, "Mine shall stand instead").click().run()
    labelled(app.button, "Give back").click().run()
    assert services.classroom().works.view(ada.token).comment == "slower"


def test_what_was_not_handed_in_cannot_be_given_back() -> None:
    exercise_id, (_, eve, _) = worked()
    app = opened(results_page(exercise_id), eve.student.id)
    assert labelled(app.button, "Give back").disabled
    assert EVIL in text_of(app)


def test_a_lost_code_is_replaced_and_a_student_is_deleted_for_good() -> None:
    exercise_id, (ada, *_) = worked()
    app = opened(results_page(exercise_id), ada.student.id)
    app = labelled(app.button, "Another code").click().run()
    code = text_of(app).split("The new code is ")[1].split()[0].strip(";")
    room = services.classroom()
    here = Asker("f" * 32, "elsewhere")
    assert room.students.who(room.students.come_back(code, here)).name == "Ada Lovelace"
    with pytest.raises(ClassroomError):
        room.students.come_back(ada.code, here)
    app = labelled(app.button, "Delete for good").click().run()
    assert not app.exception
    assert "Ada" not in drawn(app)
    with pytest.raises(ClassroomError):
        room.works.view(ada.token)


def test_the_class_is_taken_along(downloads: dict[str, Any]) -> None:
    exercise_id, _ = worked()
    app = results_page(exercise_id)
    app.session_state["watch_part"] = "Take along"
    app.run()
    assert not app.exception
    rows = list(csv.reader(io.StringIO(downloads["Marks (.csv)"]().decode("utf-8-sig"))))
    assert rows[0][0] == "assignment"
    assert len(rows) == 4
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert len(json.loads(downloads["Answers (.json)"]())["students"]) == 3
    assert re.search(r'href="cnnlab/classes/[0-9a-f]{32}/[a-z-]+.zip" download', html_of(keyed(app, "watch_downloads")))


def test_nobody_yet_is_said() -> None:
    assert "Nobody has begun yet" in drawn(results_page(given_out()))


def test_a_question_under_way_is_only_committed_in_the_table() -> None:
    exercise_id, students = worked()
    room = services.classroom()
    room.asking.ask(exercise_id, WIDTH)
    answer(students[2], WIDTH, "150")
    html = drawn(results_page(exercise_id))
    assert "committed" in html
    assert "z-mistake" not in html
    assert "filters" in html, "other questions stay as they are"
    hand_in(room, students[2])
    answer(students[1], CHOICE, "0")
    assert "luck" in drawn(results_page(exercise_id))
