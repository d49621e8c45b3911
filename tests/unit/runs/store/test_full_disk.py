"""A full disk is one sentence, leaves nothing half-made behind, and lets a training say how it ended."""

import errno
import json
import logging
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.settings import Settings
from cnnlab.processes.home.faults import FULL, FULL_RUN, UNUSABLE, is_full
from cnnlab.processes.home.files import replacing
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.runs.engine.supervisor import Supervisor
from cnnlab.runs.engine.watch import FULL_EXIT, conclude
from cnnlab.runs.record import RunError, State
from cnnlab.runs.store import Store, reserve
from cnnlab.runs.store.faults import StoreFault
from tests.unit.runs.store.test_store import ROOT, SPEC

# Files may not grow at all: neither the database nor anything in a folder.
CREATE = """
import json, pathlib, resource, sys
from cnnlab.runs.record import RunError, RunSpec
from cnnlab.runs.store import Store
spec, store = RunSpec.from_dict(json.loads(sys.argv[2])), Store(pathlib.Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
for _ in range(3):
    try:
        print(store.create(spec).id)
    except RunError as refused:
        print(refused)
"""


@pytest.mark.parametrize("limit", [0, 4200])
def test_a_start_on_a_full_disk_is_one_sentence_and_no_folder(home: Path, limit: int) -> None:
    Store(home).close()
    command = [sys.executable, "-c", CREATE, str(home), json.dumps(SPEC.to_dict()), str(limit)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    # SQLite says of a file that may not grow only that it cannot be written.
    assert set(done.stdout.splitlines()) == {FULL if limit < 4096 else UNUSABLE.format("disk I/O error")}
    assert list((home / "runs").iterdir()) == []
    store = Store(home)
    assert store.runs() == []
    assert store.create(SPEC).state == State.QUEUED
    store.close()


def test_an_import_that_finds_no_room_is_one_sentence_and_leaves_no_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_a_part(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:3])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    importer = ModelImporter(Settings(home), Inside(Settings(home)))
    monkeypatch.setattr(Path, "write_bytes", write_a_part)
    with pytest.raises(ModelFileError, match="The disk of this server is full"):
        importer.open(b"PK\x03\x04" + b"x" * 100, "some.keras")
    assert [path for path in (home / "models").rglob("*") if path.is_file()] == []


def test_room_that_was_set_aside_lets_a_training_say_how_it_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(home)
    run = store.create(SPEC)
    store.transition(run.id, State.STARTING)
    reserve.hold(home)
    real = Store._move

    def move(self: Store, *args: object) -> bool:
        if (home / reserve.NAME).exists():
            raise StoreFault(FULL)
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "_move", move)
    with pytest.raises(StoreFault):
        store.transition(run.id, State.RUNNING)
    conclude(store, run, FULL_EXIT)
    assert (store.get(run.id).state, store.get(run.id).message) == (State.FAILED, FULL_RUN)
    assert not (home / reserve.NAME).exists()
    store.close()


def test_a_supervisor_that_fails_round_after_round_writes_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor, rounds = Supervisor(Settings(home)), iter(range(40))

    def tick() -> bool:
        if next(rounds) == 39:
            (home / "supervisor.lock").unlink()
        raise StoreFault(FULL)

    monkeypatch.setattr(supervisor, "tick", tick)
    monkeypatch.setattr("cnnlab.runs.engine.supervisor.LONG_TICK", 0.0)
    with caplog.at_level(logging.INFO):
        supervisor.run()
    assert [record.getMessage() for record in caplog.records] == [f"A round failed and is tried again: {FULL}"]
    supervisor.store.close()


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def replace() -> None:
        with replacing(path) as new:
            new.write_text("x" * 1000)

    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            replace()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert is_full(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]
    assert path.read_text() == "old"


def test_an_error_that_a_library_has_wrapped_is_known_as_a_full_disk() -> None:
    wrapped = RuntimeError("could not save")
    wrapped.__cause__ = OSError(errno.ENOSPC, "full")
    assert is_full(wrapped)
    assert is_full(OSError("Unable to flush file (file write failed: errno = 28, error message = 'No space left')"))
    assert not is_full(RunError("something else"))
