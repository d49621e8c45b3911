"""Files of a moment are a process's own, and outlive their process only until the next one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.processes.home.files import SCRATCH, forget_left, scratch_folder
from cnnlab.processes.pictures.kept_files import KeptFile


def test_what_ended_processes_left_goes_and_what_others_use_stays(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (str(ended.pid), str(os.getppid()), "nonsense", str(os.getpid())):
        (tmp_path / SCRATCH / name / "inner").mkdir(parents=True)
    own = scratch_folder(tmp_path)
    assert own == tmp_path / SCRATCH / str(os.getpid())
    assert list(own.iterdir()) == []
    assert {path.name for path in (tmp_path / SCRATCH).iterdir()} == {str(os.getpid()), str(os.getppid())}


@pytest.mark.parametrize("alone", [False, True])
def test_what_a_server_that_was_killed_left_goes_and_what_a_living_one_holds_stays(tmp_path: Path, alone: bool) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for number in (ended.pid, os.getpid(), os.getppid()):
        for name in (f"data/.upload-{number}-ab12", f"data/.new-{number}-x/files", f"exports/.new-{number}-3f.zip"):
            (tmp_path / name).mkdir(parents=True)
        (tmp_path / "pictures" / str(number)).mkdir(parents=True)
    for name in ("data/ab12", "exports/3f.zip"):
        (tmp_path / name).mkdir()
    forget_left(tmp_path, alone=alone)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*")}
    living = os.getppid()
    theirs = {f"data/.upload-{living}-ab12", f"data/.new-{living}-x", f"exports/.new-{living}-3f.zip"}
    assert left == {"data/ab12", "exports/3f.zip"} | (set() if alone else {f"pictures/{living}", *theirs})


def test_a_visitors_file_lies_where_it_can_be_told_whose_it_is(tmp_path: Path) -> None:
    held = KeptFile(tmp_path, b"bytes")
    forget_left(tmp_path / "another", alone=True)
    assert held.read() == b"bytes"
    forget_left(tmp_path, alone=False)
    assert not (tmp_path / "pictures" / str(os.getpid())).exists(), "a server that starts holds nothing yet"
