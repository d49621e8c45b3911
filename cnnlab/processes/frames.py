"""Send and receive frames over a socket: a JSON header and arrays as raw bytes.

A frame is two lengths (header and body, big-endian), the header, and the arrays one after the other; the header's
`arrays` gives the dtype and shape of each.
"""

import json
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_LENGTHS = struct.Struct(">IQ")


def send_frame(
    connection: socket.socket, header: Mapping[str, Any], arrays: Sequence[Array] = (), deadline: float | None = None
) -> None:
    """Send one frame; raise TimeoutError past `deadline` (of `time.monotonic`) or OSError if nobody reads it."""
    described = [{"dtype": array.dtype.str, "shape": array.shape} for array in arrays]
    head = json.dumps({**header, "arrays": described}).encode()
    connection.settimeout(_left(deadline))
    connection.sendall(_LENGTHS.pack(len(head), sum(array.nbytes for array in arrays)) + head)
    for array in arrays:
        connection.settimeout(_left(deadline))
        connection.sendall(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def receive_frame(connection: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], list[Array]]:
    """Return the header and arrays of the next frame; raise EOFError if the other side is gone, or TimeoutError."""
    head_size, body_size = _LENGTHS.unpack(_receive(connection, _LENGTHS.size, deadline))
    header = json.loads(bytes(_receive(connection, head_size, deadline)))
    body = _receive(connection, body_size, deadline)
    arrays, offset = [], 0
    for described in header.pop("arrays"):
        dtype, shape = np.dtype(described["dtype"]), tuple(described["shape"])
        arrays.append(np.frombuffer(body, dtype, prod(shape), offset).reshape(shape))
        offset += prod(shape) * dtype.itemsize
    return header, arrays


def _receive(connection: socket.socket, size: int, deadline: float | None) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        connection.settimeout(_left(deadline))
        count = connection.recv_into(view)
        if count == 0:
            raise EOFError("The other process is gone.")
        view = view[count:]
    return data


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
