"""The documents stay true: settings, commands, files and pages that they name exist, and none is left out."""

import re
from pathlib import Path

import pytest

from cnnlab.__main__ import main
from cnnlab.core import settings

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEACHERS = (ROOT / "docs" / "teachers.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_table_and_the_table_names_no_other() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'"(CNNLAB_[A-Z_]+)"', source))
    listed = set(re.findall(r"^\| `(CNNLAB_[A-Z_]+)` \|", README, re.MULTILINE))
    assert listed == read


@pytest.mark.parametrize(
    "name", ["max_epochs", "max_params", "max_pixels", "max_upload_mb", "max_minutes", "max_disk_mb"]
)
def test_the_tables_defaults_are_the_codes(name: str) -> None:
    assert f"| `CNNLAB_{name.upper()}` | {getattr(settings.Settings, name)} |" in README


def test_every_command_in_the_readme_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("shapes", "train", "features", "check-data"):
        assert f"python -m cnnlab {command}" in README
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
        block = README.split(f"python -m cnnlab {command}")[1].split("python -m cnnlab")[0].split("```")[0]
        assert set(re.findall(r"--[a-z-]+", block)) <= known


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    for text in (README, TEACHERS):
        assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    assert {"run", "test", "test-slow", "test-ray", "check", "bench"} <= targets


def test_every_file_that_is_linked_exists() -> None:
    for base, text in ((ROOT, README), (ROOT / "docs", TEACHERS)):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert (base / target).exists(), target


def test_every_direct_dependency_has_a_reason() -> None:
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-ray.txt"):
        for line in (ROOT / file).read_text().splitlines():
            name = re.match(r"[a-z][a-z0-9-]*", line)
            if name:
                assert name[0] in README, name[0]


def test_every_page_is_described() -> None:
    from cnnlab.ui.parts.pages import TITLES

    for name, title in TITLES.items():
        assert name == "home" or f"| {title} |" in README


def test_the_home_page_credits_the_post_and_its_notebook() -> None:
    home = (ROOT / "pages" / "home.py").read_text(encoding="utf-8")
    for address in re.findall(r"https://[a-z0-9./-]*charlesreid1[^)\s\"]*", README):
        assert address in home


def test_the_locks_agree_on_every_package_that_they_share() -> None:
    locks = [(ROOT / f"requirements{kind}.lock").read_text(encoding="utf-8") for kind in ("", "-dev", "-ray")]
    pinned = [dict(re.findall(r"^([a-z0-9._-]+)==([^ \n]+)", lock, re.MULTILINE)) for lock in locks]
    for more in pinned[1:]:
        assert pinned[0].items() <= more.items()
    assert all(pinned[1][name] == pinned[2][name] for name in pinned[1].keys() & pinned[2].keys())
