"""A confined process reads what it needs; it neither writes, nor connects, nor starts a program, nor reads the rest."""

import ctypes
import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.driving import ROOT

TRY = """
import json, os, socket, subprocess, sys
from pathlib import Path
from cnnlab.processes.limits.landlock import confine
given, scratch, elsewhere, port = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
is_confined = confine([given], [scratch])
def outcome(what):
    try:
        return str(what() or "done")
    except OSError as error:
        return type(error).__name__
def connected():
    with socket.create_connection(("127.0.0.1", port), 2):
        pass
def wrote(path):
    path.write_text("x")
def many():
    held = [open(os.devnull) for _ in range(2000)]
print(json.dumps({
    "confined": is_confined,
    "reads what is given": outcome(lambda: (given / "a").read_text()),
    "writes what is given": outcome(lambda: wrote(given / "a")),
    "writes scratch": outcome(lambda: wrote(scratch / "b")),
    "removes scratch": outcome(lambda: (scratch / "b").unlink()),
    "reads elsewhere": outcome(lambda: (elsewhere / "secret").read_text()),
    "lists elsewhere": outcome(lambda: list(elsewhere.iterdir())),
    "writes elsewhere": outcome(lambda: wrote(elsewhere / "c")),
    "removes elsewhere": outcome(lambda: (elsewhere / "secret").unlink()),
    "connects": outcome(connected),
    "starts a program": outcome(lambda: subprocess.run([sys.executable, "-c", ""])),
    "opens many": outcome(many),
    "signals": outcome(lambda: os.kill(os.getppid(), 0)),
    "reads the environment of others": outcome(lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
    "imports later": outcome(lambda: __import__("wave").__name__),
}))
"""


def tried(tmp_path: Path, port: int) -> dict[str, object]:
    folders = [tmp_path / name for name in ("given", "scratch", "elsewhere")]
    for folder in folders:
        folder.mkdir()
    (folders[0] / "a").write_text("given")
    (folders[2] / "secret").write_text("secret")
    done = subprocess.run(
        [sys.executable, "-c", TRY, *map(str, folders), str(port)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def has_landlock() -> bool:
    """Ask the system itself, so that a confinement that fails is no reason to leave the test out."""
    return platform.system() == "Linux" and ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) >= 1


@pytest.mark.skipif(not has_landlock(), reason="this system has no Landlock")
def test_it_reaches_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = tried(tmp_path, listening.getsockname()[1])
    assert found.pop("confined")
    allowed = {"reads what is given": "given", "writes scratch": "done", "removes scratch": "done"}
    assert {what: found[what] for what in allowed} == allowed
    assert found["imports later"] == "wave"
    refused = set(found) - set(allowed) - {"imports later"}
    assert {what: found[what] for what in refused} == {
        what: "OSError" if what == "opens many" else "PermissionError" for what in refused
    }
    assert (tmp_path / "elsewhere" / "secret").read_text() == "secret"
    assert (tmp_path / "given" / "a").read_text() == "given"
