"""Be the process that decodes uploaded pictures: `python -m cnnlab.runs.decoding`, with a socket as its input.

Whatever a hostile file does to Pillow or the libraries below it, it does here, with a limit on memory.
"""

import sys
from typing import Any

from cnnlab.core.pictures import PictureError, decode
from cnnlab.runs.answering import serve, take_connection
from cnnlab.runs.frames import Array
from cnnlab.runs.limits import limit_memory

BYTES_A_PIXEL = 40  # the worst case: float TIFF, read as float64 and scaled
SPARE = 512 << 20  # bytes for the file itself and for codecs


def main(max_pixels: int) -> int:
    """Serve until the other side closes the connection."""
    connection = take_connection()
    limit_memory(SPARE + BYTES_A_PIXEL * max_pixels)
    return serve(connection, lambda header, arrays: answer_request(header, arrays, max_pixels))


def answer_request(header: dict[str, Any], arrays: list[Array], max_pixels: int) -> tuple[dict[str, Any], list[Array]]:
    """Return the answer to one request: a picture's facts and pixels, or `{"error": one sentence}`."""
    if header["request"] == "ping":
        return {}, []
    try:
        picture = decode(arrays[0].tobytes(), header["name"], max_pixels)
    except PictureError as refused:
        return {"error": str(refused)}, []
    facts = {"name": picture.name, "format": picture.format, "mode": picture.mode, "size": picture.size}
    return facts | {"sha256": picture.sha256}, [picture.pixels]


if __name__ == "__main__":
    from cnnlab.core.settings import Settings

    sys.exit(main(Settings.from_env().max_pixels))
