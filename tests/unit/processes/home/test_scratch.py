"""A folder for files of a moment is a process's own, is empty, and outlives its process only until the next one."""

import os
import subprocess
import sys
from pathlib import Path

from cnnlab.processes.home.files import SCRATCH, scratch_folder


def test_what_ended_processes_left_goes_and_what_others_use_stays(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (str(ended.pid), str(os.getppid()), "nonsense", str(os.getpid())):
        (tmp_path / SCRATCH / name / "inner").mkdir(parents=True)
    own = scratch_folder(tmp_path)
    assert own == tmp_path / SCRATCH / str(os.getpid())
    assert list(own.iterdir()) == []
    assert {path.name for path in (tmp_path / SCRATCH).iterdir()} == {str(os.getpid()), str(os.getppid())}
