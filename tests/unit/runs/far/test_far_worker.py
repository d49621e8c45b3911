"""A worker on a machine of a cluster says what it lacks, and where it computes is said in words."""

import subprocess
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings
from cnnlab.processes.environment import far_environment, far_worker_command
from cnnlab.runs.engine.capacity import describe_place


@pytest.mark.parametrize("made", [False, True])
def test_a_machine_without_the_shared_folder_says_so(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "home" / "runs" / "20260101-000000-0000"
    if made:
        folder.mkdir(parents=True)  # a folder of the same name that is not the shared one
    env = far_environment(Settings(tmp_path / "home"))
    done = subprocess.run(far_worker_command(folder), env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 66
    assert f"cannot use the run's folder {folder}" in done.stdout
    assert done.stdout.endswith("must be a shared folder with the same path on every machine of the cluster.\n")
    assert done.stderr == ""


def test_where_a_training_computes_is_said_in_words() -> None:
    assert describe_place(1, "CPU", "") == "on the processor: 1 thread"
    assert describe_place(2, "CPU", "desk") == "on the processor of desk: 2 threads"
    assert describe_place(2, "GPU 0: Tesla T4", "desk") == "on GPU 0: Tesla T4 of desk"
    assert describe_place(2, None, "desk") == "on desk"
    assert describe_place(2, None, "") == ""
