import os
from pathlib import Path

import pytest

from cnnlab.runs.record.control import Control, ControlReader, Mode, read_control, write_control


def test_without_a_file_a_training_goes_on(tmp_path: Path) -> None:
    assert ControlReader(tmp_path / "control.json").read() == Control(Mode.PLAY, 0, None)


def test_a_command_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    reader = ControlReader(path)
    write_control(path, Mode.PAUSE)
    assert reader.read() == Control(Mode.PAUSE, 1, None)
    write_control(path, learning_rate=0.01)
    assert reader.read() == Control(Mode.PAUSE, 1, 0.01)
    write_control(path, Mode.BATCH)
    write_control(path, Mode.BATCH)
    assert reader.read() == Control(Mode.BATCH, 3, 0.01)


def test_a_command_within_one_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    reader = ControlReader(path)
    for serial in range(1, 20):
        write_control(path, Mode.BATCH)
        os.utime(path, (1000, 1000))
        assert reader.read().serial == serial


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"mode": "fly", "serial": 1, "learning_rate": null}']
    + [f'{{"mode": "play", "serial": 1, "learning_rate": {rate}}}' for rate in ("0", "-1", "NaN", '"much"')],
)
def test_a_file_that_is_no_command_commands_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "control.json"
    path.write_text(text)
    assert read_control(path) == Control()
