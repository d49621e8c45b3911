"""Steer WebKit by the W3C's WebDriver: of what WebKitGTK's own driver answers over HTTP, the part that is used."""

import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.support.serving import free_port, until
from tests.webkit.support.find_webkit import Found

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name that the standard gives to a reference
ANSWER_SECONDS = 60.0
END_SECONDS = 10.0
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}


class Refused(Exception):
    """Say what the driver answered instead of doing it."""


class Session:
    """Be one window of a browser with cookies of its own."""

    def __init__(self, address: str, browser: str) -> None:
        asked = {
            "browserName": "MiniBrowser",
            "webkitgtk:browserOptions": {"binary": browser, "args": ["--automation"]},
        }
        answer = _call("POST", f"{address}/session", {"capabilities": {"alwaysMatch": asked}})
        self._address = f"{address}/session/{answer['sessionId']}"
        self.version = str(answer["capabilities"]["browserVersion"])

    def close(self) -> None:
        """Close the window and forget its cookies."""
        _call("DELETE", self._address)

    def resize(self, width: int, height: int) -> None:
        """Make the window so large, in pixels; one below WebKit's smallest becomes that."""
        self._post("window/rect", {"width": width, "height": height})

    def go(self, url: str) -> None:
        """Open an address."""
        self._post("url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what the body of a function gives in the page."""
        return self._post("execute/sync", {"script": script, "args": list(arguments)})

    def click(self, css: str) -> None:
        """Bring the first such element into view and click its middle."""
        self._post(f"element/{self._find(css)}/click", {})

    def give(self, css: str, file: Path) -> None:
        """Choose a file in the first such field."""
        self._post(f"element/{self._find(css)}/value", {"text": str(file)})

    def press(self, *keys: str) -> None:
        """Press keys one after another: names as in `KEYS`, or letters."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._post("actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def point(self, *steps: tuple[str, int, int]) -> None:
        """Let the mouse "move" to places of the window, in pixels, and go "down" or "up" there."""
        actions: list[dict[str, Any]] = []
        for what, x, y in steps:
            actions.append({"type": "pointerMove", "x": x, "y": y, "duration": 50})
            if what != "move":
                actions.append({"type": f"pointer{what.capitalize()}", "button": 0})
        self._post("actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": actions}]})

    def _find(self, css: str) -> str:
        return str(self._post("element", {"using": "css selector", "value": css})[ELEMENT])

    def _post(self, what: str, body: dict[str, Any]) -> Any:
        return _call("POST", f"{self._address}/{what}", body)


@contextlib.contextmanager
def driving(found: Found, log: Path) -> Iterator[str]:
    """Run the driver on a screen that nobody sees, and return its address; a file takes what both write."""
    port = free_port()
    with log.open("wb") as out, _screen(found.screen, out.fileno()) as screen:
        environment = os.environ | {"DISPLAY": screen}
        command = [found.driver, f"--port={port}"]
        driver = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        address = f"http://127.0.0.1:{port}"
        try:
            until(lambda: _is_ready(address), "the driver of WebKit did not answer")
            yield address
        finally:
            driver.terminate()
            driver.wait(timeout=END_SECONDS)


@contextlib.contextmanager
def _screen(program: str, out: int) -> Iterator[str]:
    """Run a screen on the first free number, and return its name."""
    # Without -noreset it begins anew when the last window is closed, and refuses the next one meanwhile.
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    screen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, pass_fds=(write,))
    os.close(write)
    try:
        with os.fdopen(read) as said:
            number = said.readline().strip()
        assert number, "Xvfb has no screen"
        yield f":{number}"
    finally:
        screen.terminate()
        screen.wait(timeout=END_SECONDS)


def _is_ready(address: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(_call("GET", f"{address}/status")["ready"])
    return False


def _call(method: str, address: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as refused:
        raise Refused(refused.read().decode(errors="replace")) from None
