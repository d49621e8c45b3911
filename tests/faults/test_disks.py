"""On a disk that is full or may not be written: one sentence, nothing acknowledged lost, nothing half-made left."""

import io
import json
import random
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from cnnlab.processes.data.jobs import FAILED
from cnnlab.processes.environment import child_environment, data_command
from cnnlab.processes.home.faults import FULL, READ_ONLY
from cnnlab.runs.record import RunError, State
from cnnlab.runs.record.events import EventWriter, read_events
from cnnlab.runs.store import Store
from tests.faults.conftest import fill, mounted
from tests.unit.classroom.exercise_files import ANN, POST, SENTENCE, exercise, opened
from tests.unit.runs.store.test_store import SPEC

Disk = Callable[[int], Path]


def archive(pictures: int = 40, side: int = 96) -> bytes:
    """Return a zip of pictures of noise in two classes, which takes as much room unpacked as packed."""
    rng, out = random.Random(0), io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(pictures):
            held = io.BytesIO()
            Image.frombytes("RGB", (side, side), rng.randbytes(3 * side * side)).save(held, "PNG")
            packed.writestr(f"{('cat', 'dog')[number % 2]}/{number}.png", held.getvalue())
    return out.getvalue()


def job(home: Path, *arguments: str) -> dict[str, str]:
    """Run a job on data to its end and return the last thing that it said."""
    command = data_command(*arguments)
    done = subprocess.run(
        command, env=child_environment(Settings(home)), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def refused(act: Callable[[], object]) -> str:
    """Do something again and again until it is refused, and return the sentence."""
    for _ in range(3_000):
        try:
            act()
        except (ClassroomError, RunError, OSError) as error:
            return str(error)
    raise AssertionError("it was never refused")


def test_a_full_disk_takes_no_answer_that_was_acknowledged(disk: Disk) -> None:
    home = disk(6)
    room = opened(home)
    token = room.students.begin(room.exercises.add(exercise()).id, "Ann", ANN).token
    acknowledged = 0

    def answer() -> None:
        nonlocal acknowledged
        room.works.answer(token, SENTENCE, f"answer {acknowledged} {'x' * 900}", POST, ANN)
        acknowledged += 1

    for _ in range(5):
        answer()
    filler = fill(home)
    assert refused(answer) == FULL
    filler.unlink()
    given = [each.given for each in room.works.view(token).asked[SENTENCE].attempts]
    assert len(given) == acknowledged
    room.works.answer(token, SENTENCE, "after", POST, ANN)
    room.close()
    again = opened(home)
    assert [each.given for each in again.works.view(token).asked[SENTENCE].attempts][-1] == "after"
    again.close()


def test_a_full_disk_refuses_a_training_and_keeps_those_that_are_recorded(disk: Disk) -> None:
    home = disk(6)
    store = Store(home)
    kept = store.create(SPEC)
    events = store.folder(kept.id) / "events.jsonl"
    writer = EventWriter(events)
    writer.append({"type": "message", "text": "before"})
    filler = fill(home)
    assert "No space left" in refused(lambda: writer.append({"type": "message", "text": "x" * 999}))
    assert refused(lambda: store.create(SPEC)) == FULL
    filler.unlink()
    writer.close()
    writer = EventWriter(events)
    writer.append({"type": "message", "text": "after"})
    writer.close()
    lines = events.read_bytes().splitlines()
    assert json.loads(lines[0])["text"] == "before"
    assert json.loads(lines[-1])["text"] == "after"
    assert read_events(events)[1] == events.stat().st_size
    assert store.get(kept.id).state == State.QUEUED
    folders = {path.name for path in (home / "runs").iterdir()}
    assert {run.id for run in store.runs()} == folders
    store.close()


def test_an_upload_that_fills_the_disk_is_one_sentence_and_leaves_nothing(disk: Disk) -> None:
    home = disk(4)
    (home / "data").mkdir()
    file = home / "data" / ".upload-1"
    file.write_bytes(archive(80))
    said = job(home, "add", str(file), "pets", "me")
    assert "No space left on device" in said["refused"] or said["refused"] == FULL
    assert list((home / "data").iterdir()) == []


@pytest.mark.parametrize("room", [0, 40_000])
def test_sequences_that_fill_the_disk_are_one_sentence_and_leave_nothing(disk: Disk, room: int) -> None:
    home = disk(4)
    (home / "data").mkdir()
    file = home / "data" / ".upload-1"
    with zipfile.ZipFile(file, "w") as packed:
        for name in ("bound", "free"):
            packed.writestr(f"{name}.fasta", b"".join(b">s\n" + b"ACGT" * 200 + b"\n" for _ in range(100)))
    filler = fill(home)
    with filler.open("ab") as shrinking:
        shrinking.truncate(filler.stat().st_size - room)
    said = job(home, "add-sequences", str(file), "motifs", "me")
    assert said["refused"] != FAILED
    assert said["refused"] == FULL
    assert list((home / "data").iterdir()) == []


def test_a_home_that_may_not_be_written_any_more_is_one_sentence_and_loses_nothing(disk: Disk) -> None:
    home = disk(6)
    room, store = opened(home), Store(home)
    token = room.students.begin(room.exercises.add(exercise()).id, "Ann", ANN).token
    room.works.answer(token, SENTENCE, "before", POST, ANN)
    kept = store.create(SPEC)
    file = home / "data" / ".upload-1"
    file.parent.mkdir()
    file.write_bytes(archive(4))
    room.close()
    store.close()
    assert mounted("-o", "remount,ro", str(home.parent))
    store = Store(home)
    assert refused(lambda: store.create(SPEC)) == READ_ONLY
    assert job(home, "add", str(file), "pets", "me")["refused"] == READ_ONLY
    store.close()
    assert mounted("-o", "remount,rw", str(home.parent))
    store, room = Store(home), opened(home)
    assert store.get(kept.id).state == State.QUEUED
    assert [each.given for each in room.works.view(token).asked[SENTENCE].attempts] == ["before"]
    assert "reference" in job(home, "add", str(file), "pets", "me")
    assert len(Library(Settings(home)).entries()) == 1
    store.close()
    room.close()
