"""Readers of files: archives, pictures, sequences."""

import io
import random
import stat
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.core.data.archives.unpacking import unpack
from cnnlab.core.data.archives.zip_archives import Limits
from cnnlab.core.pictures import decode, small_square
from cnnlab.core.sequences.reading import ENDINGS, read
from cnnlab.core.sequences.typed import typed
from tests.fuzz.mutating import lines, one_of, pieces
from tests.fuzz.targets.target import Target
from tests.picture_files import HEIC, tiff

LIMITS = Limits(max_files=60, max_total_bytes=8 << 20, max_file_bytes=1 << 20, free_bytes=1 << 16)
MAX_PIXELS = 1 << 18
TYPED = "typed"
_NAMES = (
    "../out.png",
    "/tmp/out.png",
    "a/../../out.png",
    "C:\\out.png",
    "a\0.png",
    "a/" * 40 + "b.png",
    "A/1.PNG",
    "." * 300,
)


def pictures() -> list[bytes]:
    """Return small pictures of every format."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 31, 3), np.uint8)
    modes = {
        "PNG": ("RGB", "RGBA", "LA", "L", "P", "1", "I;16"),
        "TIFF": ("RGB", "F", "I;16", "CMYK", "L"),
        "JPEG": ("RGB", "L", "CMYK"),
    }
    every = [(name, mode) for name in ("GIF", "BMP", "PPM", "WEBP", "AVIF") for mode in ("RGB",)]
    every += [(name, mode) for name, several in modes.items() for mode in several]
    found = []
    for name, mode in every:
        image = Image.fromarray(pixels)
        image = image.convert("L").convert("I").convert(mode) if mode == "I;16" else image.convert(mode)
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        image.save(out, name, **({"exif": exif} if name in ("JPEG", "WEBP", "TIFF") and mode == "RGB" else {}))
        found.append(out.getvalue())
    frames = [Image.fromarray(pixels[::step]).convert("P") for step in (1, 1)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    deep = pixels.astype(np.uint16) * 257
    more = (
        tiff(deep, photometric=2),
        tiff(deep[..., :1], tile=16, deflate=True, predictor=2),
        tiff(deep.astype(np.float32), photometric=2, predictor=3),
    )
    return [*found, out.getvalue(), *more, HEIC]


def _decode(data: bytes, _home: Path) -> None:
    picture = decode(data, "picture.png", MAX_PIXELS)
    small_square(Image.fromarray(picture.pixels))


def _members() -> list[tuple[str, bytes]]:
    small = pictures()
    return [(f"{kind}/{i}.png", small[i]) for kind in ("cat", "dog", "été") for i in range(3)] + [("readme.txt", b"x")]


def archives() -> list[bytes]:
    """Return a zip of each method and a tar of each kind, with a few pictures."""
    return [
        *(
            zipped(_members(), method)
            for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
        ),
        *(
            _tarred(mode, kind)
            for mode in ("w", "w:gz", "w:bz2", "w:xz")
            for kind in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
        ),
        _tarred("w", tarfile.USTAR_FORMAT),
    ]


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def _tarred(mode: str, kind: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=kind) as archive:  # type: ignore[call-overload]
        for name, content in [*_members(), ("long/" * 20 + "n" * 90 + ".png", b"x")]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, of, link in (
            ("cat/link.png", tarfile.SYMTYPE, "/etc/passwd"),
            ("cat/hard.png", tarfile.LNKTYPE, "cat/0.png"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = of, link
            archive.addfile(info)
    return out.getvalue()


def _unpack(data: bytes, home: Path) -> None:
    target = home / "unpacked"
    try:
        unpack(io.BytesIO(data), target, LIMITS)
    finally:
        left = [path.name for path in home.iterdir()]
        assert left in ([], ["unpacked"]), left
    every = list(target.rglob("*"))
    assert not any(path.is_symlink() for path in every)
    assert sum(path.stat().st_size for path in every if path.is_file()) <= LIMITS.max_total_bytes


def _rezipped(rng: random.Random, data: bytes) -> bytes:
    """Change what a zip says of its members: names, kinds, flags and contents."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:
        return pieces(rng, data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(rng.choice(_NAMES) if rng.random() < 0.3 else name)
            info.external_attr = rng.choice((0, 0, stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o600)) << 16
            held = pieces(rng, content) if rng.random() < 0.3 else content
            archive.writestr(
                info, bytes(rng.choice((0, 2_000_000))) if rng.random() < 0.02 else held, rng.choice((0, 8, 12, 14))
            )
    return out.getvalue() if rng.random() < 0.5 else pieces(rng, out.getvalue())


def sequences() -> list[bytes]:
    """Return files of sequences, each behind a line with its name."""
    codes = np.zeros((6, 8, 4), np.uint8)
    codes[:, np.arange(8), np.arange(8) % 4] = 1
    array = io.BytesIO()
    np.save(array, codes)
    fasta = b"".join(b">s%d label=%s\nACGTACGT\nNNAC\n" % (i, (b"bound", b"free")[i % 2]) for i in range(8))
    table = b"sequence,label\n" + b"".join(b"ACGTTGCA,%d\n" % (i % 2) for i in range(8))
    files = {
        ".fasta": fasta,
        ".csv": table,
        ".tsv": table.replace(b",", b"\t"),
        ".npy": array.getvalue(),
        TYPED: b"> one\nacgtu nnn\n",
    }
    return [ending.encode() + b"\n" + content for ending, content in files.items()]


def _read_sequences(data: bytes, home: Path) -> None:
    first, _, content = data.partition(b"\n")
    ending = first.decode("ascii", "replace")
    if ending == TYPED:
        typed(content.decode("utf-8", "surrogateescape"), 60)
        return
    ending = ending if ending in ENDINGS else ENDINGS[len(first) % len(ENDINGS)]
    folder = home / "files"
    folder.mkdir()
    names = ("a", "b") if ending in (".npy", ".fa") else ("a",)
    for name in names:
        (folder / f"{name}{ending}").write_bytes(content)
    read(folder)


FILES = (
    Target("archive", archives, _unpack, one_of(_rezipped, pieces), 8_000, seconds=20.0),
    Target("picture", pictures, _decode, pieces, 10_000, seconds=20.0),
    Target("sequences", sequences, _read_sequences, one_of(lines, pieces), 6_000, seconds=20.0),
)
