"""A server looks after its home without being visited."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings
from cnnlab.processes import environment, marks
from cnnlab.runs.engine.caretaker import Caretaker
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import State
from cnnlab.runs.store import Store, reserve
from tests.unit.runs.engine.test_supervisor import wait_until
from tests.unit.runs.store.test_store import SPEC


class Watched(LocalEngine):
    """An engine whose supervisors only hold their lock, or end at once."""

    broken = False

    def _supervisor_command(self) -> list[str]:
        code = (
            "raise SystemExit(1)"
            if self.broken
            else (
                "import os, pathlib, time; from cnnlab.processes import marks\n"
                "held = marks.lock(pathlib.Path(os.environ['CNNLAB_HOME']) / 'supervisor.lock', wait=5)\n"
                "time.sleep(60)"
            )
        )
        return [sys.executable, "-c", code]

    @property
    def pid(self) -> int | None:
        return self._supervisor.pid if self._supervisor else None


@pytest.fixture
def engine(home: Path) -> Iterator[Watched]:
    engine = Watched(Settings(home))
    yield engine
    if engine._supervisor is not None:
        engine._supervisor.kill()
        engine._supervisor.wait(10)
    engine.store.close()


def test_a_supervisor_that_died_is_started_again_though_nobody_looks(engine: Watched, home: Path) -> None:
    caretaker = Caretaker(engine, seconds=0.05)
    caretaker.start()
    try:
        lock = home / "supervisor.lock"
        wait_until(lambda: marks.is_locked(lock, exclusively=True))
        first = engine.pid
        assert first is not None
        engine._tried -= 10
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: engine.pid != first and marks.is_locked(lock, exclusively=True))
        assert (home / reserve.NAME).stat().st_size == reserve.SIZE
    finally:
        caretaker.close()
    assert not marks.is_locked(home / "servers.lock", exclusively=False)


def test_a_home_that_was_deleted_is_made_again_and_held_again(engine: Watched, home: Path) -> None:
    engine.store.create(SPEC)
    caretaker = Caretaker(engine, seconds=0.05)
    caretaker.start()
    try:
        home.rename(home.with_name("away"))
        wait_until(lambda: marks.is_locked(home / "servers.lock", exclusively=False))
        assert engine.store.runs() == []
        run = engine.store.create(SPEC)
        other = Store(home)
        assert other.in_state(State.QUEUED) == [run]
        other.close()
    finally:
        caretaker.close()


def test_a_server_knows_whether_another_one_holds_its_home(engine: Watched, home: Path) -> None:
    first, second = Caretaker(engine), Caretaker(engine)
    told: list[bool] = []
    first.start(told.append)
    second.start(told.append)
    assert told == [True, False]
    second.close()
    first.close()


def test_no_server_begins_while_another_clears_up_for_itself_alone(engine: Watched, home: Path) -> None:
    first, second = Caretaker(engine), Caretaker(engine)
    began = threading.Thread(target=second.start)
    held: list[bool] = []

    def clear(is_alone: bool) -> None:
        began.start()
        began.join(0.5)
        held.append(is_alone and began.is_alive())

    first.start(clear)
    began.join()
    assert held == [True]
    second.close()
    first.close()


def test_a_supervisor_that_fails_at_once_is_tried_less_and_less_often(
    engine: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.broken, clock = True, [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    started: list[float] = []
    real = environment.start_detached

    def counted(*args: object, **options: object) -> "subprocess.Popen[bytes]":
        started.append(clock[0])
        process = real(*args, **options)  # type: ignore[arg-type]
        process.wait()
        return process

    monkeypatch.setattr(environment, "start_detached", counted)
    for _ in range(300):
        engine.start()
        clock[0] += 1
    assert len(started) <= 12
    assert started[-1] - started[-2] >= 59


def test_a_long_log_makes_room_for_a_new_one(home: Path) -> None:
    log = home / "some.log"
    log.write_bytes(b"x" * (environment.LONGEST_LOG + 1))
    environment.start_detached([sys.executable, "-c", "print('new')"], dict(os.environ), home, log).wait(20)
    assert log.read_text() == "new\n"
    assert (home / "some.log.old").stat().st_size == environment.LONGEST_LOG + 1
