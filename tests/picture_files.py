"""Write picture files that no program here writes: TIFF and PNG of unusual numbers, and one HEIC."""

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np

KINDS = {"u": 1, "i": 2, "f": 3}


def tiff(
    values: np.ndarray,
    *,
    photometric: int = 1,
    order: str = "<",
    planar: bool = False,
    rows: int = 0,
    tile: int = 0,
    deflate: bool = False,
    predictor: int = 1,
    bits: int = 0,
    tags: dict[int, int] | None = None,
) -> bytes:
    """Write numbers (height, width, samples) as TIFF 6.0: strips of `rows`, or square tiles; packed if `bits` is odd.

    `photometric` is 0 where white is zero, 1 where black is, 2 for RGB; `predictor` is 2 or 3; `tags` are added.
    """
    height, width, samples = values.shape
    kind, size = values.dtype.kind, values.dtype.itemsize
    bits = bits or 8 * size
    step_rows, step_columns = (tile, tile) if tile else (rows or height, width)
    pieces = []
    for plane in [values[:, :, [i]] for i in range(samples)] if planar else [values]:
        for top in range(0, height, step_rows):
            for left in range(0, width, step_columns):
                piece = plane[top : top + step_rows, left : left + step_columns]
                if tile:
                    piece = np.pad(piece, [(0, tile - piece.shape[0]), (0, tile - piece.shape[1]), (0, 0)])
                packed = _packed(piece, order, predictor, bits)
                pieces.append(zlib.compress(packed) if deflate else packed)
    starts = np.cumsum([8, *map(len, pieces)]).tolist()
    fields: dict[int, list[int]] = {
        **{256: [width], 257: [height], 258: [bits] * samples, 259: [8 if deflate else 1], 262: [photometric]},
        **{277: [samples], 284: [2 if planar else 1], 317: [predictor], 339: [KINDS[kind]] * samples},
        **({322: [tile], 323: [tile], 324: starts[:-1]} if tile else {273: starts[:-1], 278: [step_rows]}),
        **{325 if tile else 279: [len(piece) for piece in pieces]},
        **{tag: [value] for tag, value in (tags or {}).items()},
    }
    behind = starts[-1] + 2 + 12 * len(fields) + 4
    entries, lists = b"", b""
    for tag, numbers in sorted(fields.items()):
        body = struct.pack(f"{order}{len(numbers)}I", *numbers)
        entries += struct.pack(f"{order}HHI", tag, 4, len(numbers))
        entries += body if len(numbers) == 1 else struct.pack(f"{order}I", behind + len(lists))
        lists += body if len(numbers) > 1 else b""
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(f"{order}2sHI", mark, 42, starts[-1])
    return head + b"".join(pieces) + struct.pack(f"{order}H", len(fields)) + entries + bytes(4) + lists


def _packed(piece: np.ndarray, order: str, predictor: int, bits: int) -> bytes:
    kind, size = piece.dtype.kind, piece.dtype.itemsize
    if bits != 8 * size:
        single = np.unpackbits(piece.astype(">u2").view(np.uint8).reshape(len(piece), -1, 2), axis=2)
        return np.packbits(single[:, :, 16 - bits :].reshape(len(piece), -1), axis=1).tobytes()
    if predictor == 2:
        whole = np.ascontiguousarray(piece).view(f"u{size}")
        before = np.pad(whole, [(0, 0), (1, 0), (0, 0)])[:, :-1]
        return (whole - before).astype(f"{order}u{size}").tobytes()
    if predictor == 3:
        parted = np.ascontiguousarray(piece.astype(f">{kind}{size}")).view(np.uint8)
        flat = np.moveaxis(parted.reshape(len(piece), -1, size), 1, 2).reshape(len(piece), -1, piece.shape[2])
        before = np.pad(flat, [(0, 0), (1, 0), (0, 0)])[:, :-1]
        return (flat - before).astype(np.uint8).tobytes()
    return piece.astype(f"{order}{kind}{size}").tobytes()


def png(width: int, bits: int, colour_type: int, rows: Sequence[bytes], transparent: bytes = b"") -> bytes:
    """Write packed rows as a PNG, with a transparent colour if there are bytes of one."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, len(rows), bits, colour_type, 0, 0, 0)
    key = chunk(b"tRNS", transparent) if transparent else b""
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + key + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# 48 × 64 pixels in four quarters, red, green, blue and yellow, written once by an encoder that is not installed here.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAANQAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAANxtZGF0AAAA0CgBrwngIzUt/+7Z//79byHsJ6R07u/Uo/9iY7vg"
    "Nv/6r219+jvTf/aqO/jib/pmCaqBJGp/+3LL6LJFuVC/zQQJsfa9ENiqVVHJ2B9/rn7FB3xOyEwdK1KUnD45aBWGiBkUoKHhAZ/v"
    "U1J2sC0OT39TfGs/d99d/2C/DR3tBuAGVJdQPjvsUSgbYFYlnh9xB23Mf2i/S/9PFaeRUpMl7Z5qyQI3UhD6Sbp79vUnw9fHdNI9"
    "h3OD+Nntx79gLjr+q/1r2pAqSc88YDwYQGTpXOg="
)
