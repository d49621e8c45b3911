"""Answer the questions about the inside of networks in this process, so that a test need not start another one."""

from typing import Any

from cnnlab.processes.frames import Array
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject
from cnnlab.tf.inside.answers import QUESTIONS
from cnnlab.tf.inside.networks import NetworkRoom


class InsideHere(Inside):
    """Be an `Inside` that asks no child; a refusal is raised as it is."""

    def __init__(self) -> None:
        self._room = NetworkRoom()

    def ask(
        self,
        request: str,
        subject: Subject,
        pixels: Array | None = None,
        *more: Array,
        gradient: bool = False,
        **asked: object,
    ) -> tuple[dict[str, Any], list[Array]]:
        """Return the answer to a question."""
        arrays = [*([] if pixels is None else [pixels]), *more]
        return QUESTIONS[request](self._room.open(subject.described), *arrays, **asked)
