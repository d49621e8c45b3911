"""Real supervisor processes over a worker that only pretends to train."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.processes import marks
from cnnlab.processes.clock import boot_id
from cnnlab.runs.engine import watch
from cnnlab.runs.engine.local import LocalEngine, hold_server_lock
from cnnlab.runs.engine.supervisor import Supervisor
from cnnlab.runs.engine.warm import IDLE, WANTED
from cnnlab.runs.engine.watch import OVERTIME, conclude, enforce_time
from cnnlab.runs.record import Run, RunError, RunSpec, State
from cnnlab.runs.store import Store

ROOT = Path(__file__).resolve().parents[4]
SPEC = RunSpec(
    name="obedient",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
)

WORKER = """
import os, pathlib, signal, sys, time
from cnnlab.processes import marks
from cnnlab.runs.record import State
from cnnlab.runs.store import Store

folder = pathlib.Path(sys.argv[1])
store = Store(folder.parents[1])
run = store.get(folder.name)
if run.spec.name == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
assert store.claim(run.id, marks.mark(os.getpid()))
if run.spec.name == "broken":
    print("Something to read in the log.")
    sys.exit(3)
store.transition(run.id, State.RUNNING)
while run.spec.name != "quick":
    if run.spec.name == "obedient" and store.stop_requested(run.id) is not None:
        store.transition(run.id, State.STOPPED, "Stopped on request.")
        sys.exit(75)
    time.sleep(0.02)
store.transition(run.id, State.FINISHED)
"""

SUPERVISOR = """
import pathlib, sys
from cnnlab.core.settings import Settings
from cnnlab.runs.engine import supervisor, watch
from cnnlab.runs.engine.supervisor import Supervisor

home, worker, slots = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
watch.TERM_AFTER, watch.KILL_AFTER = 0.5, 1.0
supervisor.TICK, supervisor.IDLE_GRACE, supervisor.CLAIM_GRACE = 0.05, 0.5, 0.5
warm = [sys.executable, sys.argv[4]] if len(sys.argv) > 4 else None
Supervisor(Settings(home, slots=slots), lambda folder: [sys.executable, worker, str(folder)], warm).run()
"""

WARM = """
import os, pathlib, subprocess, sys
(pathlib.Path(os.environ["CNNLAB_HOME"]) / "warm-pid").write_text(str(os.getpid()))
folder = sys.stdin.readline().strip()
if folder:
    os.execv(sys.executable, [sys.executable, os.path.join(os.path.dirname(sys.argv[0]), "worker.py"), folder])
