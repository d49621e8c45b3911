"""The container holds what the app needs: its files, its command and its health check are tried here."""

import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COPIED = [words.split() for words in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)]


def command_of(instruction: str) -> list[str]:
    """Return the words of the last command that an instruction gives as a list."""
    found = re.findall(rf"^ *{instruction}\b.*(\[.+\])$", DOCKERFILE, re.MULTILINE)
    return json.loads(found[-1])


def test_what_is_copied_is_there_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    sources = {source for *from_, _ in COPIED for source in from_}
    assert all((ROOT / source).exists() for source in sources)
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == sources


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="the linter is installed on Linux, x86-64"
)
def test_the_linter_finds_nothing() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert linter is not None
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_its_files_alone_serve_and_nothing_is_written_beside_the_home(tmp_path: Path) -> None:
    app, home = tmp_path / "app", tmp_path / "home"
    for *sources, target in COPIED:
        for source in sources:
            place = app / target / (source if target == "./" else "")
            place.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, place)
    before = sorted(app.rglob("*"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    ours = {"python": sys.executable, "8501": port, "0.0.0.0": "127.0.0.1"}
    command = [ours.get(word, word) for word in command_of("CMD")]
    check = [ours.get(word, word.replace("8501", port)) for word in command_of("HEALTHCHECK")]
    environment = {"HOME": str(home), "CNNLAB_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=app, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while subprocess.run(check, capture_output=True, check=False).returncode != 0:
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.5)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert sorted(app.rglob("*")) == before
