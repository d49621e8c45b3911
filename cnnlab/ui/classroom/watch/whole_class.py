"""Send a whole class as a zip in pieces, from a file that nobody else sees and that is gone when it was sent."""

import contextlib
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.processes.home.faults import sentence_of
from cnnlab.processes.home.files import SCRATCH
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.services import Once, classroom, settings
from cnnlab.ui.session.visitor import sender

PATTERN = "classes/{token}/{name}.zip"
LASTS = 3600.0  # seconds after the page was drawn last
BLOCK = 1 << 20  # bytes
_NAME = re.compile(r"[a-z0-9-]{1,80}")


class Grants:
    """Know which browser may fetch which class, by a token, for an hour after its page was drawn last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._given: dict[tuple[str, str], tuple[str, float]] = {}

    def grant(self, exercise_id: str, owner: str) -> str:
        """Let a browser fetch a class from now on and return its token, which stays the same while it is used."""
        now = self._clock()
        with self._lock:
            self._given = {key: given for key, given in self._given.items() if given[1] > now}
            token, _ = self._given.get((owner, exercise_id), (secrets.token_hex(16), 0.0))
            self._given[owner, exercise_id] = token, now + LASTS
        return token

    def exercise_of(self, token: str, owner: str) -> str | None:
        """Return the exercise of a token, to the browser that it was given to only."""
        with self._lock:
            given = list(self._given.items())
        for (theirs, exercise_id), (known, until) in given:
            if theirs == owner and until > self._clock() and secrets.compare_digest(known, token):
                return exercise_id
        return None


@Once
def grants() -> Grants:
    """Return who may fetch which class from this server."""
    return Grants()


def class_address(exercise_id: str, owner: str, name: str) -> str:
    """Return where the browser of a teacher, who is shown the class, fetches it under a name."""
    return address("classes", grants().grant(exercise_id, owner), f"{name}.zip")


def send_class(request: Request) -> Response:
    """Answer with the zip of a class; in one sentence why there is none."""
    token, name = request.path_params["token"], request.path_params["name"]
    owner = sender(request.scope).owner
    exercise_id = grants().exercise_of(token, owner) if owner and token.isascii() and _NAME.fullmatch(name) else None
    if exercise_id is None:
        return Response("This link is of another browser or too old; open the exercise again.", status_code=404)
    try:
        return _written(exercise_id, name)
    except ClassroomError as error:
        return Response(str(error), status_code=404)
    except OSError as error:
        return Response(sentence_of(error, settings().home), status_code=507)


def _written(exercise_id: str, name: str) -> Response:
    folder = settings().home / SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as failed:
        # It has no name, so it is gone with this process, whatever happens to it.
        file = failed.enter_context(tempfile.TemporaryFile(dir=folder))
        classroom().export.everything(exercise_id, file)
        size = file.tell()
        file.seek(0)
        failed.pop_all()
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{name}.zip"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_blocks(file), media_type="application/zip", headers=headers)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block
