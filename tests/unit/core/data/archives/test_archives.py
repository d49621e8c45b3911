"""Unpack zip files made to do harm, and ordinary ones."""

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from cnnlab.core.data.archives.zip_archives import JUNK, ArchiveError, Limits, unpack_zip


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        for name, data in members.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = info.orig_filename = name
            info.compress_type = compression
            made.writestr(info, data)
    return buffer


def written(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_pictures_come_out_as_they_went_in(tmp_path: Path) -> None:
    members = {"set/train/cats/1.jpg": b"one", "set/train/dogs/2.PNG": b"two"}
    assert unpack_zip(archive(members), tmp_path / "new" / "out") == []
    assert written(tmp_path / "new" / "out") == members
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out"]


def test_a_path_is_taken_as_well_as_an_open_file(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(archive({"a/1.jpg": b"one"}).getvalue())
    assert unpack_zip(tmp_path / "set.zip", tmp_path / "out") == []
    assert written(tmp_path / "out") == {"a/1.jpg": b"one"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg",
        "a/../../evil.jpg",
        "a/./evil.jpg",
        "/evil.jpg",
        "//host/evil.jpg",
        "C:/evil.jpg",
        "C:evil.jpg",
        "..\\evil.jpg",
        "a\\..\\..\\evil.jpg",
        "\\\\host\\evil.jpg",
        "a//evil.jpg",
    ],
)
def test_a_member_that_leads_elsewhere_is_left_out(name: str, tmp_path: Path) -> None:
    (skipped,) = unpack_zip(archive({name: b"x"}), tmp_path / "in" / "out")
    assert "path leads out of the archive" in skipped.reason
    assert written(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("set/inner.zip", "archive inside the archive"),
        ("set/inner.tar.gz", "archive inside the archive"),
        ("run.exe", "does not end like a picture's"),
        ("picture", "does not end like a picture's"),
        ("a/" * 20 + "1.jpg", "too long or too deep"),
        ("x" * 250 + ".jpg", "too long or too deep"),
        ("__MACOSX/set/._1.jpg", JUNK),
        ("set/._1.jpg", JUNK),
        ("set/.DS_Store", JUNK),
        ("set/Thumbs.db", JUNK),
    ],
)
def test_what_is_no_picture_is_left_out_with_the_reason(name: str, reason: str, tmp_path: Path) -> None:
    (skipped,) = unpack_zip(archive({name: b"x", "good.jpg": b"y"}), tmp_path / "out")
    assert reason in skipped.reason
    assert written(tmp_path / "out") == {"good.jpg": b"y"}


def test_a_symbolic_link_is_left_out(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("link.jpg")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    (skipped,) = unpack_zip(buffer, tmp_path / "out")
    assert skipped.reason == "It is a link, not a file."
    assert written(tmp_path / "out") == {}


def test_an_encrypted_member_is_left_out(tmp_path: Path) -> None:
    data = bytearray(archive({"a.jpg": b"secret"}).getvalue())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    (skipped,) = unpack_zip(io.BytesIO(bytes(data)), tmp_path / "out")
    assert "without a password" in skipped.reason


def test_names_as_old_programs_of_windows_write_them_are_paths(tmp_path: Path) -> None:
    members = {"train\\cats\\": b"", "train\\cats\\1.jpg": b"one", "train/dogs\\2.jpg": b"two"}
    (skipped,) = unpack_zip(archive(members | {"TRAIN\\cats\\1.JPG": b"x"}), tmp_path / "out")
    assert (skipped.file, skipped.reason[:12]) == ("TRAIN/cats/1.JPG", "Another file")
    assert written(tmp_path / "out") == {"train/cats/1.jpg": b"one", "train/dogs/2.jpg": b"two"}


def test_a_method_that_is_not_read_is_left_out(tmp_path: Path) -> None:
    data = bytearray(archive({"a.jpg": b"x" * 100}).getvalue())
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(signature) + method] = 9  # Deflate64
    (skipped,) = unpack_zip(io.BytesIO(bytes(data)), tmp_path / "out")
    assert "unusual method" in skipped.reason


METHODS = [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_give_the_same_bytes(method: int, tmp_path: Path) -> None:
    noise = random.Random(0).randbytes(300_000)
    members = {"a.jpg": noise, "b.jpg": b"", "c.jpg": b"x", "d.jpg": b"ab" * 400_000}
    assert unpack_zip(archive(members, method), tmp_path / "out", Limits(max_ratio=1e9)) == []
    assert written(tmp_path / "out") == members


@pytest.mark.parametrize("method", METHODS)
def test_a_damaged_member_of_another_method_is_left_out(method: int, tmp_path: Path) -> None:
    made = archive({"a.jpg": random.Random(1).randbytes(5_000)}, method).getvalue()
    start = made.index(b"a.jpg") + 5
    for i, place in enumerate([*range(start, start + 12), *range(start + 12, start + 4_000, 97)]):
        data = bytearray(made)
        data[place] ^= 0x10
        skipped = unpack_zip(io.BytesIO(bytes(data)), tmp_path / str(i))
        assert [skip.reason for skip in skipped] == ["It is damaged in the archive."] or written(tmp_path / str(i)) == {
            "a.jpg": random.Random(1).randbytes(5_000)
        }


@pytest.mark.parametrize("method", METHODS)
def test_a_bomb_of_another_method_is_stopped_without_taking_memory(method: int, tmp_path: Path) -> None:
    bomb = archive({"bomb.jpg": bytes(32 << 20)}, method)
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match="200 times its packed size"):
            unpack_zip(bomb, tmp_path / "out")
        assert tracemalloc.get_traced_memory()[1] < 16 << 20  # of which LZMA looks back over eight
    finally:
        tracemalloc.stop()
    assert not (tmp_path / "out").exists()


