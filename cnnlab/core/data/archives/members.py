"""Read the members of a zip file block by block, whichever way they are packed, never more than was asked for."""

import bz2
import contextlib
import copy
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Protocol

LARGEST_DICTIONARY = 1 << 26  # bytes that LZMA may want to look back; the most that packers take by default
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_BLOCK = 1 << 16
_PROPERTIES = 5


class Plain(Protocol):
    """Give unpacked bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` further bytes, none at the end."""


@contextlib.contextmanager
def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Plain]:
    """Open a member of one of the `METHODS` for reading; what is damaged raises `zipfile.BadZipFile` or zlib.error."""
    if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with archive.open(info) as plain:
            yield plain
        return
    # Python's own readers of the other methods cannot stop in the middle of a block that grows without end.
    stored = copy.copy(info)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, info.compress_size
    stored.CRC = None  # type: ignore[assignment]  # of the unpacked bytes, which are checked below
    with archive.open(stored) as packed:
        yield _Unpacked(packed, info)


class _Unpacked:
    """Unpack bzip2 or LZMA."""

    def __init__(self, packed: IO[bytes], info: zipfile.ZipInfo) -> None:
        self._packed, self._info = packed, info
        self._left, self._crc = info.file_size, 0
        if info.compress_type == zipfile.ZIP_BZIP2:
            self._unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor = bz2.BZ2Decompressor()
        else:
            self._unpacker = _lzma(packed)

    def read(self, size: int, /) -> bytes:
        """Return at most `size` further bytes, none at the end."""
        while self._left and not self._unpacker.eof:
            packed = self._packed.read(_BLOCK) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                break
            try:
                block = self._unpacker.decompress(packed, min(size, self._left))
            except (OSError, ValueError, lzma.LZMAError) as error:
                raise zipfile.BadZipFile("The packed bytes are damaged.") from error
            if block:
                self._left -= len(block)
                self._crc = zlib.crc32(block, self._crc)
                return block
        if self._left or self._crc != self._info.CRC:
            raise zipfile.BadZipFile("The packed bytes end early or have another check sum.")
        return b""


def _lzma(packed: IO[bytes]) -> lzma.LZMADecompressor:
    """Return an unpacker set up by the properties that a member begins with (APPNOTE.TXT of PKWARE, 5.8.8)."""
    head = packed.read(4)
    size = struct.unpack("<H", head[2:])[0] if len(head) == 4 else 0
    properties = packed.read(size)
    if size != _PROPERTIES or len(properties) != size:
        raise zipfile.BadZipFile("The properties of LZMA are damaged.")
    first, dictionary = struct.unpack("<BI", properties)
    if dictionary > LARGEST_DICTIONARY:
        raise zipfile.BadZipFile("LZMA wants too much memory.")
    rest, literal_context = divmod(first, 9)
    position, literal_position = divmod(rest, 5)
    chosen = {"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": literal_context}
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{**chosen, "lp": literal_position, "pb": position}])
    except (lzma.LZMAError, ValueError) as error:
        raise zipfile.BadZipFile("The properties of LZMA are damaged.") from error
