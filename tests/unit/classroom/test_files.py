"""A file that is handed in is kept whole, counted, given back to its student and the teacher, and to nobody else."""

import csv
import hashlib
import io
import json
import os
import sqlite3
import tempfile
import tracemalloc
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.classroom import files
from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.texts import LONGEST_FILE_NAME, file_name_of, path_part_of
from cnnlab.classroom.record.work import State
from cnnlab.classroom.store import schema
from cnnlab.processes.data.jobs import Asker
from tests.nasty_names import FILE_STEMS, NASTY
from tests.unit.classroom.exercise_files import (
    ANN,
    ANYTHING,
    BEN,
    NOTEBOOK,
    POST,
    SENTENCE,
    WIDTH,
    Clock,
    asks_for_files,
    opened,
)
from tests.unit.classroom.test_export import whole

DAY = 24 * 3600.0
SECRET = bytes(range(256)) * 40 + b"only-ann-wrote-this"


@pytest.fixture
def asked(room: Classroom) -> str:
    return room.exercises.add(asks_for_files()).id


def begun(room: Classroom, exercise_id: str, asker: Asker = ANN, name: str = "Ann") -> str:
    return room.students.begin(exercise_id, name, asker).token


def number_of(room: Classroom, token: str, at: tuple[int, int] = NOTEBOOK) -> int:
    last = room.works.view(token).asked[at].last
    assert last is not None
    assert last.file is not None
    return last.file.number


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob("classroom.sqlite*"))


def test_a_file_is_kept_with_its_name_size_and_time_and_nobody_judges_it(room: Classroom, asked: str) -> None:
    token = begun(room, asked)
    room.files.hand_in(token, NOTEBOOK, "mine.IPYNB", SECRET, ANN)
    (attempt,) = room.works.view(token).asked[NOTEBOOK].attempts
    assert attempt.file is not None
    assert (attempt.given, attempt.right, attempt.file.size) == ("mine.IPYNB", None, len(SECRET))
    assert attempt.file.digest == hashlib.sha256(SECRET).hexdigest()
    assert attempt.at == pytest.approx(room.table.rows(asked)[0].touched)
    assert room.files.own(token, attempt.file.number) == SECRET
    assert room.works.view(token).exercise.steps[2].asks[0].explain == "z-file"
    assert not [said for said in room.handing_in.validate(token).missing if said.startswith("Step 3, question 1")]


def test_a_file_outlives_the_server_and_opens_in_another_browser(room: Classroom, asked: str, home: Path) -> None:
    first = room.students.begin(asked, "Ann", ANN)
    room.files.hand_in(first.token, NOTEBOOK, "mine.py", SECRET, ANN)
    room.close()
    again = opened(home)
    token = again.students.come_back(first.code, BEN)
    assert again.files.own(token, number_of(again, token)) == SECRET
    again.close()


def test_no_other_student_gets_it(room: Classroom, asked: str) -> None:
    ann, ben = begun(room, asked), begun(room, asked, BEN, "Ben")
    room.files.hand_in(ann, NOTEBOOK, "mine-q.py", SECRET, ANN)
    number = number_of(room, ann)
    for stranger in (ben, begun(room, room.exercises.add(asks_for_files()).id)):
        with pytest.raises(ClassroomError, match="no such file"):
            room.files.own(stranger, number)
    assert "mine-q" not in repr((room.works.view(ben), room.handing_in.receipts(ben)))
    with pytest.raises(ClassroomError, match="no such file"):
        room.files.of_exercise(room.exercises.add(asks_for_files()).id, number)
    assert room.files.of_exercise(asked, number) == SECRET


@pytest.mark.parametrize(
    ("at", "name", "size", "said"),
    [
        (ANYTHING, "a.bin", files.LARGEST + 1, r"at most 1 MB \(1,000,000 bytes\); this one has 1,000,001"),
        (ANYTHING, "a.bin", 0, "is empty"),
        (NOTEBOOK, "mine.pdf", 5, r"end in .ipynb or .py; choose"),
        (NOTEBOOK, "py", 5, r"end in .ipynb or .py; choose"),
        (WIDTH, "mine.py", 5, "takes no file"),
        (SENTENCE, "mine.py", 5, "takes no file"),
        ((7, 7), "mine.py", 5, "no such question"),
    ],
)
def test_what_is_not_taken_is_one_sentence_and_the_file_before_stays(
    room: Classroom, asked: str, at: tuple[int, int], name: str, size: int, said: str
) -> None:
    token = begun(room, asked)
    room.files.hand_in(token, NOTEBOOK, "before.py", SECRET, ANN)
    with pytest.raises(ClassroomError, match=said):
        room.files.hand_in(token, at, name, b"x" * size, ANN)
    assert room.files.own(token, number_of(room, token)) == SECRET


