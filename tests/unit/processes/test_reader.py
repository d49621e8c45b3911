"""Hostile pictures go to a process of their own: one sentence each, and this process does not grow."""

import io
import os
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from cnnlab.core.data.held import Measure, hold
from cnnlab.core.pictures import PictureError, Preparation, decode, input_problem, prepare
from cnnlab.core.settings import Settings
from cnnlab.processes.pictures.reader import PictureReader
from tests.picture_files import HEIC, tiff

GROWTH = 24 << 20  # bytes; a bomb would take gigabytes


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PictureReader]:
    reader = PictureReader(Settings(tmp_path_factory.mktemp("home")))
    reader.read(encode(Image.new("RGB", (8, 8))), "first.png")
    yield reader
    reader.close()


def encode(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def noise(height: int = 40, width: int = 60, channels: int = 3) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8))


def png(width: int, height: int, data: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), *chunks, (b"IDAT", data), (b"IEND", b"")]
    chunk = (struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk)


def oriented(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(noise(), "JPEG", exif=exif)


def hidden_text() -> bytes:
    """Return a tiny PNG whose comment unpacks to 200 MB."""
    return png(1, 1, zlib.compress(b"\0\0\0\0"), (b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9)))


def answer_to(reader: PictureReader, data: bytes) -> str:
    """Return the refusal, or a sentence on the small picture that was in the bomb all the same."""
    try:
        picture = reader.read(data, "<b>p.png")
    except PictureError as refused:
        return str(refused)
    assert max(picture.facts.size) <= 9
    return "It was small."


READABLE = {
    "CMYK": encode(Image.new("CMYK", (30, 20), (0, 255, 255, 0)), "JPEG"),
    "16-bit": encode(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30) * 100)),
    "float": encode(Image.fromarray(np.linspace(-1, 1, 600, dtype=np.float32).reshape(20, 30)), "TIFF"),
    "12 bits in colour": tiff(np.arange(1800, dtype=np.uint16).reshape(20, 30, 3), photometric=2, planar=True),
    "HEIC": HEIC,
    "palette with transparency": encode(noise().quantize(16), transparency=3),
    "animated": encode(noise(), "GIF", save_all=True, append_images=[noise(40, 60)] * 3),
    **{f"EXIF {n}": oriented(n) for n in range(1, 9)},
    "1 × 1": encode(Image.new("RGB", (1, 1))),
    "1 × 20,000": encode(Image.new("RGB", (1, 20_000))),
    "20,000 × 1": encode(Image.new("L", (20_000, 1))),
    "wrong extension": encode(noise(), "WEBP"),
}
REFUSED = {
    "truncated": (encode(noise(), "JPEG")[:600], "damaged or cut short"),
    "bomb by header": (png(100_000, 100_000, zlib.compress(b"\0" * 1000)), "too large"),
    "bomb by content": (png(9, 9, zlib.compress(bytes(300 << 20), 9)[:100_000]), ""),
    "bomb in a comment": (hidden_text(), ""),
    "not a picture": (b"only words", "not a picture"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "damaged HEIC picture"),
}


@pytest.mark.parametrize("kind", READABLE)
def test_an_unusual_picture_is_the_same_from_the_other_process(reader: PictureReader, kind: str) -> None:
    here = decode(READABLE[kind], "p.jpg", 40_000_000)
    measures = [Measure(*here.pixels.shape), Measure(31, 77, 1), Measure(20, 20, 3, Preparation("crop", "bicubic"))]
    measures = [m for m in measures if not input_problem(m.height, m.width, m.channels)]
    read = reader.read(READABLE[kind], "p.jpg", measures)
    assert read.facts == hold(here, lambda: here).facts
    for there, measure in zip(read.prepared, measures, strict=True):
        wanted = prepare(here.pixels, measure.height, measure.width, measure.channels, measure.how)
        np.testing.assert_array_equal(there, wanted)
        assert not there.flags.writeable


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_picture_gets_one_sentence_and_this_process_does_not_grow(reader: PictureReader, kind: str) -> None:
    data, said = REFUSED[kind]
    before = psutil.Process().memory_info().rss
    for _ in range(3):
        told = answer_to(reader, data)
        assert said in told
        assert told.endswith(".")
        assert "\n" not in told
    assert psutil.Process().memory_info().rss - before < GROWTH
    assert reader.read(READABLE["1 × 1"], "after.png").facts.size == (1, 1)


