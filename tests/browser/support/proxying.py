"""Stand between browsers and a server as a proxy does: below a prefix, which it takes away or keeps."""

import asyncio
import contextlib
import re
import socket
import threading

BLOCK = 1 << 16
_CONNECTION = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)
_UPGRADE = re.compile(rb"\r\nupgrade: *websocket", re.IGNORECASE)
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_MOVED = b"HTTP/1.1 301 Moved Permanently\r\nlocation: %s/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Proxy:
    """Pass on what is asked for below a prefix such as `/lab`; the rest is answered with 404 and noted in `escaped`.

    It passes everything on as it comes, sockets too, and takes the prefix away if it `strips`.
    """

    def __init__(self, port: int, prefix: str, *, strips: bool) -> None:
        self.prefix, self.strips = prefix, strips
        self.escaped: list[str] = []
        self.sockets = 0
        self._upstream = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._ended = asyncio.Event()

    def start(self) -> "Proxy":
        """Begin to answer."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Hang up on everybody."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def url(self, path: str = "") -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{self.prefix}/{path}"

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, sock=self._listening, limit=BLOCK)
        await self._ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _answer(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(back):
            head = await client.readuntil(b"\r\n\r\n")
            method, target, rest = head.split(b" ", 2)
            prefix = self.prefix.encode()
            if target == prefix:
                back.write(_MOVED % prefix)
            elif target.startswith(prefix + b"/"):
                asked = target[len(prefix) :] if self.strips else target
                await self._pass_on(b" ".join((method, asked, rest)), client, back)
            else:
                self.escaped.append(target.decode())
                back.write(_NOT_FOUND)

    async def _pass_on(self, head: bytes, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if _UPGRADE.search(head):
            self.sockets += 1
        else:
            # One request a connection: the next one has to be read here, too.
            head = _CONNECTION.sub(b"", head)[:-2] + b"connection: close\r\n\r\n"
        answers, upstream = await asyncio.open_connection("127.0.0.1", self._upstream)
        with contextlib.closing(upstream):
            upstream.write(head)
            asking = asyncio.create_task(_pump(client, upstream))
            try:
                await _pump(answers, back)
            finally:
                asking.cancel()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError), contextlib.closing(target):
        while block := await source.read(BLOCK):
            target.write(block)
            await target.drain()
