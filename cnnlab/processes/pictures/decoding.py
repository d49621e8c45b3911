"""Be the process that decodes uploaded pictures: `python -m cnnlab.processes.pictures.decoding`,
with a socket as its input.

Whatever a hostile file does to Pillow or the libraries below it, it does here, with a limit on memory.
"""

import sys
from dataclasses import asdict
from typing import Any

import numpy as np
from PIL import Image

from cnnlab.core.pictures import PictureError, Preparation, fitted, open_upright, small_square
from cnnlab.processes.answering import serve, take_connection
from cnnlab.processes.frames import Array
from cnnlab.processes.limits.landlock import confine
from cnnlab.processes.limits.memory import limit_memory

BYTES_A_PIXEL = 40  # the worst case: float TIFF, read as float64 and scaled
SPARE = 512 << 20  # bytes for the file itself and for codecs


def main(max_pixels: int) -> int:
    """Serve until the other side closes the connection."""
    connection = take_connection()
    limit_memory(SPARE + BYTES_A_PIXEL * max_pixels)
    confine()
    return serve(connection, lambda header, arrays: answer_request(header, arrays, max_pixels))


def answer_request(header: dict[str, Any], arrays: list[Array], max_pixels: int) -> tuple[dict[str, Any], list[Array]]:
    """Return the answer to one request: a picture's facts, its tile and measures, or `{"error": one sentence}`."""
    if header["request"] == "ping":
        return {}, []
    try:
        facts, image = open_upright(arrays[0].tobytes(), header["name"], max_pixels)
        prepared = [_prepared(image, **measure) for measure in header["measures"]]
    except PictureError as refused:
        return {"error": str(refused)}, []
    return asdict(facts), [np.asarray(small_square(image)), *prepared]


def _prepared(image: Image.Image, height: int, width: int, channels: int, how: dict[str, str]) -> Array:
    return fitted(image, height, width, channels, Preparation(**how))


if __name__ == "__main__":
    from cnnlab.core.settings import Settings

    sys.exit(main(Settings.from_env().max_pixels))