"""


class Scene:
    """A home folder with a store, and the supervisors that were started on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, code in (("worker", WORKER), ("supervisor", SUPERVISOR), ("warm", WARM)):
            (folder / f"{name}.py").write_text(code)
        self.home = folder / "home"
        self.store = Store(self.home)
        self.engine = LocalEngine(Settings(self.home), self.store)
        self.supervisors: list[subprocess.Popen[bytes]] = []

    def supervise(self, slots: int = 1, *, warm: bool = False) -> "subprocess.Popen[bytes]":
        command = [sys.executable, self.folder / "supervisor.py", self.home, self.folder / "worker.py", str(slots)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.supervisors.append(subprocess.Popen([*command, *([self.folder / "warm.py"] if warm else [])], env=env))
        return self.supervisors[-1]

    def queue(self, name: str) -> str:
        return self.store.create(replace(SPEC, name=name)).id

    def until(self, run_id: str, *states: State) -> Run:
        wait_until(lambda: self.store.get(run_id).state in states, lambda: str(self.store.get(run_id)))
        return self.store.get(run_id)

    def clean_up(self) -> None:
        for supervisor in self.supervisors:
            supervisor.kill()
            supervisor.wait(10)
        for run in self.store.runs():
            if run.process and marks.is_alive(run.process):
                os.kill(run.process.pid, signal.SIGKILL)
        self.store.close()


def wait_until(true: Callable[[], bool], told: Callable[[], str] = lambda: "", seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, told() or "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.clean_up()


def pid_of(run: Run) -> int:
    assert run.process is not None
    return run.process.pid


def test_runs_are_trained_one_after_the_other_in_the_order_they_came(scene: Scene) -> None:
    runs = [scene.queue("quick") for _ in range(3)]
    scene.supervise(slots=1)
    ended = [scene.until(run, State.FINISHED) for run in runs]
    starts, ends = [run.started for run in ended], [run.finished for run in ended]
    assert all(start >= end for start, end in zip(starts[1:], ends[:-1], strict=True))


def test_nobodys_second_run_comes_before_anybodys_first(scene: Scene) -> None:
    waiting = [(name, scene.store.create(replace(SPEC, name="quick"), owner=name).id) for name in "aaabbc"]
    scene.supervise(slots=1)
    ended = [(scene.until(run, State.FINISHED), name) for name, run in waiting]
    assert "".join(name for _, name in sorted(ended, key=lambda pair: pair[0].started or 0)) == "abcaba"


def test_no_more_runs_than_slots_at_once(scene: Scene) -> None:
    runs = [scene.queue("obedient") for _ in range(3)]
    scene.supervise(slots=2)
    scene.until(runs[0], State.RUNNING)
    scene.until(runs[1], State.RUNNING)
    assert scene.store.get(runs[2]).state == State.QUEUED
    scene.engine.stop(runs[0])
    scene.until(runs[2], State.RUNNING)
    scene.until(runs[0], State.STOPPED)


def test_a_killed_worker_is_a_failed_run_with_its_signal_and_the_next_one_starts(scene: Scene) -> None:
    first, second = scene.queue("obedient"), scene.queue("quick")
    scene.supervise()
    os.kill(pid_of(scene.until(first, State.RUNNING)), signal.SIGKILL)
    failed = scene.until(first, State.FAILED)
    assert failed.message == "The training process was ended by signal 9 (killed, perhaps out of memory)."
    scene.until(second, State.FINISHED)


def test_a_worker_that_fails_is_told_with_its_exit_code_and_last_words(scene: Scene) -> None:
    run = scene.queue("broken")
    scene.supervise()
    assert scene.until(run, State.FAILED).message == (
        "The training process ended early with exit code 3: Something to read in the log."
    )


def test_a_running_run_stops_by_its_flag(scene: Scene) -> None:
    run = scene.queue("obedient")
    scene.supervise()
    scene.until(run, State.RUNNING)
    scene.engine.stop(run)
    assert scene.until(run, State.STOPPED).message == "Stopped on request."


def test_a_worker_deaf_to_flag_and_sigterm_is_killed_and_counts_as_stopped(scene: Scene) -> None:
    run = scene.queue("deaf")
    scene.supervise()
    process = scene.until(run, State.RUNNING).process
    scene.engine.stop(run)
    assert scene.until(run, State.STOPPED).message == "Stopped on request; its process had to be ended."
    assert process is not None
    assert not marks.is_alive(process)


def test_a_queued_run_stops_at_once_without_a_supervisor(scene: Scene) -> None:
    run = scene.queue("quick")
    scene.engine.stop(run)
    stopped = scene.store.get(run)
    assert (stopped.state, stopped.message) == (State.STOPPED, "Stopped before it began.")
    scene.engine.stop(run)
    with pytest.raises(RunError, match="There is no run"):
        scene.engine.stop("20260101-000000-0000")


def test_the_next_supervisor_takes_over_the_workers_of_a_killed_one(scene: Scene) -> None:
    first, second = scene.queue("obedient"), scene.queue("quick")
    supervisor = scene.supervise()
    worker = scene.until(first, State.RUNNING).process
    supervisor.kill()
    supervisor.wait(10)
    scene.supervise()
    time.sleep(0.5)
    again = scene.store.get(first)
    assert (again.state, again.process) == (State.RUNNING, worker)
    assert scene.store.get(second).state == State.QUEUED
    scene.engine.stop(first)
    scene.until(first, State.STOPPED)
    scene.until(second, State.FINISHED)


def test_a_worker_that_vanished_while_nothing_watched_is_lost(scene: Scene) -> None:
    run = scene.queue("obedient")
    supervisor = scene.supervise()
    pid = pid_of(scene.until(run, State.RUNNING))
    supervisor.kill()
    supervisor.wait(10)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: marks.mark(pid) is None)
    scene.supervise()
    message = scene.until(run, State.LOST).message
    assert message is not None
    assert "disappeared" in message


def test_another_process_with_the_same_number_is_not_taken_for_the_worker(scene: Scene) -> None:
    run = scene.queue("obedient")
    scene.store.transition(run, State.STARTING)
    scene.store.claim(run, marks.ProcessMark(os.getpid(), time.time() - 1e6))
    scene.supervise()
    scene.until(run, State.LOST)


def test_a_start_that_reached_no_process_is_queued_again(scene: Scene) -> None:
    run = scene.queue("quick")
    scene.store.transition(run, State.STARTING)
    scene.supervise()
    scene.until(run, State.FINISHED)


def test_a_second_supervisor_leaves_and_an_idle_one_too(scene: Scene) -> None:
    run = scene.queue("obedient")
    first = scene.supervise()
    scene.until(run, State.RUNNING)
    second = scene.supervise()
    assert second.wait(20) == 0
    assert first.poll() is None
    scene.engine.stop(run)
    assert first.wait(20) == 0


def test_a_supervisor_leaves_when_another_home_takes_the_place_of_its_own(scene: Scene) -> None:
    handle = hold_server_lock(scene.home)
    supervisor = scene.supervise()
    lock = scene.home / "supervisor.lock"
    wait_until(lambda: marks.is_locked(lock, exclusively=True))
    other = lock.with_name("other")
    other.touch()
    other.replace(lock)
    assert supervisor.wait(20) == 0
    handle.close()


def test_a_supervisor_stays_while_a_server_lives(scene: Scene) -> None:
    handle = hold_server_lock(scene.home)
    supervisor = scene.supervise()
    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.wait(2)
    handle.close()
    assert supervisor.wait(20) == 0


def test_a_waiting_worker_takes_the_first_run_and_another_waits_after_it(scene: Scene) -> None:
    handle = hold_server_lock(scene.home)
    note = scene.home / "warm-pid"
    scene.engine.expect()
    supervisor = scene.supervise(warm=True)
    wait_until(lambda: note.exists() and bool(note.read_text()))
    waiting = int(note.read_text())
    run = scene.queue("obedient")
    assert pid_of(scene.until(run, State.RUNNING)) == waiting
    scene.engine.stop(run)
    scene.until(run, State.STOPPED)
    wait_until(lambda: int(note.read_text() or waiting) != waiting)
    successor = psutil.Process(int(note.read_text()))
    long_ago = time.time() - IDLE - 1
    os.utime(scene.home / WANTED, (long_ago, long_ago))
    wait_until(lambda: not successor.is_running())
    handle.close()
    assert supervisor.wait(20) == 0


def test_no_worker_waits_where_nobody_trains(scene: Scene) -> None:
    handle = hold_server_lock(scene.home)
    supervisor = scene.supervise(warm=True)
    time.sleep(1.0)
    assert not (scene.home / "warm-pid").exists()
    handle.close()
    assert supervisor.wait(20) == 0


def test_a_submitted_run_gets_a_supervisor_of_its_own_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    engine = LocalEngine(Settings(tmp_path / "home"))
    with pytest.raises(RunError, match="epochs must lie between"):
        engine.submit(replace(SPEC, epochs=0))
    assert engine.capacity().queued == 0
    try:
        # A stop that waits beside the run: the supervisor must take it up, but has no worker to start for it.
        run = engine.store.create(SPEC).id
        engine.store.request_stop(run)
        engine.start()
        wait_until(lambda: engine.state(run) == State.STOPPED)
        assert engine._supervisor is not None
        assert engine._supervisor.wait(20) == 0
    finally:
        engine.store.close()


def test_a_worker_that_hangs_beyond_its_time_is_killed(scene: Scene) -> None:
    hanging = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        process = marks.mark(hanging.pid)
        assert process is not None
        run = scene.store.get(scene.queue("deaf"))
        scene.store.transition(run.id, State.STARTING)
        scene.store.transition(run.id, State.RUNNING)
        now = time.monotonic()
        for moment in ("", f"another boot/{now - 1e6}", f"{boot_id()}/{now - 60}", f"{boot_id()}/{now + 1e6}"):
            enforce_time(scene.store, replace(run, started=0.0, clock=moment), process, minutes=1)
            assert hanging.poll() is None
        enforce_time(scene.store, replace(run, clock=f"{boot_id()}/{now - 60 - OVERTIME - 1}"), process, minutes=1)
        assert hanging.wait(20) == -signal.SIGKILL
        conclude(scene.store, run, -signal.SIGKILL)
        ended = scene.store.get(run.id)
        assert ended.state == State.STOPPED
        assert ended.message is not None
        assert ended.message.startswith("A training may take 1 minutes (CNNLAB_MAX_MINUTES)")
    finally:
        hanging.kill()
        hanging.wait(20)


@pytest.mark.parametrize("jump", [7 * 86400.0, -7 * 86400.0])
def test_a_clock_that_jumps_ends_no_training_and_no_start(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    real, boot = time.time, psutil.boot_time()
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        process = marks.mark(worker.pid)
        assert process is not None
        trained, begun, stopping = (scene.queue("deaf") for _ in range(3))
        for run_id in (trained, begun, stopping):
            scene.store.transition(run_id, State.STARTING)
        for run_id in (trained, stopping):
            scene.store.claim(run_id, process)
            scene.store.transition(run_id, State.RUNNING)
        scene.store.request_stop(stopping)
        # What the system tells about wall time follows the clock: the start of a process too.
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot + jump)
        supervisor = Supervisor(Settings(scene.home, slots=1))
        try:
            supervisor.tick()
        finally:
            supervisor.store.close()
        states = [scene.store.get(run_id).state for run_id in (trained, begun, stopping)]
        assert states == [State.RUNNING, State.STARTING, State.RUNNING]
        assert worker.poll() is None
        monkeypatch.setattr(watch, "KILL_AFTER", 0.0)
        monkeypatch.setattr(watch, "TERM_AFTER", 0.0)
        watch.enforce_stop(scene.store, scene.store.get(stopping), process)
        assert worker.wait(20) == -signal.SIGKILL
    finally:
        worker.kill()
        worker.wait(20)


def test_a_run_that_has_ended_is_reopened_and_trained_again(scene: Scene) -> None:
    run = scene.queue("quick")
    scene.supervise()
    scene.until(run, State.FINISHED)
    scene.engine.stop(run)
    scene.store.request_stop(run)
    assert scene.store.reopen(run, 20)
    assert scene.until(run, State.FINISHED).spec.epochs == 20


def test_a_supervisor_leaves_when_a_server_comes_with_another_engine(scene: Scene) -> None:
    run = scene.queue("obedient")
    supervisor = scene.supervise()
    worker = scene.until(run, State.RUNNING).process
    (scene.home / "engine").write_text("ray")
    assert supervisor.wait(20) == 0
    assert worker is not None
    assert marks.is_alive(worker)
    scene.engine.stop(run)
