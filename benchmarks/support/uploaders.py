"""Be visitors who upload a picture each: `python -m benchmarks.support.uploaders`, told by JSON on its input.

It speaks the protocol of Streamlit's own front end, as `benchmarks.support.visitors` does, and its upload of files.
"""

import asyncio
import json
import secrets
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

from benchmarks.support.visitors import connected, told_to_go
from cnnlab.ui.session.visitor import COOKIE

PATIENCE = 120.0  # seconds for one answer
SMALL = 512  # bytes; a message that ends a run is far smaller, and only such are read
BOUNDARY = b"photograph"


@dataclass(frozen=True)
class Storm:
    """Say who uploads what: each of the files in `files` is uploaded to `page` by a visitor of its own.

    All at once, or, with `one_by_one`, each after the visitor before it has left. With `seconds` each goes on so long,
    once every `every` seconds.
    """

    url: str
    files: tuple[str, ...]
    page: str = ""
    one_by_one: bool = False
    every: float = 0.0
    seconds: float = 0.0


@dataclass
class Uploader:
    """Hold one open page of the browser with this secret in its cookie, and what is needed to give it a file."""

    connection: ClientConnection
    storm: Storm
    who: str
    page_hash: str = ""
    widget: str = ""
    errors: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Run the page's script once and remember where files go."""
        await self._send_rerun(BackMsg())
        await self._until_finished()
        if not self.widget:
            raise RuntimeError("The page has no place for a file.")

    async def upload(self, path: Path) -> float:
        """Give the page a file, and return the seconds until everything that it shows of it has arrived."""
        data, start = path.read_bytes(), time.perf_counter()
        ask = BackMsg()
        ask.file_urls_request.request_id, ask.file_urls_request.session_id = "a", ""
        ask.file_urls_request.file_names.append(path.name)
        await self.connection.send(ask.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while (answer := ForwardMsg.FromString(await self.connection.recv())).WhichOneof("type") != (
                "file_urls_response"
            ):
                pass
        urls = answer.file_urls_response.file_urls[0]
        await asyncio.to_thread(_put, self.storm.url + urls.upload_url, self.who, path.name, data)
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=self.widget)
        file = state.file_uploader_state_value.uploaded_file_info.add(
            file_id=urls.file_id, name=path.name, size=len(data)
        )
        file.file_urls.CopyFrom(urls)
        message.rerun_script.page_script_hash = self.page_hash
        await self._send_rerun(message)
        await self._until_finished()
        if self.errors:
            raise RuntimeError(self.errors[0])
        return time.perf_counter() - start

    async def _send_rerun(self, message: BackMsg) -> None:
        run = message.rerun_script
        if not self.page_hash:
            run.page_name = self.storm.page
        context = run.context_info
        context.timezone, context.locale, context.color_scheme = "UTC", "en-US", "light"
        context.url = f"{self.storm.url}/{self.storm.page}"
        await self.connection.send(message.SerializeToString())

    async def _until_finished(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await self.connection.recv()
                # After the first run nothing large is of interest, and reading it would take the server's cores.
                if self.widget and len(data) > SMALL:
                    continue
                message = ForwardMsg.FromString(data)
                kind = message.WhichOneof("type")
                if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return
                if kind == "new_session":
                    self.page_hash = message.new_session.page_script_hash
                elif kind == "delta":
                    self._remember(message)

    def _remember(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.HasField("file_uploader") and not self.widget:
            self.widget = element.file_uploader.id
        if element.HasField("alert") and element.alert.format == element.alert.ERROR:
            self.errors.append(element.alert.body)


def _put(url: str, who: str, name: str, data: bytes) -> None:
    described = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/jpeg'
    body = b"--%b\r\n%b\r\n\r\n%b\r\n--%b--\r\n" % (BOUNDARY, described.encode(), data, BOUNDARY)
    request = urllib.request.Request(url, body, method="PUT")
    request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY.decode()}")
    token = f"2|00000000|{'00' * 16}|1700000000"
    request.add_header("Cookie", f"_streamlit_xsrf={token}; {COOKIE}={who}")
    request.add_header("X-Xsrftoken", token)
    with urllib.request.urlopen(request, timeout=PATIENCE):
        pass


async def _enter(storm: Storm) -> Uploader:
    who = secrets.token_urlsafe(24)
    visitor = Uploader(await connected(storm.url, who), storm, who)
    await visitor.open()
    return visitor


async def visit(storm: Storm) -> dict[str, Any]:
    """Let every visitor upload, and return the seconds of each and what went wrong."""
    taken: list[float] = []
    errors: list[str] = []

    async def go(visitor: Uploader, path: str) -> None:
        try:
            taken.append(await visitor.upload(Path(path)))
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")

    if storm.one_by_one:
        for path in storm.files:
            visitor = await _enter(storm)
            await go(visitor, path)
            await visitor.connection.close()
        return {"seconds": taken, "errors": errors}
    visitors = [await _enter(storm) for _ in storm.files]
    start = await told_to_go()

    async def go_on(place: int, visitor: Uploader) -> None:
        path, due = storm.files[place], start + storm.every * place / len(visitors)
        while not errors:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await go(visitor, path)
            due = max(due + storm.every, time.perf_counter())
            if due >= start + storm.seconds:
                return

    await asyncio.gather(*(go_on(place, visitor) for place, visitor in enumerate(visitors)))
    for visitor in visitors:
        await visitor.connection.close()
    return {"seconds": taken, "errors": errors}


def to_json(storm: Storm) -> str:
    """Return a storm as the one line of input that this program reads."""
    return json.dumps(asdict(storm))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(visit(Storm(**json.loads(sys.stdin.readline()))))))
