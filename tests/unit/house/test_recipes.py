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


def test_nginx_passes_requests_on_to_several_as_to_one() -> None:
    one, several = (passing(recipe(name)) for name in ("nginx.conf", "nginx-several.conf"))
    assert several - one == {
        "proxy_pass http://$cnnlab_pool;",
        "proxy_next_upstream error timeout;",
        "proxy_connect_timeout 2s;",
    }
    assert one - several == {"proxy_pass http://127.0.0.1:8501;"}


def test_every_process_of_several_has_a_place_and_all_others_behind_it() -> None:
    text = recipe("nginx-several.conf")
    pools = dict(re.findall(r"^upstream (\w+) {([^}]*)}", text, re.MULTILINE))
    ports = re.findall(r"server 127\.0\.0\.1:(\d+);", pools.pop("cnnlab"))
    assert len(pools) == len(ports) == 4
    for number, port in enumerate(ports, 1):
        servers = re.findall(r"server 127\.0\.0\.1:(\d+)( backup)?;", pools[f"cnnlab_{number}"])
        assert servers == [(port, ""), *((other, " backup") for other in ports if other != port)]
        assert re.search(rf"^ +{number} +cnnlab_{number};$", text, re.MULTILINE)
        assert re.search(rf'^ +"~:{port}\$" {number};$', text, re.MULTILINE)


def test_compose_starts_processes_that_nginx_knows_with_the_settings_that_it_names() -> None:
    text, nginx = recipe("compose-several.yaml"), recipe("nginx-several.conf")
    services = re.findall(r"^  cnnlab-(\d+):\n    <<: \*cnnlab\n    command: (.*)$", text, re.MULTILINE)
    assert len(services) > 1
    for port, command in services:
        assert f'"--port", "{port}", "--", "--server.address", "127.0.0.1"]' in command
        assert f"server 127.0.0.1:{port};" in nginx
    # Unless they see each other's processes, each clears the files of the other away.
    assert text.index("&cnnlab") < text.index("pid: service:ground") < text.index("services:\n")
    served = re.search(r"^# The server: (.*)cnnlab run", nginx, re.MULTILINE)
    assert served is not None
    for setting in served[1].split():
        assert f"    {setting.replace('=', ': ')}\n" in text


@pytest.mark.parametrize("how", ["", "several"])
def test_systemd_knows_every_line_of_the_service_and_finds_it_shut_in(tmp_path: Path, how: str) -> None:
    if version_of_systemd() < OLDEST_SYSTEMD:
        pytest.skip(f"systemd-analyze of systemd {OLDEST_SYSTEMD} or newer is not installed")
    unit = tmp_path / ("cnnlab@8501.service" if how else "cnnlab.service")
    text = recipe("cnnlab.service")
    command = "/opt/cnnlab/bin/cnnlab"
    assert f"ExecStart={command} run --port 8501 -- --server.address 127.0.0.1\n" in text
    if how:
        (edit,) = re.findall(r"^sed '(.*)' cnnlab\.service >", OPERATING, re.MULTILINE)
        text = subprocess.run(["sed", edit], input=text, capture_output=True, text=True, check=True, timeout=60).stdout
        assert "--port %i " in text
        assert "RemoveIPC" not in text
    unit.write_text(text.replace(command, "/bin/true"), encoding="utf-8")
    # Units of this machine may have faults of their own.
    said = analysed("verify", str(unit)).stderr.splitlines()
    assert [line for line in said if unit.name in line] == []
    found = re.search(r"Overall exposure level for cnnlab\S*\.service: ([\d.]+)", analysed(*SECURITY, str(unit)).stdout)
    assert found is not None
    assert float(found[1]) <= MOST_EXPOSED


def recipe(name: str) -> str:
    return (ROOT / "docs" / "recipes" / name).read_text(encoding="utf-8")


def passing(text: str) -> set[str]:
    """Return how a file for nginx passes requests on."""
    return set(re.findall(r"^ +((?:proxy_|client_)[^;]*;)", text, re.MULTILINE))


def analysed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(ANALYSE), "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def version_of_systemd() -> int:
    found = re.match(r"systemd (\d+)", analysed("--version").stdout) if ANALYSE else None
    return int(found[1]) if found else 0
