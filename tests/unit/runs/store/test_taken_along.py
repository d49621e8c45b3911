"""The zip of a run opens everywhere, says when each file is from, and is never half of a run that looks whole."""

import io
import os
import shutil
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from cnnlab.runs.store.taken_along import PIECE, zipped

RUN = "20260101-101500-a1b2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / RUN
    (made / "epochs").mkdir(parents=True)
    (made / "epochs" / "1.npz").write_bytes(os.urandom(3 * PIECE))
    (made / "model.keras").write_bytes(os.urandom(2 * PIECE + 1))
    (made / "run.json").write_text('{"seed": 7}')
    (made / "text").write_text("")
    return made


def read_forwards(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip as a reader sees them that never looks at its end, as on a Mac and in Java."""
    found, at = {}, 0
    while content[at : at + 4] == b"PK\x03\x04":
        flags, method, _, _, _, _, name_length, extra = struct.unpack("<HHIIIIHH", content[at + 6 : at + 30])
        assert (flags & 8, method, extra) == (8, zipfile.ZIP_DEFLATED, 0), "it cannot tell where this file ends"
        name = content[at + 30 : at + 30 + name_length].decode()
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        found[name] = inflate.decompress(content[at + 30 + name_length :])
        at = len(content) - len(inflate.unused_data)
        described = struct.unpack("<4sIII", content[at : at + 16])
        assert (described[0], described[1], described[3]) == (b"PK\x07\x08", zlib.crc32(found[name]), len(found[name]))
        at += 16
    assert content[at : at + 4] == b"PK\x01\x02"
    return found


def test_it_can_be_read_from_front_to_end(folder: Path) -> None:
    found = read_forwards(b"".join(zipped(folder)))
    assert list(found) == [f"{RUN}/{name}" for name in ("epochs/1.npz", "model.keras", "run.json", "text")]
    assert found[f"{RUN}/model.keras"] == (folder / "model.keras").read_bytes()


def test_a_file_has_the_time_that_it_has_on_the_disk(folder: Path) -> None:
    written = time.mktime((2026, 3, 4, 5, 6, 8, 0, 0, -1))
    os.utime(folder / "model.keras", (written, written))
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(folder)))) as archive:
        assert archive.getinfo(f"{RUN}/model.keras").date_time == (2026, 3, 4, 5, 6, 8)


def test_a_run_that_is_deleted_while_it_is_sent_never_looks_whole(folder: Path) -> None:
    pieces = zipped(folder)
    next(pieces)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError):
        list(pieces)


def test_a_file_that_a_training_has_put_away_meanwhile_is_left_out(folder: Path) -> None:
    pieces = zipped(folder)
    first = next(pieces)
    (folder / "model.keras").unlink()
    with zipfile.ZipFile(io.BytesIO(first + b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert [Path(name).name for name in archive.namelist()] == ["1.npz", "run.json", "text"]