@pytest.mark.parametrize(
    "name", ["<img src=x>.png", "$(reboot).png", "../../etc/passwd", "a`b`;c|d.png", "\0\n.png", ""]
)
def test_a_hostile_name_stays_a_name(reader: PictureReader, name: str) -> None:
    with pytest.raises(PictureError) as refused:
        reader.read(b"only words", name)
    assert "/" not in str(refused.value).split(" is not ")[0]
    assert "\n" not in str(refused.value)


def test_a_reader_that_dies_or_hangs_is_one_sentence_and_the_next_picture_is_read(
    reader: PictureReader, tmp_path: Path
) -> None:
    for pid in reader.pids:
        os.kill(pid, 11)
        psutil.Process(pid).wait(10)
    assert reader.read(READABLE["1 × 1"], "p.png").facts.size == (1, 1)
    for silent in (_SILENT, _BABBLING):
        broken = PictureReader(Settings(tmp_path), timeout=0.5, command=[sys.executable, "-c", silent])
        with pytest.raises(PictureError, match=r"took longer than|cannot be read"):
            broken.read(READABLE["1 × 1"], "p.png")
        assert broken.pids == ()


def test_memory_beyond_the_limit_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    small = PictureReader(Settings(tmp_path, max_pixels=10**9), command=[sys.executable, "-c", _TIGHT])
    with pytest.raises(PictureError, match=r"too large|damaged|ended unexpectedly"):
        small.read(encode(Image.new("L", (16_000, 16_000))), "wide.png")
    assert small.read(READABLE["1 × 1"], "p.png").facts.size == (1, 1)
    small.close()


def test_one_visitors_slow_pictures_keep_nobody_else_waiting(tmp_path: Path) -> None:
    enough = tmp_path / "enough"
    reader = PictureReader(Settings(tmp_path), 60.0, [sys.executable, "-c", _SLOW, str(enough)])
    reader.read(READABLE["1 × 1"], "quick.png")
    with ThreadPoolExecutor() as pool:
        slow = [pool.submit(reader.read, READABLE["1 × 1"], "slow.png", (), "somebody") for _ in range(4)]
        time.sleep(0.05)
        for i in range(3):
            reader.read(READABLE["1 × 1"], "quick.png", (), f"another {i}")
        assert not any(each.done() for each in slow), "others waited for a slow picture"
        enough.touch()
        for each in slow:
            each.result()
    reader.close()


_TIGHT = """
import sys
from cnnlab.processes.pictures import decoding
decoding.SPARE, decoding.BYTES_A_PIXEL = 200 << 20, 0
sys.exit(decoding.main(10**9))
"""
_SLOW = """
import os, sys, time
from cnnlab.processes.pictures import decoding
real = decoding.answer_request
def answer(header, arrays, most):
    while header.get("name") == "slow.png" and not os.path.exists(sys.argv[1]):
        time.sleep(0.01)
    return real(header, arrays, most)
decoding.answer_request = answer
sys.exit(decoding.main(100))
"""
_SILENT = """
import socket, time
from cnnlab.processes.frames import receive_frame, send_frame
connection = socket.socket(fileno=0)
receive_frame(connection)
send_frame(connection, {})
time.sleep(60)
"""
_BABBLING = _SILENT.replace("time.sleep(60)", "connection.sendall(bytes(11) + b'1' + b'{'); time.sleep(60)")
