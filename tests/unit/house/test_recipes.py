"""The recipes that operators copy say what the product says: settings, sizes; and the documents lead to each."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
RECIPES = sorted((ROOT / "docs" / "recipes").iterdir())
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
SIZE = re.compile(r"(?:client_max_body_size|max_size) +(\d+)(m|MiB)\b")
ANALYSE = shutil.which("systemd-analyze")
OLDEST_SYSTEMD = 252  # as the service says
SECURITY = ("security", "--offline=yes")
MOST_EXPOSED = 3.0  # of 10; each version judges a little differently
PROXIES = [path for path in RECIPES if SIZE.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_every_recipe_is_linked_and_names_settings_that_there_are(path: Path) -> None:
    assert f"](recipes/{path.name})" in OPERATING
    named = set(re.findall(r"\bCNNLAB_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named
    assert named <= set(re.findall(r"^\| `(CNNLAB_[A-Z_]+)` \|", SETTINGS, re.MULTILINE))


@pytest.mark.parametrize("path", PROXIES, ids=lambda path: path.name)
def test_a_proxy_takes_bodies_as_large_as_the_product_does(path: Path) -> None:
    assert {size for size, _ in SIZE.findall(path.read_text(encoding="utf-8"))} == {str(Settings.max_archive_mb)}


def test_nginx_passes_requests_on_in_the_same_way_at_the_root_and_below_a_prefix() -> None:
    blocks = []
    for name in ("nginx.conf", "nginx-prefix.conf"):
        text = (ROOT / "docs" / "recipes" / name).read_text(encoding="utf-8")
        inside = text.split("proxy_pass")[1].split("}")[0].strip().splitlines()[1:]
        blocks.append([line.strip() for line in inside])
    assert len(blocks[0]) > 8
    assert blocks[0] == blocks[1]


def test_systemd_knows_every_line_of_the_service_and_finds_it_shut_in(tmp_path: Path) -> None:
    if version_of_systemd() < OLDEST_SYSTEMD:
        pytest.skip(f"systemd-analyze of systemd {OLDEST_SYSTEMD} or newer is not installed")
    unit = tmp_path / "cnnlab.service"
    text = (ROOT / "docs" / "recipes" / "cnnlab.service").read_text(encoding="utf-8")
    command = "/opt/cnnlab/bin/cnnlab"
    assert f"ExecStart={command} run --port 8501 -- --server.address 127.0.0.1\n" in text
    unit.write_text(text.replace(command, "/bin/true"), encoding="utf-8")
    # Units of this machine may have faults of their own.
    said = analysed("verify", str(unit)).stderr.splitlines()
    assert [line for line in said if unit.name in line] == []
    found = re.search(r"Overall exposure level for cnnlab\.service: ([\d.]+)", analysed(*SECURITY, str(unit)).stdout)
    assert found is not None
    assert float(found[1]) <= MOST_EXPOSED


def analysed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(ANALYSE), "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def version_of_systemd() -> int:
    found = re.match(r"systemd (\d+)", analysed("--version").stdout) if ANALYSE else None
    return int(found[1]) if found else 0
