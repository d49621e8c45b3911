"""Send a whole class as a zip in pieces, from a file that nobody else sees and that is gone when it was sent.

Its address alone lets a browser fetch it: where the pages stand in a frame of another site, or cookies are off, no
cookie tells that it is the teacher's.
"""

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
from starlette.types import Receive, Scope, Send

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.processes.home.faults import sentence_of
from cnnlab.processes.home.files import SCRATCH
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.services import Once, classroom, settings

PATTERN = "classes/{token}/{name}.zip"
LASTS = 3600.0  # seconds after the page was drawn last
BLOCK = 1 << 20  # bytes
ZIP = "application/zip"
_NAME = re.compile(r"[a-z0-9-]{1,80}")


class Grants:
    """Know which class may be fetched by which token, for an hour after its page was drawn last, once at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._given: dict[tuple[str, str], tuple[str, float]] = {}
        self._sending: set[str] = set()

    def grant(self, exercise_id: str, owner: str) -> str:
        """Let a class be fetched from now on and return the token, which stays the same for a browser that uses it."""
        now = self._clock()
        with self._lock:
            self._given = {key: given for key, given in self._given.items() if given[1] > now}
            token, _ = self._given.get((owner, exercise_id), (secrets.token_hex(16), 0.0))
            self._given[owner, exercise_id] = token, now + LASTS
        return token

    def exercise_of(self, token: str) -> str | None:
        """Return the exercise of a token, None if there is none or its hour is over."""
        with self._lock:
            given = list(self._given.items())
        for (_, exercise_id), (known, until) in given:
            if until > self._clock() and secrets.compare_digest(known, token):
                return exercise_id
        return None

    def begin(self, token: str) -> bool:
        """Begin to write and send, and return True, unless that goes on already for this token."""
        with self._lock:
            is_free = token not in self._sending
            self._sending.add(token)
        return is_free

    def end(self, token: str) -> None:
        """Let the next begin."""
        with self._lock:
            self._sending.discard(token)


class _Sent(StreamingResponse):
    """Send a file and let go of it, also where the browser has left before the first piece."""

    def __init__(self, file: BinaryIO, held: contextlib.ExitStack, headers: dict[str, str]) -> None:
        super().__init__(_blocks(file), media_type=ZIP, headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._held:
            await super().__call__(scope, receive, send)


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
    exercise_id = grants().exercise_of(token) if token.isascii() and _NAME.fullmatch(name) else None
    if exercise_id is None:
        return Response("This link is too old; open the exercise again.", status_code=404)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": "no-store"}
    if request.method == "HEAD":
        return StreamingResponse(iter(()), media_type=ZIP, headers=headers)
    if problem := settings().disk.problem():
        return Response(problem, status_code=507)
    if not grants().begin(token):
        return Response("This class is being sent already; try again when that has ended.", status_code=409)
    try:
        return _written(exercise_id, token, headers)
    except ClassroomError as error:
        return Response(str(error), status_code=404)
    except OSError as error:
        return Response(sentence_of(error, settings().home), status_code=507)


def _written(exercise_id: str, token: str, headers: dict[str, str]) -> _Sent:
    folder = settings().home / SCRATCH
    with contextlib.ExitStack() as held:
        held.callback(grants().end, token)
        folder.mkdir(parents=True, exist_ok=True)
        # It has no name, so it is gone with this process, whatever happens to it.
        file = held.enter_context(tempfile.TemporaryFile(dir=folder))
        classroom().export.everything(exercise_id, file)
        size = file.tell()
        file.seek(0)
        return _Sent(file, held.pop_all(), headers | {"Content-Length": str(size)})


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block
