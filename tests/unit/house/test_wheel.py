"""What `pip install .` installs works away from the checkout: commands, pages and assets inside."""

import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

from cnnlab import __version__

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return the folder that it was unpacked into, as pip does."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob(f"cnnlab-{__version__}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def python_of(installed: Path) -> dict[str, str]:
    """Return the environment of a Python that finds the installed package, and no other."""
    return {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}


def test_the_wheel_holds_pages_assets_and_components(installed: Path) -> None:
    shipped = installed / "cnnlab" / "shipped"
    for name in ("app.py", ".streamlit/config.toml", "pages/home.py", "assets/weights", "assets/gallery/CREDITS.md"):
        assert (shipped / name).exists(), name
    tracked = subprocess.run(["git", "ls-files", "cnnlab", "pages", "assets"], cwd=ROOT, capture_output=True, text=True)
    for name in tracked.stdout.split():
        place = installed / name if name.startswith("cnnlab/") else shipped / name
        assert place.is_file(), f"{name} is missing in the wheel"


def test_a_command_runs_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "import cnnlab, sys; from cnnlab.__main__ import main; print(cnnlab.__file__); sys.exit(main(['shapes']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=python_of(installed), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
    assert "1,212,513" in done.stdout


def test_the_project_names_the_command_and_what_it_needs() -> None:
    assert PROJECT["scripts"] == {"cnnlab": "cnnlab.__main__:main"}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = {line for line in lines if re.match(r"[a-z]", line) and not line.startswith("pytest")}
    assert set(PROJECT["dependencies"]) == needed


@pytest.mark.slow
def test_the_installed_command_serves_every_page(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "import sys; from cnnlab.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "run", "--port", str(port), "--", "--server.address", "127.0.0.1"]
    env = python_of(installed) | {"CNNLAB_HOME": str(tmp_path / "home")}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                    assert answer.read() == b"ok"
                    break
            except OSError:
                assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                time.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/architecture", timeout=5) as answer:
            assert answer.status == 200
    finally:
        server.terminate()
        server.wait(30)
    assert "Traceback" not in (tmp_path / "log").read_text()
