"""Be a process that reads picture files of a data set: `python -m cnnlab.processes.data.file_decoding`,
a socket as its input.

Whatever a hostile file does, it does here, with a limit on memory; see `cnnlab.processes.data.limited_reading`.
"""

import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.core.data.archives.zip_archives import Skipped
from cnnlab.core.data.survey.reading import read_file
from cnnlab.processes.answering import serve, take_connection
from cnnlab.processes.frames import Array
from cnnlab.processes.limits.landlock import ANYWHERE, confine
from cnnlab.processes.limits.memory import limit_memory

BYTES_A_PIXEL = 16  # a photograph takes up to ten; a float TIFF of the largest size takes more, and is left out
SPARE = 256 << 20  # bytes for the file itself and for codecs
LONGEST_FILE = 60  # seconds: a process whose parent was killed in the meantime ends by itself


def main(max_pixels: int) -> int:
    """Serve until the other side closes the connection."""
    connection = take_connection()
    limit_memory(SPARE + BYTES_A_PIXEL * max_pixels)
    confine(reads=[ANYWHERE])
    return serve(connection, lambda header, _arrays: answer_request(header, max_pixels))


def answer_request(header: dict[str, Any], max_pixels: int) -> tuple[dict[str, Any], list[Array]]:
    """Return what a file holds, or why it is left out, and the arrays of its sample if that is asked for."""
    if header["request"] == "ping":
        return {}, []
    signal.alarm(LONGEST_FILE)
    try:
        found, seen = read_file(Path(header["path"]), Path(header["root"]), max_pixels, header["tally"])
    except MemoryError:
        return {"error": "It needs too much memory to be decoded; make the picture smaller."}, []
    finally:
        signal.alarm(0)
    if isinstance(found, Skipped):
        return {"skipped": [found.file, found.reason]}, []
    return {"picture": found.told()}, [] if seen is None else [np.asarray(part) for part in seen]


if __name__ == "__main__":
    from cnnlab.core.settings import Settings

    sys.exit(main(Settings.from_env().max_pixels))
