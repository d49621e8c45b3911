"""Be the other side of `cnnlab.processes.child`: a process that answers questions until nobody asks any more."""

import os
import socket
from collections.abc import Callable
from typing import Any

from cnnlab.processes.frames import Array, receive_frame, send_frame
from cnnlab.processes.limits.priority import keep_place

Answer = Callable[[dict[str, Any], list[Array]], tuple[dict[str, Any], list[Array]]]


def take_connection() -> socket.socket:
    """Return the socket that this process was given as its input, and keep what libraries print out of it.

    A process that was started by one that yields to the pages yields too.
    """
    keep_place()
    connection = socket.socket(fileno=os.dup(0))
    os.dup2(2, 1)
    return connection


def serve(connection: socket.socket, answer: Answer) -> int:
    """Answer each frame with one frame until the other side is gone; return the exit code."""
    while True:
        try:
            header, arrays = receive_frame(connection)
            send_frame(connection, *answer(header, arrays))
        except (EOFError, ConnectionError):
            return 0
