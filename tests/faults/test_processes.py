"""What kills a process, or keeps it from opening a file or taking memory, is one sentence and passes."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from cnnlab.processes import marks
from cnnlab.processes.data.jobs import FAILED, Jobs
from cnnlab.processes.environment import child_environment, data_command
from cnnlab.processes.home.files import forget_killed
from cnnlab.runs.store import Store
from tests.app.driving import ROOT
from tests.faults.test_disks import archive
from tests.unit.classroom.exercise_files import ANN, POST, SENTENCE, Clock, exercise, opened
from tests.unit.runs.store.test_store import SPEC

DAY = 86_400.0


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)


def python(code: str, home: Path, *arguments: str) -> "subprocess.Popen[str]":
    env = child_environment(Settings(home)) | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home), *arguments], env=env, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def held(home: Path) -> Iterator[Jobs]:
    jobs = Jobs(partial(forget_killed, home))
    yield jobs
    jobs.close()


def uploaded(home: Path, pictures: int) -> Path:
    file = home / "data" / ".upload-1"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(archive(pictures, 64))
    return file


def test_a_killed_job_is_a_sentence_ends_its_readers_and_the_upload_may_come_again(home: Path, held: Jobs) -> None:
    file = uploaded(home, 600)
    env = child_environment(Settings(home))
    job = held.start("a", data_command("add", str(file), "pets", "me"), env, leftover=file)
    until(lambda: job.state.done > 0)
    assert list((home / "data").glob(".new-*"))
    assert list((home / "scratch").iterdir())
    assert job._process is not None
    process = psutil.Process(job._process.pid)
    readers = process.children()
    assert readers
    process.send_signal(signal.SIGKILL)
    assert job.wait(60).refused == FAILED
    assert not list((home / "data").iterdir())
    psutil.wait_procs(readers, 60)
    assert not any(reader.is_running() and reader.status() != psutil.STATUS_ZOMBIE for reader in readers)
    assert not (home / "scratch" / f"{process.pid}").exists()
    again = uploaded(home, 8)
    assert held.start("b", data_command("add", str(again), "pets", "me"), env, leftover=again).wait(60).reference
    assert [entry.name for entry in Library(Settings(home)).entries()] == ["pets"]


SERVER = """
import pathlib, sys, time
from cnnlab.core.settings import Settings
from cnnlab.processes.data.jobs import Jobs
from cnnlab.processes.environment import child_environment, data_command
home, file = map(pathlib.Path, sys.argv[1:])
job = Jobs().start("a", data_command("add", str(file), "pets", "me"), child_environment(Settings(home)), leftover=file)
while not job.state.done:
    time.sleep(0.02)
print(job._process.pid, flush=True)
time.sleep(100)
"""


def test_a_job_whose_server_was_killed_ends_and_leaves_nothing(home: Path) -> None:
    with python(SERVER, home, str(uploaded(home, 600))) as server:
        assert server.stdout is not None
        job = psutil.Process(int(server.stdout.readline()))
        server.send_signal(signal.SIGKILL)
    until(lambda: not job.is_running() or job.status() == psutil.STATUS_ZOMBIE)
    until(lambda: not any((home / "data").iterdir()) or Library(Settings(home)).entries())
    assert not list((home / "data").glob(".*"))


FEW_FILES = """
import os, pathlib, resource, sys
from cnnlab.core.pictures import PictureError
from cnnlab.core.settings import Settings
from cnnlab.processes.pictures.reader import PictureReader
home = pathlib.Path(sys.argv[1])
picture = (pathlib.Path(sys.argv[2])).read_bytes()
reader = PictureReader(Settings(home))
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(open(os.devnull))
except OSError:
    pass
for _ in range(3):
    try:
        reader.read(picture, "cat.jpg")
        print("read")
    except PictureError as refused:
        print(refused)
for file in held:
    file.close()
before = len(os.listdir("/dev/fd"))
print(reader.read(picture, "cat.jpg").facts.format)
reader.close()
print(before)
"""


def test_without_a_descriptor_left_a_picture_is_refused_in_a_sentence_and_read_later(home: Path) -> None:
    picture = next((ROOT / "assets" / "gallery").glob("*.jpg"))
    with python(FEW_FILES, home, str(picture)) as process:
        *refused, read, files = process.communicate(timeout=120)[0].splitlines()
    assert process.returncode == 0
    assert set(refused) == {"The process that reads pictures ended unexpectedly (it never started); try again."}
    assert read == "JPEG"
    assert int(files) < 12  # nothing of the failed starts is held


SHORT_OF_MEMORY = """
import sys
from cnnlab.processes.data import data_job
data_job.MOST_MEMORY = int(sys.argv[1])
sys.exit(data_job.main(sys.argv[2:]))
"""


@pytest.mark.parametrize("megabytes", [0, 4])
def test_a_job_short_of_memory_says_so_or_does_its_work_and_leaves_nothing(
    home: Path, held: Jobs, megabytes: int
) -> None:
    file = uploaded(home, 200)
    limit = f"{megabytes << 20}"
    command = [sys.executable, "-c", SHORT_OF_MEMORY, limit, "add", f"{file}", "pets", "me"]
    env = child_environment(Settings(home)) | {"PYTHONPATH": str(ROOT)}
    state = held.start("a", command, env, leftover=file).wait(120)
    kept = [entry.reference for entry in Library(Settings(home)).entries()]
    if megabytes and state.reference:  # what the start left free is enough on some machines
        assert kept == [state.reference]
    else:  # a library that asks for memory itself may end the process instead
        assert "needs too much memory" in state.refused or (megabytes and state.refused == FAILED)
        assert kept == []
    assert not list((home / "data").glob(".*"))


def test_a_clock_that_is_set_back_mixes_up_no_answer_and_no_training(home: Path) -> None:
    clock = Clock()
    room = opened(home, clock)
    token = room.students.begin(room.exercises.add(exercise()).id, "Ann", ANN).token
    store, runs = Store(home), []
    for number in range(4):
        room.works.answer(token, SENTENCE, f"answer {number}", POST, ANN)
        runs.append(store.create(SPEC).id)
        clock.now -= DAY
    room.handing_in.validate(token)
    receipt = room.handing_in.submit(token, ANN)
    assert receipt.answers[-1][-1] == "answer 3"
    assert [each.given for each in room.works.view(token).asked[SENTENCE].attempts] == [f"answer {n}" for n in range(4)]
    with contextlib.closing(sqlite3.connect(home / "classroom.sqlite")) as record:
        assert record.execute("SELECT seconds FROM students").fetchone()[0] >= 0
    assert {run.id for run in store.runs()} == set(runs)
    store.close()
    room.close()


def test_a_killed_process_of_the_server_leaves_no_lock(home: Path) -> None:
    hold = "import pathlib, sys, time\nfrom cnnlab.runs.engine.local import hold_server_lock\n"
    hold += "held = hold_server_lock(pathlib.Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(100)"
    with python(hold, home) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "held\n"
        assert marks.is_locked(home / "servers.lock", exclusively=False)
        os.kill(server.pid, signal.SIGKILL)
    assert not marks.is_locked(home / "servers.lock", exclusively=False)
