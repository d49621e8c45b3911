"""The command `check-lesson` says of a lesson and of an exercise in one sentence what is wrong."""

from pathlib import Path

import pytest

from cnnlab.__main__ import main
from tests.unit.classroom.exercise_files import FRONT, STEPS, WITH_FILES


def checked(folder: Path, content: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path = folder / "one-kernel.md"
    path.write_text(content, encoding="utf-8")
    code = main(["check-lesson", str(path)])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_file_may_be_asked_for_in_an_exercise_and_not_in_a_lesson(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = FRONT.replace("2027", "2099") + WITH_FILES
    assert checked(tmp_path, whole, capsys)[0] == 0
    code, said = checked(tmp_path, f'+++\ntitle = "A"\nminutes = 5\n+++\n{WITH_FILES}', capsys)
    assert code == 2
    assert "a file is handed in in an exercise only" in said
    assert said.count("\n") == 1


def test_an_exercise_is_checked_with_its_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = FRONT.replace("2027", "2099") + STEPS
    code, said = checked(tmp_path, whole, capsys)
    assert (code, said) == (0, "One kernel: 2 steps, 3 questions, 1 goals, 6 minutes. Nothing is wrong.\n")
    for old, new, expected in (
        ("seed = 7", "seed = -7", "line 1: seed lies between 0"),
        ("epochs = 5", "epochs = 5000", "line 1: The exercise allows 5,000 epochs, and this server allows 200"),
        ("2099", "2001", "line 1: The exercise was due before now"),
        ('weights = "random"', "training = { batch_size = 0 }", "line 1: The batch size must be at least 1"),
        ('layer = "conv2d"', 'layer = "conv9"', "There is no layer conv9"),
    ):
        assert old in whole
        code, said = checked(tmp_path, whole.replace(old, new), capsys)
        assert code == 2
        assert expected in said
        assert said.count("\n") == 1
