"""A tar file of a stranger is unpacked under the rules of a zip file, one case for each kind of trick."""

import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnlab.core.data.archives.unpacking import unpack
from cnnlab.core.data.archives.zip_archives import ArchiveError, Limits
from tests.unit.core.data.test_library import picture

Member = tuple[str, bytes]


def packed(*members: Member | tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            archive.addfile(info, io.BytesIO(member[1]))
    return out.getvalue()


def without_its_word(content: bytes) -> bytes:
    """Return a tar as tar wrote it before POSIX: no word in the headers, and their sums without it."""
    old = bytearray(content)
    for place in range(0, len(old), 512):
        if old[place + 257 : place + 262] == b"ustar":
            old[place + 257 : place + 512] = bytes(255)
            old[place + 148 : place + 156] = b" " * 8
            old[place + 148 : place + 156] = b"%06o\0 " % sum(old[place : place + 512])
    return bytes(old)


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


GOOD: Member = ("train/cats/1.png", picture(0))


def unpacked(content: bytes, target: Path, limits: Limits | None = None) -> tuple[list[str], dict[str, str]]:
    skipped = unpack(io.BytesIO(content), target, limits)
    files = sorted(str(p.relative_to(target)) for p in target.rglob("*") if p.is_file())
    return files, {skip.file: skip.reason for skip in skipped}


def test_a_tar_from_before_posix_is_known_by_the_sum_of_its_header(tmp_path: Path) -> None:
    content = without_its_word(packed(GOOD, ("train/dogs/2.png", picture(1)), form=tarfile.USTAR_FORMAT))
    assert b"ustar" not in content
    assert unpacked(content, tmp_path / "out") == (["train/cats/1.png", "train/dogs/2.png"], {})
    with pytest.raises(ArchiveError, match="not a zip archive"):
        unpack(io.BytesIO(bytes([content[0] ^ 1]) + content[1:]), tmp_path / "other")


def test_names_with_backslashes_are_paths(tmp_path: Path) -> None:
    content = packed(("train\\cats\\1.png", GOOD[1]), ("train\\..\\..\\2.png", b"x"))
    files, skipped = unpacked(content, tmp_path / "out")
    assert files == ["train/cats/1.png"]
    assert list(skipped) == ["train/../../2.png"]


PACKERS = [(gzip.compress, gzip.decompress), (bz2.compress, bz2.decompress), (lzma.compress, lzma.decompress)]


@pytest.mark.parametrize(("pack", "unpack_again"), PACKERS)
def test_a_flipped_bit_of_a_packed_tar_changes_no_picture_unsaid(
    pack: Callable[[bytes], bytes], unpack_again: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    plain = packed(GOOD, ("train/dogs/2.png", picture(1)))
    content = pack(plain)
    accepted = 0
    for place in range(0, len(content), 13):
        flipped = bytearray(content)
        flipped[place] ^= 4
        with contextlib.suppress(ArchiveError):
            unpack(io.BytesIO(bytes(flipped)), tmp_path / str(place))
            assert unpack_again(bytes(flipped)) == plain
            accepted += 1
    assert accepted <= 10


@pytest.mark.parametrize("damage", ["flipped", "cut"])
def test_a_tar_whose_second_header_is_damaged_is_refused_not_shortened(damage: str, tmp_path: Path) -> None:
    content = bytearray(packed(GOOD, ("train/dogs/2.png", picture(1)), form=tarfile.USTAR_FORMAT))
    place = content.index(b"train/dogs")
    if damage == "flipped":
        content[place] ^= 1
    else:
        del content[place + 200 :]
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(io.BytesIO(bytes(content)), tmp_path / "out")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_ordinary_kind_of_tar_is_unpacked(pack: Callable[[bytes], bytes], form: int, tmp_path: Path) -> None:
    content = pack(packed(GOOD, ("./train/dogs/2.png", picture(1)), form=form))
    files, skipped = unpacked(content, tmp_path / "out")
    assert files == ["train/cats/1.png", "train/dogs/2.png"]
    assert skipped == {}
    assert (tmp_path / "out/train/cats/1.png").read_bytes() == GOOD[1]


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (("../out.png", b"x"), "leads out of the archive"),
        (("/etc/out.png", b"x"), "leads out of the archive"),
        (("a/../../out.png", b"x"), "leads out of the archive"),
        (("C:/out.png", b"x"), "leads out of the archive"),
        (("..\\out.png", b"x"), "leads out of the archive"),
        ((".hidden/1.png", b"x"), "operating system"),
        (("__MACOSX/1.png", b"x"), "operating system"),
        (("x" * 250 + ".png", b"x"), "too long"),
        (("inner.tar.gz", b"x"), "an archive inside"),
        (("notes.txt", b"x"), "does not end like a picture's"),
        (("train/CATS/1.PNG", b"x"), "same name, apart from capital letters"),
        (special("link.png", tarfile.SYMTYPE, "/etc/passwd"), "a link"),
        (special("hard.png", tarfile.LNKTYPE, "train/cats/1.png"), "a link"),
        (special("pipe.png", tarfile.FIFOTYPE), "no ordinary file"),
        (special("disk.png", tarfile.BLKTYPE), "no ordinary file"),
        (("large.png", b"x" * 5000), "larger than 4,000 bytes"),
    ],
)
def test_a_dangerous_or_useless_member_is_left_out_and_the_rest_unpacked(
    member: Member | tarfile.TarInfo, words: str, tmp_path: Path
) -> None:
    files, skipped = unpacked(packed(GOOD, member), tmp_path / "deep" / "out", Limits(max_file_bytes=4000))
    assert files == ["train/cats/1.png"]
    assert len(skipped) == 1
    assert words in next(iter(skipped.values()))
    assert sorted(p.name for p in tmp_path.rglob("*.png")) == ["1.png"]
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("content", "limits", "words"),
    [
        (gzip.compress(packed(GOOD, ("a.png", bytes(3 << 20)))), Limits(), "times its packed size"),
        (gzip.compress(packed(GOOD, ("junk.txt", bytes(3 << 20)))), Limits(), "times its packed size"),
        (packed(GOOD, ("a.png", bytes(5000))), Limits(max_total_bytes=4000), "more than 4,000 bytes"),
        (packed(*[(f"{i}.png", b"x") for i in range(5)]), Limits(max_files=4), "more than 4 files"),
        (packed(*[special(f"d{i}", tarfile.DIRTYPE) for i in range(5)]), Limits(max_files=4), "more than 4 files"),
        (gzip.compress(packed(GOOD))[:-200], Limits(), "damaged"),
        (b"\x1f\x8b" + bytes(500), Limits(), "damaged"),
        (packed(GOOD)[:700], Limits(), "damaged"),
    ],
)
def test_an_archive_that_breaks_a_limit_is_refused_and_leaves_nothing(
    content: bytes, limits: Limits, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveError) as caught:
        unpack(io.BytesIO(content), tmp_path / "out", limits)
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_bytes_behind_the_end_count_and_are_never_held(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    # A few kilobytes of bzip2 are gigabytes of zeros, which tarfile's own reader unpacks in one piece.
    zeros = pack(bytes(16 << 20)) * 4
    content = pack(packed(GOOD)) + zeros
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match=r"goes on for more|times its packed size"):
            unpack(io.BytesIO(content), tmp_path / "out")
        assert tracemalloc.get_traced_memory()[1] < 12 << 20  # bzip2 itself takes eight
    finally:
        tracemalloc.stop()
    assert list(tmp_path.iterdir()) == []


def test_a_last_record_filled_with_zeros_is_no_harm(tmp_path: Path) -> None:
    assert unpacked(gzip.compress(packed(GOOD) + bytes(500_000)), tmp_path / "out")[0] == ["train/cats/1.png"]


def test_a_long_description_of_a_file_is_not_read_into_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 3 << 30
    with pytest.raises(ArchiveError, match="too long"):
        unpack(io.BytesIO(header.tobuf(tarfile.USTAR_FORMAT) + bytes(1024)), tmp_path / "out")


def test_a_full_folder_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(ArchiveError, match="not an empty folder"):
        unpack(io.BytesIO(packed(GOOD)), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
