"""Be many visitors at once, without browsers: `python -m benchmarks.support.visitors`, told by JSON on its input.

It speaks the protocol of Streamlit's own front end: protobuf messages over a websocket.
"""

import asyncio
import json
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from cnnlab.ui.session.visitor import COOKIE

ANSWER_SECONDS = 120.0
STRIP = "network_strip"
LAYERS = 15  # of the post's network
SMALL = 512  # bytes; a message that ends a run is far smaller, and only such are read


@dataclass(frozen=True)
class Task:
    """Say who visits what: `visitors` at `page`, each acting every `every` seconds for `seconds`.

    `control` is the handle of the control that is moved, anything for a stock slider; STRIP to select one layer after
    the other; empty to watch, repeating the page's own fragment as a browser does. With `text` it is the label of a
    field, into which that is typed. With `at_once` all open the page together, and that is all they do.
    """

    url: str
    page: str = ""
    query: str = ""
    visitors: int = 1
    every: float = 1.0
    seconds: float = 15.0
    control: str = ""
    text: str = ""
    at_once: bool = False


@dataclass
class Visitor:
    """Hold one open page: its connection, and what is needed to run its script or fragment again."""

    connection: ClientConnection
    task: Task
    page_hash: str = ""
    fragment: str = ""
    widget: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    steps: int = 0

    async def open(self) -> None:
        """Run the page's script once and remember its parts."""
        message = BackMsg()
        message.rerun_script.page_name = self.task.page
        message.rerun_script.query_string = self.task.query
        self._describe_browser(message)
        await self.connection.send(message.SerializeToString())
        async with asyncio.timeout(ANSWER_SECONDS):
            while not self._ends(data := await self.connection.recv(), whole=True):
                self._remember(data)
        if not self.task.at_once and not (self.widget if self.task.control else self.fragment):
            raise RuntimeError(f"The page {self.task.page!r} has no {self.task.control or 'part that runs by itself'}.")

    async def act(self) -> float:
        """Move the control or repeat the fragment, and return the seconds until the script had finished."""
        data = self._next_message().SerializeToString()
        start = time.perf_counter()
        await self.connection.send(data)
        async with asyncio.timeout(ANSWER_SECONDS):
            while not self._ends(await self.connection.recv(), whole=False):
                pass
        return time.perf_counter() - start

    def _remember(self, data: str | bytes) -> None:
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page_hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash  # else every whole run would draw the first page
        elif kind == "auto_rerun" and not self.task.control:
            self.fragment = message.auto_rerun.fragment_id
        elif kind == "delta" and self.task.control:
            self._remember_control(message)

    def _remember_control(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.HasField("slider"):
            self.widget, self.values = element.slider.id, {"": element.slider.default[0]}
        elif element.HasField("text_input") and element.text_input.label == self.task.control:
            self.widget, self.fragment = element.text_input.id, message.delta.fragment_id
        elif element.bidi_component.component_name == self.task.control:
            self.widget, self.fragment = element.bidi_component.id, message.delta.fragment_id
        elif element.bidi_component.json:
            values = dict(_controls(json.loads(element.bidi_component.json)))
            if self.task.control in values:
                self.values, self.widget = values, element.bidi_component.id
                self.fragment = message.delta.fragment_id

    def _next_message(self) -> BackMsg:
        message = BackMsg()
        run = message.rerun_script
        run.page_script_hash, run.query_string = self.page_hash, self.task.query
        run.fragment_id = self.fragment
        self._describe_browser(message)
        if not self.task.control:
            run.is_auto_rerun = True
            return message
        self.steps += 1
        if self.task.control == STRIP:
            picked = run.widget_states.widgets.add(id=_make_trigger_id(self.widget, "events"))
            picked.json_trigger_value = json.dumps([{"event": "picked", "value": self.steps % LAYERS}])
            return message
        state = run.widget_states.widgets.add(id=self.widget)
        if self.task.text:
            state.string_value = self.task.text
        elif "" in self.values:
            state.double_array_value.data.append(20 + self.steps % 50)
        else:
            moved = self.values | {self.task.control: 32 + self.steps % 50}
            state.json_value = json.dumps({"values": moved})
        return message

    def _describe_browser(self, message: BackMsg) -> None:
        context = message.rerun_script.context_info
        context.timezone, context.locale, context.color_scheme = "UTC", "en-US", "light"
        context.url = f"{self.task.url}/{self.task.page}"

    def _ends(self, data: str | bytes, *, whole: bool) -> bool:
        if len(data) > SMALL:
            return False
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") != "script_finished":
            return False
        status = ForwardMsg.FINISHED_SUCCESSFULLY if whole else ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
        # A stock app without fragments runs whole every time; a run that was given up for a newer one is no end.
        return message.script_finished in (status, ForwardMsg.FINISHED_SUCCESSFULLY)


def _controls(data: Any) -> Iterator[tuple[str, Any]]:
    """Yield handle and value of every control that a component was given, however deep."""
    if isinstance(data, dict) and {"handle", "value"} <= data.keys():
        yield data["handle"], data["value"]
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _controls(part)


async def visit(task: Task) -> dict[str, Any]:
    """Open all visitors, let them act, and return the seconds of every action and the count of errors."""
    if task.at_once:
        return await _open_at_once(task)
    opened = []
    for _ in range(task.visitors):
        opened.append(await arrived(task))
        await opened[-1].open()
    taken: list[float] = []
    errors: list[str] = []

    async def go_on(place: int, visitor: Visitor) -> None:
        # Spread evenly over the interval, as people are.
        due = start + task.every * place / task.visitors
        try:
            while due < start + task.seconds:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                taken.append(await visitor.act())
                due = max(due + task.every, time.perf_counter())
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")

    start = await told_to_go() + 0.5
    await asyncio.gather(*(go_on(i, visitor) for i, visitor in enumerate(opened)))
    for visitor in opened:
        await visitor.connection.close()
    return {"seconds": taken, "errors": errors}


async def told_to_go() -> float:
    """Say that all are there, wait for a line or the end of the input, and return the moment."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    return time.perf_counter()


async def connected(url: str, who: str = "") -> ClientConnection:
    """Connect to the server at an address, as the browser with this secret in its cookie; without one as any."""
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    headers = {"Cookie": f"{COOKIE}={who}"} if who else {}
    return await connect(
        address, subprotocols=["streamlit"], additional_headers=headers, max_size=None, compression=None
    )


async def arrived(task: Task) -> Visitor:
    """Return a visitor who is connected as a browser of its own, and has not opened the page yet."""
    return Visitor(await connected(task.url, secrets.token_urlsafe(24)), task)


async def look(task: Task) -> None:
    """Open the page and leave."""
    visitor = await arrived(task)
    await visitor.open()
    await visitor.connection.close()


async def _open_at_once(task: Task) -> dict[str, Any]:
    """Let all visitors arrive, then open the page together, and return the seconds of each."""
    opened = [await arrived(task) for _ in range(task.visitors)]
    start = await told_to_go()

    async def seconds(visitor: Visitor) -> float:
        await visitor.open()
        return time.perf_counter() - start

    taken = await asyncio.gather(*map(seconds, opened))
    for visitor in opened:
        await visitor.connection.close()
    return {"seconds": taken, "errors": []}


def to_json(task: Task) -> str:
    """Return a task as the one line of input that this program reads."""
    return json.dumps(asdict(task))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(visit(Task(**json.loads(sys.stdin.readline()))))))
