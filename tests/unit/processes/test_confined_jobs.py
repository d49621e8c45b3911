"""A job on data does its work in its own folders, reaches nothing else, and knows no secret of its server."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from cnnlab.processes.environment import data_command, limited_environment
from cnnlab.processes.pictures.reader import PictureReader
from tests.app.driving import ROOT
from tests.app.material import data_zip
from tests.unit.processes.limits.test_landlock import has_landlock

WITHIN = """
import json, os, socket, subprocess, sys
from pathlib import Path
from cnnlab.core.settings import Settings
from cnnlab.processes.data import data_job
home, elsewhere, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
data_job.confine_to(Settings(home), *data_job._places_of(sys.argv[4:]))
def outcome(what):
    try:
        return str(what() or "done")
    except OSError as error:
        return type(error).__name__
def connected():
    with socket.create_connection(("127.0.0.1", port), 2):
        pass
print(json.dumps({
    "writes data": outcome(lambda: (home / "data" / "x").write_text("x")),
    "writes surveys": outcome(lambda: (home / "surveys" / "x").write_text("x")),
    "starts Python": outcome(lambda: subprocess.run([sys.executable, "-c", ""]).returncode),
    "writes the home": outcome(lambda: (home / "runs.sqlite").write_text("x")),
    "writes elsewhere": outcome(lambda: (elsewhere / "x").write_text("x")),
    "removes elsewhere": outcome(lambda: (elsewhere / "kept").unlink()),
    "connects": outcome(connected),
    "starts a shell": outcome(lambda: subprocess.run(["/bin/sh", "-c", "true"])),
    "signals": outcome(lambda: os.kill(os.getppid(), 0)),
}))
"""
ALLOWED = {"writes data": "1", "writes surveys": "1", "starts Python": "done"}


@pytest.mark.skipif(not has_landlock(), reason="this system has no Landlock")
@pytest.mark.parametrize("work", [["add", "{home}/data/.upload-1", "pets", "me"], ["check", "{elsewhere}/kept"]])
def test_a_job_reaches_its_folders_and_nothing_else(home: Path, tmp_path: Path, work: list[str]) -> None:
    (tmp_path / "kept").write_text("kept")
    named = [word.format(home=home, elsewhere=tmp_path) for word in work]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-c", WITHIN, str(home), str(tmp_path), str(listening.getsockname()[1]), *named]
        env = limited_environment(Settings(home)) | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    found = json.loads(done.stdout)
    assert {what: found.pop(what) for what in ALLOWED} == ALLOWED
    assert set(found.values()) == {"PermissionError"}, found
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_whole_job_does_its_work_so(home: Path) -> None:
    file = home / "data" / ".upload-1"
    file.parent.mkdir()
    file.write_bytes(data_zip())
    env = limited_environment(Settings(home))
    done = subprocess.run(
        data_command("add", str(file), "pets", "me"), env=env, capture_output=True, text=True, timeout=120, check=True
    )
    entry = Library(Settings(home)).entries()[0]
    assert json.loads(done.stdout.splitlines()[-1]) == {"reference": entry.reference}
    assert not file.exists()
    assert [path.name for path in (home / "scratch").iterdir()] == []


def test_what_opens_strangers_files_knows_no_secret_of_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"CNNLAB_TEACHER_KEY": "open sesame", "AWS_SECRET_ACCESS_KEY": "aws", "JPY_API_TOKEN": "hub"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    known = limited_environment(Settings(home, teacher_key="open sesame"))
    assert not set(secrets.values()) & set(known.values())
    assert known["PATH"] == os.environ["PATH"]
    if not Path("/proc/self/environ").exists():
        return
    reader = PictureReader(Settings(home))
    try:
        reader.read((ROOT / "assets" / "gallery" / "cat-chelsea.jpg").read_bytes(), "cat.jpg")
        held = Path(f"/proc/{reader.pids[0]}/environ").read_bytes().decode()
    finally:
        reader.close()
    assert "CNNLAB_HOME=" in held
    assert not any(value in held.split("\0") or f"={value}" in held for value in secrets.values())
