"""Read the numbers of TIFF files that hold more than a byte a value: Pillow unpacks the bytes, here they are ordered.

Source: TIFF 6.0 (Adobe, 1992), and Technical Note 3 (2005) for the prediction of floats.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from cnnlab.core.pictures.levels import Values

Alpha = Literal["", "straight", "multiplied"]

_BLOCK = 1 << 20  # packed numbers that are unpacked at a time
_MOST_SAMPLES = 8
_MOST_BYTES = 1 << 31  # unpacked, of one plane
_PREDICTED = {5, 8, 32946, 34925, 50000}  # LZW, Deflate by its two numbers, LZMA, Zstandard
_COMPRESSIONS = {1, 32773, *_PREDICTED}  # nothing and PackBits
_KINDS = {1: "u", 2: "i", 3: "f"}
_BITS = {"u": {*range(9, 17), 32, 64}, "i": {8, 16, 32, 64}, "f": {16, 32, 64}}
_ALPHAS: dict[int, Alpha] = {1: "multiplied", 2: "straight"}


@dataclass(frozen=True)
class DeepTiff:
    """Hold what a deep TIFF says about its numbers; `stated` is the largest that it speaks of."""

    width: int
    height: int
    kind: str
    bits: int
    colours: int
    alpha: Alpha
    inverted: bool
    stated: int | None
    orientation: int
    tags: ImageFileDirectory_v2
    order: str

    @property
    def mode(self) -> str:
        """Return the mode as Pillow names it where it has a name, else one in the same manner."""
        grey = {"u16": "I;16", "u12": "I;12", "i32": "I", "u32": "I", "i16": "I", "f32": "F"}
        name = f"{self.kind}{self.bits}"
        if self.colours == 1 and not self.alpha and name in grey:
            return grey[name]
        base = ("RGB" if self.colours == 3 else "L") + ("A" if self.alpha else "")
        return f"{base};{self.bits}{'' if self.kind == 'u' else self.kind.upper()}"


def deep_tiff(data: bytes) -> DeepTiff | None:
    """Return what a TIFF file of deep grey or RGB values says, or None for every file that Pillow is to read.

    Raises whatever broken bytes lead to.
    """
    if data[:4] not in (b"II*\0", b"MM\0*", b"II+\0"):
        return None
    tags = ImageFileDirectory_v2(data[: 16 if data[2] == 43 else 8])
    source = io.BytesIO(data)
    source.seek(tags.next)
    tags.load(source)
    samples = _one(tags, 277, 1)
    bits, formats = set(_all(tags, 258, 1)), set(_all(tags, 339, 1))
    photometric = _one(tags, 262, -1)
    if len(bits) != 1 or len(formats) != 1 or not 1 <= samples <= _MOST_SAMPLES or not {273, 324} & set(tags):
        return None
    kind, depth = _KINDS.get(formats.pop(), ""), bits.pop()
    colours = 3 if photometric == 2 else 1
    if (
        depth not in _BITS.get(kind, ())
        or photometric not in (0, 1, 2)
        or samples < colours
        or _one(tags, 259, 1) not in _COMPRESSIONS
        or _one(tags, 266, 1) != 1
    ):
        return None
    # Pillow takes a further value that nobody describes for transparency, and so does everybody.
    extra = _all(tags, 338, 2)[0] if samples > colours else 0
    return DeepTiff(
        width=_one(tags, 256, 0),
        height=_one(tags, 257, 0),
        kind=kind,
        bits=depth,
        colours=colours,
        alpha=_ALPHAS.get(extra, ""),
        inverted=photometric == 0,
        stated=max(_all(tags, 281, 0)) or None,
        orientation=_one(tags, 274, 1),
        tags=tags,
        order="<" if data[:1] == b"I" else ">",
    )


def values_of(data: bytes, deep: DeepTiff) -> Values:
    """Return the numbers of a deep TIFF, colours first and alpha behind them, (height, width, colours + alpha).

    Raises whatever broken bytes lead to.
    """
    tags, samples = deep.tags, _one(deep.tags, 277, 1)
    wanted = deep.colours + bool(deep.alpha)
    if _one(tags, 284, 1) == 2 and samples > 1:
        planes = [_plane(data, deep, 1, plane, samples) for plane in range(wanted)]
        return np.concatenate(planes, axis=2)
    return _plane(data, deep, samples, 0, 1)[:, :, :wanted]


def _plane(data: bytes, deep: DeepTiff, samples: int, plane: int, planes: int) -> Values:
    """Return one plane of `planes`, (height, width, samples)."""
    tags, tiled = deep.tags, 324 in deep.tags
    width, height = (_one(tags, 322, 0), _one(tags, 323, 0)) if tiled else (deep.width, deep.height)
    across, down = -(-deep.width // width), -(-deep.height // height)
    row = (width * samples * deep.bits + 7) // 8
    if across * row * down * height > _MOST_BYTES:
        raise MemoryError
    offsets, counts = (_all(tags, tag, 0) for tag in ((324, 325) if tiled else (273, 279)))
    share = len(offsets) // planes
    mine = slice(plane * share, (plane + 1) * share)
    shape = {322: row, 323: height} if tiled else {278: min(_one(tags, 278, height), height)}
    wrapped = _as_bytes(data, offsets[mine], counts[mine], _one(tags, 259, 1), across * row, down * height, shape)
    with Image.open(io.BytesIO(wrapped), formats=("TIFF",)) as image:
        packed: npt.NDArray[np.uint8] = np.asarray(image).reshape(down * height, across, row)
    numbers = _numbers(packed, deep, width, samples)
    return numbers.reshape(down * height, across * width, samples)[: deep.height, : deep.width]


def _as_bytes(
    data: bytes,
    offsets: Sequence[int],
    counts: Sequence[int],
    compression: int,
    width: int,
    height: int,
    shape: dict[int, int],
) -> bytes:
    """Return the same packed bytes as a TIFF of bytes, which Pillow unpacks without a look at the numbers.

    Where possible four bytes are a pixel, of cyan, magenta, yellow and black, so that Pillow finds few of them.
    """
    samples = 4 if width % 4 == 0 and shape.get(322, 0) % 4 == 0 else 1
    pieces = [data[offset : offset + count] for offset, count in zip(offsets, counts, strict=True)]
    ends = np.cumsum([8, *map(len, pieces)]).tolist()
    starts, body = ends[:-1], b"".join(pieces)
    places, lengths = (324, 325) if 322 in shape else (273, 279)
    tags: dict[int, list[int]] = {
        **{256: [width // samples], 257: [height], 258: [8] * samples, 259: [compression]},
        **{262: [5 if samples == 4 else 1], 277: [samples]},
        **{tag: [value // samples if tag == 322 else value] for tag, value in shape.items()},
        **{places: starts, lengths: [len(piece) for piece in pieces]},
    }
    behind = ends[-1] + 2 + 12 * len(tags) + 4
    entries, lists = b"", b""
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"<{len(values)}I", *values)
        entries += struct.pack("<HHI", tag, 4, len(values))
        entries += packed if len(values) == 1 else struct.pack("<I", behind + len(lists))
        lists += packed if len(values) > 1 else b""
    header = struct.pack("<2sHI", b"II", 42, ends[-1])
    return header + body + struct.pack("<H", len(tags)) + entries + bytes(4) + lists


def _numbers(packed: npt.NDArray[np.uint8], deep: DeepTiff, width: int, samples: int) -> Values:
    """Return the numbers in bytes (rows, across, bytes of a row), (rows, across, width, samples)."""
    shape = (*packed.shape[:2], width, samples)
    predictor = _one(deep.tags, 317, 1) if _one(deep.tags, 259, 1) in _PREDICTED else 1
    if deep.kind == "u" and deep.bits not in (16, 32, 64):
        return _unpacked(packed, deep.bits, width * samples).reshape(shape)
    size = deep.bits // 8
    if predictor == 3:
        # Byte planes, the highest first, each byte the difference to the one before it.
        summed = np.cumsum(packed.reshape(*packed.shape[:2], -1, samples), axis=2, dtype=np.uint8)
        parted = summed.reshape(*packed.shape[:2], size, width * samples)
        return np.ascontiguousarray(np.moveaxis(parted, 2, 3)).view(f">{deep.kind}{size}").reshape(shape)
    numbers: Values = packed.view(f"{deep.order}{deep.kind}{size}").reshape(shape)
    if predictor == 2:
        whole = numbers.view(f"{deep.order}u{size}")
        return np.cumsum(whole, axis=2, dtype=f"u{size}").view(f"{deep.kind}{size}")
    return numbers


def _unpacked(packed: npt.NDArray[np.uint8], bits: int, count: int) -> Values:
    """Return `count` numbers of `bits` each from every row of bytes, which begins with its highest bit."""
    rows = packed.reshape(-1, packed.shape[-1])
    out = np.empty((len(rows), count), np.uint16)
    block = max(1, _BLOCK // max(1, count))
    for start in range(0, len(rows), block):
        single = np.unpackbits(rows[start : start + block], axis=1, count=count * bits).reshape(-1, count, bits)
        wide = np.zeros((*single.shape[:2], 16), np.uint8)
        wide[:, :, 16 - bits :] = single
        out[start : start + block] = np.packbits(wide, axis=2).view(">u2")[:, :, 0]
    return out


def _all(tags: ImageFileDirectory_v2, tag: int, default: int) -> tuple[int, ...]:
    value: Any = tags.get(tag, default)
    return tuple(int(v) for v in value) if isinstance(value, tuple) else (int(value),)


def _one(tags: ImageFileDirectory_v2, tag: int, default: int) -> int:
    return _all(tags, tag, default)[0]