def test_a_dictionary_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    data = bytearray(archive({"a.jpg": b"x" * 100}, zipfile.ZIP_LZMA).getvalue())
    place = data.index(b"a.jpg") + 5 + 4 + 1
    data[place : place + 4] = b"\xff\xff\xff\xff"
    (skipped,) = unpack_zip(io.BytesIO(bytes(data)), tmp_path / "out")
    assert skipped.reason == "It is damaged in the archive."


def test_a_damaged_member_is_left_out_and_the_rest_kept(tmp_path: Path) -> None:
    data = bytearray(archive({"a.jpg": b"first picture", "b.jpg": b"second"}, zipfile.ZIP_STORED).getvalue())
    data[data.index(b"first")] ^= 0xFF
    (skipped,) = unpack_zip(io.BytesIO(bytes(data)), tmp_path / "out")
    assert (skipped.file, skipped.reason) == ("a.jpg", "It is damaged in the archive.")
    assert written(tmp_path / "out") == {"b.jpg": b"second"}


@pytest.mark.parametrize(
    "names",
    [
        ("a/1.jpg", "A/1.JPG"),
        ("a/1.jpg", "a/1.jpg"),
        ("a.jpg", "a.jpg/b.jpg"),
        ("a.jpg/b.jpg", "A.jpg"),
        ("\u00e9.jpg", "e\u0301.jpg"),
    ],
)
def test_a_name_taken_already_is_not_written_over(names: tuple[str, str], tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(names[0], b"first")
        if names[0] == names[1]:
            with pytest.warns(UserWarning, match="Duplicate name"):
                made.writestr(names[1], b"second")
        else:
            made.writestr(names[1], b"second")
    (skipped,) = unpack_zip(buffer, tmp_path / "out")
    assert "same name" in skipped.reason
    assert list(written(tmp_path / "out").values()) == [b"first"]


def test_a_file_over_the_single_limit_is_left_out(tmp_path: Path) -> None:
    members = {"big.bmp": bytes(range(256)) * 40, "small.bmp": b"ok"}
    (skipped,) = unpack_zip(archive(members), tmp_path / "out", Limits(max_file_bytes=10_000))
    assert (skipped.file, skipped.reason) == ("big.bmp", "It is larger than 10,000 bytes.")
    assert written(tmp_path / "out") == {"small.bmp": b"ok"}


def claim_to_be_small(data: bytes) -> bytes:
    """Write one byte as the unpacked size into both headers, as an archive does that lies about itself."""
    lying = bytearray(data)
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = lying.index(signature) + place
        lying[start : start + 4] = struct.pack("<I", 1)
    return bytes(lying)


def test_a_bomb_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="times its packed size"):
        unpack_zip(archive({"a.bmp": b"\0" * 5_000_000}), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_header_that_promises_less_than_comes_out_gains_nothing(tmp_path: Path) -> None:
    bomb = claim_to_be_small(archive({"a.bmp": b"\0" * 5_000_000}).getvalue())
    (skipped,) = unpack_zip(io.BytesIO(bomb), tmp_path / "out")
    assert skipped.reason == "It is damaged in the archive."
    assert written(tmp_path) == {}


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(max_files=2), "holds 3 files and at most 2"),
        (Limits(max_total_bytes=25), "more than 25 bytes"),
        (Limits(max_ratio=1.5, free_bytes=5), "more than 1.5 times its packed size"),
    ],
)
def test_a_refused_archive_leaves_nothing_behind(limits: Limits, words: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=words) as caught:
        unpack_zip(
            archive({f"{i}.jpg": b"0" * 200 if i == 2 else b"0123456789" for i in range(3)}), tmp_path / "o", limits
        )
    assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04 broken"])
def test_what_is_no_zip_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="not a zip archive"):
        unpack_zip(io.BytesIO(data), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_zip_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="could not be unpacked"):
        unpack_zip(tmp_path / "none.zip", tmp_path / "out")


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ArchiveError, match="not an empty folder"):
        unpack_zip(archive({"a.jpg": b"x"}), tmp_path)
    assert written(tmp_path) == {"mine.txt": b"keep"}
