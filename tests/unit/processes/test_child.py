"""A child process is there while it is asked, gives its memory back when nobody asks, and comes back ahead of need."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cnnlab.core.settings import Settings
from cnnlab.processes.child import Child, Words
from cnnlab.processes.environment import limited_environment

ANSWER = """
import os, socket, time
from cnnlab.processes.frames import receive_frame, send_frame
with socket.socket(fileno=os.dup(0)) as asked:
    while True:
        try:
            said, _ = receive_frame(asked, time.monotonic() + 30)
        except EOFError:
            break
        time.sleep(said.get("sleep", 0))
        send_frame(asked, {"pid": os.getpid()}, (), time.monotonic() + 30)
"""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    words = Words("It", "It took too long.", "It is busy.")
    made = Child(Settings(tmp_path), [sys.executable, "-c", ANSWER], "child", words, 20.0, 20.0)
    yield made
    made.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_rests_when_nobody_asks_and_answers_again(child: Child) -> None:
    first = child.ask({"request": "pid"})[0]["pid"]
    child.rest(60.0)
    assert child.pid == first
    child.rest(0.0)
    assert child.pid is None
    assert not psutil.pid_exists(first)
    assert child.ask({"request": "pid"})[0]["pid"] != first


def test_it_does_not_rest_in_the_midst_of_an_answer(child: Child) -> None:
    child.ask({"request": "pid"})
    with child._lock:
        child.rest(0.0)
        assert child.pid is not None


def test_it_wakes_once_and_beside_everything_else(child: Child) -> None:
    child.wake()
    until(lambda: child.pid is not None)
    pid = child.ask({"request": "pid"})[0]["pid"]
    child.wake()
    assert child.pid == pid


def test_a_child_has_one_heap_unless_the_operator_wants_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    assert limited_environment(Settings(tmp_path))["MALLOC_ARENA_MAX"] == "1"
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    assert limited_environment(Settings(tmp_path))["MALLOC_ARENA_MAX"] == "4"
