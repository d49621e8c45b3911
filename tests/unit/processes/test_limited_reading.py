"""A stranger's pictures are decoded in processes with limits: a bad one is left out, and the rest goes on."""

import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from cnnlab.core.data.checking import check
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.data.survey.reading import survey
from cnnlab.core.settings import Settings
from cnnlab.processes.data import limited_reading
from cnnlab.processes.data.file_decoding import BYTES_A_PIXEL, SPARE
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.environment import PACKAGE_PARENT, child_environment
from tests.unit.core.data.test_datasets import LIMIT, POST, make


def scan_bomb(scans: int = 4000) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again: small, and minutes to decode."""
    out = io.BytesIO()
    Image.new("L", (4000, 4000)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


def test_it_reads_what_threads_read(tmp_path: Path) -> None:
    root = make(tmp_path / "pets", POST)
    (root / "train/cats/broken.png").write_bytes(b"broken")
    with LimitedReading(Settings(tmp_path / "home")) as reading:
        limited = survey(root, LIMIT, tally=True, reading=reading)
    here = survey(root, LIMIT, tally=True)
    assert (limited.files, limited.skipped, limited.unread) == (here.files, here.skipped, here.unread)
    for place, made in here.tallies.items():
        np.testing.assert_array_equal(limited.tallies[place].squares, made.squares)
        np.testing.assert_array_equal(limited.tallies[place].shares, made.shares)
    assert limited.alike == here.alike
    assert not list((tmp_path / "home" / "scratch").iterdir())


def test_a_picture_that_takes_too_long_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    root = make(tmp_path / "pets", POST)
    (root / "train/cats/zz.jpg").write_bytes(scan_bomb(400))
    with LimitedReading(Settings(tmp_path / "home"), timeout=1.0) as reading:
        report = check(root, reading=reading)
    (left,) = report.skipped
    assert left.file == "train/cats/zz.jpg"
    assert "took longer than 1 seconds to decode" in left.reason
    assert report.splits["train"] == {"cats": 6, "dogs": 5}


def test_a_set_of_nothing_but_slow_pictures_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path / "pets", {"cats": 2, "dogs": 2})
    bomb = scan_bomb(400)
    for i in range(6):
        (root / f"cats/a{i}.jpg").write_bytes(bomb)
    monkeypatch.setattr(limited_reading, "MOST_SLOW", 1)
    with LimitedReading(Settings(tmp_path / "home"), timeout=0.5) as reading:
        with pytest.raises(DataSetError, match="set was given up"):
            survey(root, LIMIT, reading=reading)
        assert all(child.pid is None for child in reading._children)


def test_a_process_that_dies_costs_one_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path / "pets", POST)
    dying = (
        "import os, sys; from cnnlab.processes.data import file_decoding as f; real = f.read_file\n"
        "f.read_file = lambda path, *rest: os._exit(9) if path.name == '000.png' and 'cats' in str(path) and 'train' in"
        " str(path) else real(path, *rest)\nf.main(10**6)"
    )
    monkeypatch.setattr(limited_reading, "file_decoding_command", lambda: [sys.executable, "-c", dying])
    with LimitedReading(Settings(tmp_path / "home")) as reading:
        found = survey(root, LIMIT, reading=reading)
    assert [skip.file for skip in found.skipped] == ["train/cats/000.png"]
    assert "ended unexpectedly" in found.skipped[0].reason


def float_tiff(side: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.zeros((side, side), np.float32)).save(out, "TIFF", compression="tiff_adobe_deflate")
    return out.getvalue()


@pytest.mark.slow
def test_the_command_line_unpacks_and_decodes_within_its_limits(tmp_path: Path) -> None:
    tiff, bomb = float_tiff(6300), scan_bomb()
    with zipfile.ZipFile(tmp_path / "pets.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for split, count in (("train", 4), ("validation", 2)):
            for name in ("cats", "dogs"):
                for i in range(count):
                    out = io.BytesIO()
                    Image.fromarray(np.full((20, 20, 3), 40 * i, np.uint8)).save(out, "PNG")
                    archive.writestr(f"{split}/{name}/{i}.png", out.getvalue())
                archive.writestr(f"{split}/{name}/large.tif", tiff)
        archive.writestr("train/cats/bomb.jpg", bomb)
    command = [sys.executable, "-m", "cnnlab", "check-data", str(tmp_path / "pets.zip")]
    env = child_environment(Settings(tmp_path / "home")) | {"PYTHONPATH": str(PACKAGE_PARENT)}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    most = 0
    while process.poll() is None:
        time.sleep(0.02)
        for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
            try:
                most = max(most, one.memory_info().rss)
            except psutil.Error:
                continue
    said = process.stdout.read() if process.stdout else ""
    assert process.returncode == 0
    assert "train: 4 cats" in said or "train: 5 cats" in said
    assert "skipped train/cats/bomb.jpg: It took longer than 10 seconds" in said
    assert most < SPARE + BYTES_A_PIXEL * Settings.max_pixels
