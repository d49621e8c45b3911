"""A class goes out as marks, answers and one zip, and no cell of it becomes a formula."""

import csv
import io
import json
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.export import COLUMNS, harmless
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.processes.data.jobs import Asker
from tests.unit.classroom.exercise_files import CHOICE, POST, SENTENCE, WIDTH, exercise

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def handed_in(room: Classroom, exercise_id: str, name: str, *answers: str) -> str:
    asker = Asker(name, name)
    begun = room.students.begin(exercise_id, name, asker)
    for at, given_answer in zip((WIDTH, CHOICE, SENTENCE), answers, strict=False):
        room.works.answer(begun.token, at, given_answer, POST, asker)
    room.works.check_goal(begun.token, (0, 0), POST)
    room.handing_in.validate(begun.token)
    room.handing_in.submit(begun.token, asker)
    return begun.student.id


def whole(room: Classroom, exercise_id: str) -> zipfile.ZipFile:
    """Return the zip of a class, open to be read."""
    out = io.BytesIO()
    room.export.everything(exercise_id, out)
    return zipfile.ZipFile(out)


def marks(room: Classroom, exercise_id: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(room.export.marks(exercise_id))))


def test_marks_have_the_columns_of_nbgrader_and_what_was_typed(room: Classroom, given_out: str) -> None:
    ann = handed_in(room, given_out, "Ada King Lovelace", "148", "1", "It is")
    ben = handed_in(room, given_out, "Ben", "150", "0")
    idle = room.students.begin(given_out, "Idle", Asker()).student.id
    room.table.give_back(given_out, ben, 0.5, "Look again", 0)
    assert COLUMNS == (
        "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
        "late_submission_penalty", "score", "max_score",
    )  # fmt: skip
    first, second, third = marks(room, given_out)
    assert tuple(first) == COLUMNS
    assert first == {
        "assignment": "One kernel",
        "duedate": "2027-02-01 17:00:00",
        "timestamp": "2027-01-15 08:00:00",
        "student_id": ann,
        "last_name": "Lovelace",
        "first_name": "Ada King",
        "email": "",
        "raw_score": "4.0",
        "late_submission_penalty": "0.0",
        "score": "4.0",
        "max_score": "4.0",
    }
    assert (second["student_id"], second["score"], second["first_name"]) == (ben, "0.5", "Ben")
    assert (third["student_id"], third["score"], third["timestamp"]) == (idle, "0.0", "")


def test_a_name_that_begins_like_a_formula_is_a_text(room: Classroom, given_out: str) -> None:
    for name in HOSTILE:
        room.students.begin(given_out, f"{name} x", Asker(name, "room"))
        room.students.begin(given_out, f"{name}, {name}", Asker(name, "room"))
    assert len(marks(room, given_out)) == 2 * len(HOSTILE)
    for row in marks(room, given_out):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


@given(st.text())
@settings(max_examples=50)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(text), harmless(1.5)])
    read, number = next(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read in (text, f"'{text}")
    assert number == "1.5"


def test_everything_is_in_one_zip(room: Classroom, given_out: str) -> None:
    ann = handed_in(room, given_out, "Ann", "150", "1")
    room.exercises.save(given_out, exercise(), seen=1)
    with whole(room, given_out) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {
        "marks.csv", "answers.json", "exercise-version-1.md", "exercise-version-2.md", f"receipts/{ann}-1.txt",
    }  # fmt: skip
    assert files["marks.csv"] == room.export.marks(given_out)
    assert read_exercise("x.md", files["exercise-version-1.md"].encode()).title == "One kernel"
    assert room.handing_in.verify(files[f"receipts/{ann}-1.txt"]).name == "Ann"
    told = json.loads(files["answers.json"])
    (student,) = told["students"]
    assert (student["name"], student["state"], student["goals"], student["proposed"]) == (
        "Ann",
        "submitted",
        [[0, 0]],
        2.0,
    )
    attempts = {
        (one["step"], one["question"]): [each["given"] for each in one["attempts"]] for one in student["questions"]
    }
    assert attempts == {(1, 1): ["150"], (2, 1): ["1"], (2, 2): []}