def test_typing_is_no_way_to_answer_it(room: Classroom, asked: str) -> None:
    token = begun(room, asked)
    assert room.works.answer(token, NOTEBOOK, "mine.py", POST, ANN).said == "This question takes a file."
    assert room.works.view(token).asked[NOTEBOOK].attempts == ()
    with pytest.raises(ClassroomError, match="by each student alone"):
        room.asking.ask(asked, NOTEBOOK)


def test_it_is_replaced_and_taken_back_until_it_is_handed_in_with_the_work(room: Classroom, asked: str) -> None:
    token = begun(room, asked)
    room.files.hand_in(token, NOTEBOOK, "first.py", b"first", ANN)
    first = number_of(room, token)
    room.files.hand_in(token, NOTEBOOK, "second.py", b"second", ANN)
    assert [one.given for one in room.works.view(token).asked[NOTEBOOK].attempts] == ["second.py"]
    with pytest.raises(ClassroomError, match="no such file"):
        room.files.own(token, first)
    room.files.take_back(token, NOTEBOOK)
    assert room.works.view(token).asked[NOTEBOOK].attempts == ()
    with pytest.raises(ClassroomError, match="no file that could be taken back"):
        room.files.take_back(token, NOTEBOOK)

    room.files.hand_in(token, NOTEBOOK, "third.py", b"third", ANN)
    room.handing_in.validate(token)
    receipt = room.handing_in.submit(token, ANN)
    assert receipt.answers == ((2, 0, f"third.py (5 bytes, SHA-256 {hashlib.sha256(b'third').hexdigest()})"),)
    with pytest.raises(ClassroomError, match="what was handed in stays"):
        room.files.take_back(token, NOTEBOOK)
    room.files.hand_in(token, NOTEBOOK, "fourth.py", b"fourth", ANN)
    assert room.works.view(token).state == State.DRAFT
    assert [one.given for one in room.works.view(token).asked[NOTEBOOK].attempts] == ["third.py", "fourth.py"]
    room.files.take_back(token, NOTEBOOK)
    assert [one.given for one in room.works.view(token).asked[NOTEBOOK].attempts] == ["third.py"]


def test_nothing_is_taken_when_the_work_was_due(room: Classroom, asked: str, clock: Clock) -> None:
    token = begun(room, asked)
    room.files.hand_in(token, NOTEBOOK, "mine.py", b"x", ANN)
    clock.now += 60 * DAY
    for late in (
        lambda: room.files.hand_in(token, NOTEBOOK, "late.py", b"y", ANN),
        lambda: room.files.take_back(token, NOTEBOOK),
    ):
        with pytest.raises(ClassroomError, match="it was due"):
            late()
    assert room.files.own(token, number_of(room, token)) == b"x"


def test_a_student_and_a_class_keep_so_much_and_no_more(
    room: Classroom, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_OF_STUDENT", 100)
    monkeypatch.setattr(files, "MOST_OF_EXERCISE", 150)
    ann, ben = begun(room, asked), begun(room, asked, BEN, "Ben")
    room.files.hand_in(ann, NOTEBOOK, "a.py", b"x" * 60, ANN)
    with pytest.raises(TooMany, match="Your files together"):
        room.files.hand_in(ann, ANYTHING, "b", b"x" * 50, ANN)
    room.files.hand_in(ann, NOTEBOOK, "a.py", b"x" * 100, ANN)
    with pytest.raises(TooMany, match="files of this exercise"):
        room.files.hand_in(ben, NOTEBOOK, "b.py", b"x" * 51, BEN)
    room.files.hand_in(ben, NOTEBOOK, "b.py", b"x" * 50, BEN)


def test_a_flood_of_files_is_one_sentence(room: Classroom, asked: str) -> None:
    token = begun(room, asked)
    for _ in range(30):
        room.files.hand_in(token, ANYTHING, "a", b"x", ANN)
    with pytest.raises(TooMany, match="so many files were sent"):
        room.files.hand_in(token, ANYTHING, "a", b"x", ANN)


@pytest.mark.parametrize("name", [*NASTY[::4], *FILE_STEMS])
def test_a_name_is_hostile_and_never_a_path(room: Classroom, asked: str, name: str) -> None:
    token = begun(room, asked, name="=cmd()")
    room.files.hand_in(token, ANYTHING, name, SECRET, ANN)
    last = room.works.view(token).asked[ANYTHING].last
    assert last is not None
    assert 0 < len(last.given) <= LONGEST_FILE_NAME
    assert last.given.isprintable()
    assert "/" not in last.given
    with whole(room, asked) as archive:
        (path,) = [each for each in archive.namelist() if each.startswith("files/")]
        assert archive.read(path) == SECRET
        row = next(csv.DictReader(io.StringIO(archive.read("files.csv").decode())))
    assert path.split("/")[:2] == ["files", asked]
    assert ".." not in PurePosixPath(path).parts
    assert len(PureWindowsPath(path).parts) == 5
    assert (row["path"], row["bytes"], row["sha256"]) == (path, str(len(SECRET)), hashlib.sha256(SECRET).hexdigest())
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row.values())


