"""The command `worksheet` writes both copies of a lesson's file, and refuses a broken one with one sentence."""

from pathlib import Path

import pytest

from cnnlab.__main__ import main
from cnnlab.core.shipped import ASSETS

KERNEL = ASSETS / "lessons" / "en" / "03-one-kernel.md"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_HOME", str(tmp_path / "home"))


def test_both_copies_come_as_whole_pages(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in ((["--key"], "Answer: "), ([], "Name")):
        assert main(["worksheet", str(KERNEL), *words]) == 0
        page = capsys.readouterr().out
        assert page.startswith("<!DOCTYPE html>")
        assert page.endswith("</html>\n")
        assert said in page
        assert ("Answer: " in page) is bool(words)


def test_a_broken_lesson_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("nothing", "utf-8")
    assert main(["worksheet", str(tmp_path / "a.md")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
