"""Serve questions about what is inside a model: one frame is answered with one frame, an error is an answer too."""

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import keras
import tensorflow as tf

from cnnlab.core.words import Refusal
from cnnlab.processes.answering import serve, take_connection
from cnnlab.processes.frames import Array
from cnnlab.processes.limits.memory import limit_memory
from cnnlab.tf.built import Answer, Subject
from cnnlab.tf.inside.answers import QUESTIONS

MORE_MEMORY = 4 << 30  # bytes beyond TensorFlow itself


class Room(Protocol):
    """Open subjects of one kind and keep them, and say in its own words why one cannot be looked into."""

    @property
    def own(self) -> Mapping[str, Callable[[dict[str, Any]], Answer]]:
        """Return the requests that only this kind answers, each from the description of the subject."""

    def open(self, described: dict[str, Any]) -> Subject:
        """Return the subject; raise a `Refusal` if it is none."""

    def forget(self) -> None:
        """Forget every model, so that there is memory again."""

    def too_large(self, described: dict[str, Any]) -> str:
        """Say that there is not the memory that it needs."""

    def failed(self, described: dict[str, Any], error: Exception) -> str:
        """Say that it could not be looked into."""


def answer_request(room: Room, header: dict[str, Any], arrays: list[Array]) -> Answer:
    """Return the answer to one request, or `{"error": one sentence}`."""
    request = header["request"]
    if request == "ping":
        return {}, []
    described = header["subject"]
    try:
        if request in room.own:
            return room.own[request](described)
        return QUESTIONS[request](room.open(described), *arrays, **header["asked"])
    except (MemoryError, tf.errors.ResourceExhaustedError):
        room.forget()
        return {"error": room.too_large(described)}, []
    except Refusal as refused:
        return {"error": str(refused)}, []
    except Exception as error:
        traceback.print_exc()
        return {"error": room.failed(described, error)}, []


def main(room: Room) -> None:
    """Serve until the other side closes the connection, and end the process."""
    connection = take_connection()
    keras.ops.convert_to_numpy(keras.ops.ones(1))  # lets TensorFlow take what it always takes
    limit_memory(MORE_MEMORY)
    code = serve(connection, lambda header, arrays: answer_request(room, header, arrays))
    sys.stderr.flush()
    # TensorFlow's threads can keep an interpreter from ending.
    os._exit(code)