@given(st.text(max_size=1000))
def test_whatever_is_sent_becomes_a_short_name_and_one_part_of_a_path(sent: str) -> None:
    name = file_name_of(sent)
    assert 0 < len(name) <= LONGEST_FILE_NAME
    assert file_name_of(name) == name
    part = path_part_of(name)
    assert part.isascii()
    assert part.strip(".") == part != ""
    assert not set(part) & set('/\\:*?"<>| ')


def test_the_answers_speak_of_the_file_and_only_of_one(room: Classroom, asked: str) -> None:
    token = begun(room, asked)
    room.works.answer(token, SENTENCE, "because", POST, ANN)
    room.files.hand_in(token, NOTEBOOK, "mine.py", SECRET, ANN)
    (student,) = json.loads(room.export.answers(asked))["students"]
    attempts = {(one["step"], one["question"]): one["attempts"] for one in student["questions"]}
    (sentence,), (file,) = attempts[2, 2], attempts[3, 1]
    assert "file" not in sentence
    assert (file["given"], file["file"]["size"]) == ("mine.py", len(SECRET))
    with whole(room, asked) as archive:
        assert archive.read(file["file"]["path"]) == SECRET


def test_a_class_goes_out_with_a_file_or_two_in_memory_at_a_time(room: Classroom, asked: str) -> None:
    for number in range(10):
        asker = Asker(f"student-{number}", "here")
        token = begun(room, asked, asker, f"Student {number}")
        room.files.hand_in(token, ANYTHING, "photograph.jpg", os.urandom(files.LARGEST), asker)
    with tempfile.TemporaryFile() as out:
        tracemalloc.start()
        try:
            room.export.everything(asked, out)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        size = out.tell()
        with zipfile.ZipFile(out) as archive:
            assert sum(name.startswith("files/") for name in archive.namelist()) == 10
    assert peak < size / 2


def test_forgetting_a_student_a_class_or_what_is_old_leaves_no_byte(
    room: Classroom, asked: str, home: Path, clock: Clock
) -> None:
    def handed_in(name: str) -> str:
        one = room.students.begin(asked, name, Asker(name, "room"))
        room.files.hand_in(one.token, NOTEBOOK, "mine.py", SECRET, ANN)
        assert b"only-ann-wrote-this" in bytes_of(home)
        return one.student.id

    room.forgetting.student(asked, handed_in("Ann"))
    assert b"only-ann-wrote-this" not in bytes_of(home)
    handed_in("Ben")
    clock.now += 401 * DAY
    assert room.forgetting.too_old() == 1
    assert b"only-ann-wrote-this" not in bytes_of(home)
    clock.now -= 401 * DAY
    handed_in("Cleo")
    room.forgetting.whole_class(asked)
    assert b"only-ann-wrote-this" not in bytes_of(home)


def test_deleted_files_give_the_disk_back(room: Classroom, asked: str, home: Path) -> None:
    before = len(bytes_of(home))
    for n in range(6):
        who = Asker(str(n), "room")
        room.files.hand_in(begun(room, asked, who, f"S{n}"), ANYTHING, "a", b"x" * files.LARGEST, who)
    assert len(bytes_of(home)) > 6 * files.LARGEST
    room.forgetting.whole_class(asked)
    assert len(bytes_of(home)) < before + files.LARGEST


def test_a_record_of_before_there_were_files_takes_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", schema.STEPS[:1])
        with sqlite3.connect(home / "classroom.sqlite") as record:
            schema.bring_up_to_date(record)
    room = opened(home)
    token = begun(room, room.exercises.add(asks_for_files()).id)
    room.files.hand_in(token, NOTEBOOK, "mine.py", SECRET, ANN)
    assert room.files.own(token, number_of(room, token)) == SECRET
    room.close()


def test_a_damaged_record_brings_files_back(home: Path) -> None:
    room = opened(home)
    token = begun(room, room.exercises.add(asks_for_files()).id)
    room.files.hand_in(token, NOTEBOOK, "mine.py", SECRET, ANN)
    room.close()
    with sqlite3.connect(home / "classroom.sqlite") as record:
        record.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = record.execute("SELECT rootpage FROM sqlite_master WHERE name = 'attempts_of_student'").fetchone()[0]
        size = record.execute("PRAGMA page_size").fetchone()[0]
    with (home / "classroom.sqlite").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    room = opened(home)
    assert room.files.own(token, number_of(room, token)) == SECRET
    room.close()
