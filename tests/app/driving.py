"""Drive the pages without a browser, and read what they show."""

import asyncio
import json
import re
from collections.abc import Coroutine, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session import Shared, services
from cnnlab.ui.training.run.sent_files import send_file

ROOT = Path(__file__).resolve().parents[2]
SHELL = ROOT / "cnnlab" / "ui" / "shell.py"
DEADLINE = 60.0
NAMES = tuple(TITLES)


def open_page(name: str, **session: Any) -> AppTest:
    """Return the app on one page, through the shell, with values put into the session before the first run."""
    app = AppTest.from_file(str(SHELL), default_timeout=DEADLINE)
    for key, value in session.items():
        app.session_state[key] = value
    app.run()
    return go_to(app, name)


def go_to(app: AppTest, name: str) -> AppTest:
    """Change to another page of the same session."""
    return app.switch_page(f"../../pages/{name}.py").run()


def mine(app: AppTest) -> Shared:
    """Return what the pages of this session share."""
    return app.session_state["shared"]


def keyed(app: AppTest, key: str) -> Any:
    """Return the one element or container with this key."""
    found = [node for node in app.main if getattr(node, "key", None) == key]
    assert len(found) == 1, f"{len(found)} elements have the key {key}"
    return found[0]


def place_of(app: AppTest, key: str) -> tuple[int, ...]:
    """Return where the one element or container with this key stands: its number in each block around it."""

    def below(block: Any) -> Iterator[tuple[int, ...]]:
        for number, node in getattr(block, "children", {}).items():
            if getattr(node, "key", None) == key:
                yield (number,)
            yield from ((number, *rest) for rest in below(node))

    (found,) = below(app.main)
    return found


def labelled(elements: Any, label: str) -> Any:
    """Return the one widget with this label."""
    found = [element for element in elements if element.label == label]
    assert len(found) == 1, f"{len(found)} widgets are labelled {label}"
    return found[0]


def html_of(block: Any) -> str:
    """Return all html inside a container, or of the whole page."""
    return "\n".join(node.proto.body for node in block.get("html"))


def text_of(block: Any) -> str:
    """Return the words of all html inside a container, or of the whole page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html_of(block), flags=re.DOTALL)))


def lab(app: AppTest) -> dict[str, Any]:
    """Return what the architecture page sends to the browser: strip, total, controls, table and history."""
    return json.loads(keyed(app, "network_lab").proto.json)[0]


def unpacked(app: AppTest, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the facts and the arrays that `cnnlab.ui.parts.packing` has sent to a component."""
    packed = keyed(app, key).proto.bytes
    start = 4 + int.from_bytes(packed[:4], "little")
    head = json.loads(packed[4:start])
    arrays = {
        name: np.frombuffer(packed, place["dtype"], place["count"], start + place["offset"])
        for name, place in head["arrays"].items()
    }
    return head["facts"], arrays


def step(app: AppTest, name: str) -> AppTest:
    """Press one of the buttons of the architecture page: undo, redo or reset."""
    assert name in lab(app)["history"], f"{name} cannot be pressed now"
    return trigger(app, "network_lab", "history", name)


def move(app: AppTest, key: str, values: Any) -> AppTest:
    """Send what the browser sends when the live controls under `key` move."""
    return send(app, key, json.dumps({"values": values}))


def send(app: AppTest, key: str, state: str) -> AppTest:
    """Send a component's state as the browser does.

    Setting `session_state[key]` would not do: Streamlit calls no `on_change` for it.
    """
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=keyed(app, key).proto.id, json_value=state))
    return app._run(states)


def trigger(app: AppTest, key: str, event: str, value: Any) -> AppTest:
    """Send a component's one-time event, such as a click on a block of the strip."""
    states = app._tree.get_widget_states()
    payload = json.dumps([{"event": event, "value": value}])
    identity = _make_trigger_id(keyed(app, key).proto.id, "events")
    states.widgets.append(WidgetState(id=identity, json_trigger_value=payload))
    return app._run(states)


def wait_for_data(app: AppTest) -> AppTest:
    """Wait for the work on a data set that this session has begun, if any, and draw the page again."""
    if job := services.jobs().get(mine(app).data.job):
        job.wait(DEADLINE)
        app.run()
    return app


def run_async(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, in a thread of its own: a browser test may have left its event loop running here."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, coroutine).result()


def sent(response: Response, leaves: bool = False) -> tuple[int, bytes]:
    """Return the status and the body that arrive at a browser; `leaves`: it has gone before anything does."""
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        if leaves:
            raise OSError
        messages.append(message)

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("nothing is asked of the browser")

    run_async(
        response({"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}, receive, send)
    )
    body = b"".join(bytes(message["body"]) for message in messages[1:])
    told = dict(messages[0]["headers"]).get(b"content-length")
    assert told in (None, str(len(body)).encode())
    return messages[0]["status"], body


def file_of_run(run_id: str, ending: str) -> tuple[int, bytes]:
    """Return the status and the content of what the page of a run links to."""
    params = {"run": run_id, "name": f"{run_id}{ending}"}
    return sent(send_file(Request({"type": "http", "method": "GET", "headers": [], "path_params": params})))
