"""Every process of ours has words for what it does, and is found by the home that it works on."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cnnlab.processes import environment
from cnnlab.processes.home.usage import PURPOSES, SERVERS, WEB, processes_of, purpose_of

COMMANDS = (
    environment.worker_command(Path("run")),
    environment.warm_worker_command(),
    environment.supervisor_command(),
    environment.ray_supervisor_command(),
    environment.data_command("check", "folder"),
    environment.fetch_command("pets"),
    environment.sequence_reading_command(),
    environment.inference_command(),
    environment.reader_command(),
    environment.file_decoding_command(),
    environment.importer_command(),
)


def test_every_command_of_ours_has_a_purpose() -> None:
    assert {purpose_of(command) for command in COMMANDS} == set(PURPOSES.values())
    assert purpose_of([sys.executable, "-m", "http.server"]) == ""


def test_the_processes_of_a_home_are_found_and_no_others(tmp_path: Path) -> None:
    # What a process is told by its command line: a module of ours that waits for its input.
    waiting = [sys.executable, "-c", "import sys; sys.stdin.read()", "cnnlab.tf.training.worker"]
    children = [
        subprocess.Popen(waiting, stdin=subprocess.PIPE, env=os.environ | {"CNNLAB_HOME": str(tmp_path / name)})
        for name in ("ours", "theirs")
    ]
    try:
        found = {used.pid: used for used in processes_of(tmp_path / "ours")}
    finally:
        for child in children:
            child.communicate()
    assert set(found) == {os.getpid(), children[0].pid}
    assert found[os.getpid()].purpose == WEB
    assert found[children[0].pid].purpose == "trains, or waits for a training"
    assert all(used.memory > 1 << 20 and used.seconds >= 0 for used in found.values())


def test_another_process_that_serves_the_same_home_is_found_by_the_lock_it_holds(tmp_path: Path) -> None:
    children = []
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        script = (
            f"import sys; held = open({str(tmp_path / name / SERVERS)!r}, 'ab'); print(flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", script, "streamlit", "run"]
        children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    try:
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        found = {used.pid: used.purpose for used in processes_of(tmp_path / "ours")}
    finally:
        for child in children:
            child.communicate()
    assert found == {os.getpid(): WEB, children[0].pid: WEB}


def test_where_shared_pages_cannot_be_told_apart_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: psutil.Process) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil.Process, "memory_full_info", refused)
    assert processes_of(tmp_path)[0].memory > 1 << 20
