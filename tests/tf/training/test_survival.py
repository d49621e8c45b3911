"""Real trainings survive what happens to real machines: a reboot, a full disk, too little memory."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.processes import environment, marks
from cnnlab.runs.engine.local import LocalEngine, hold_server_lock
from cnnlab.runs.engine.watch import conclude
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from tests.tf.training.test_worker import curve, folder, spec, wait_until  # noqa: F401  fixtures

# Load TensorFlow, then let the process have only a little more memory than it has now.
SHORT_OF_MEMORY = """
import pathlib, resource, sys
import psutil
import cnnlab.tf.training.train
from cnnlab.tf.training import worker
limit = psutil.Process().memory_info().vms + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
code = worker.work(pathlib.Path(sys.argv[1]))
sys.stderr.flush()
import os
os._exit(code)
"""


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = Store(home)
    yield store
    for run in store.runs():
        if run.process and marks.is_alive(run.process):
            marks.signal_group(run.process.pid, signal.SIGKILL)
    store.close()


def started(store: Store, spec: RunSpec) -> Path:  # noqa: F811
    """Record a run that a process may claim, and return its folder."""
    return store.folder(store.create(spec, State.STARTING).id)


@pytest.mark.slow
def test_a_full_disk_fails_the_training_with_one_sentence(store: Store, spec: RunSpec) -> None:  # noqa: F811
    place = started(store, spec)
    # Whatever is written there finds no space left; the epoch before it is recorded.
    (place / ".new-checkpoint.npz").symlink_to("/dev/full")
    done = subprocess.run(
        environment.worker_command(place),
        env=environment.child_environment(Settings(store.home)),
        timeout=120,
        check=False,
    )
    run = store.get(place.name)
    assert (run.state, done.returncode) == (State.FAILED, 1)
    assert run.message is not None
    assert run.message.startswith("The disk is full")
    assert len(curve(store.story(run.id))) == 1


@pytest.mark.slow
def test_too_little_memory_fails_the_training_with_one_sentence(store: Store, spec: RunSpec) -> None:  # noqa: F811
    layers = (
        Layer.make("Conv2D", filters=256, kernel_size=3, activation="relu", padding="same"),
        Layer.make("GlobalAveragePooling2D"),
        Layer.make("Dense", units=1, activation="sigmoid"),
    )
    place = started(store, replace(spec, network=Network((256, 256, 3), layers), batch_size=48))
    done = subprocess.run(
        [sys.executable, "-c", SHORT_OF_MEMORY, str(place), str(1500 << 20)],
        env=environment.child_environment(Settings(store.home)),
        timeout=120,
        check=False,
    )
    # TensorFlow says so, or crashes without a word; whoever watches then has only its signal.
    conclude(store, store.get(place.name), done.returncode)
    run = store.get(place.name)
    assert run.state == State.FAILED
    assert run.message is not None
    assert "memory" in run.message
    assert run.message.endswith(".")


@pytest.mark.slow
def test_a_reboot_loses_nothing_recorded_and_the_run_goes_on_when_asked(store: Store, spec: RunSpec) -> None:  # noqa: F811
    engine = LocalEngine(Settings(store.home), store)
    server = hold_server_lock(store.home)
    run_id = engine.submit(replace(spec, epochs=200))
    wait_until(lambda: len(curve(store.story(run_id))) >= 2)
    worker = store.get(run_id).process
    assert worker is not None
    assert engine._supervisor is not None
    # Everything dies at once, in the order in which nobody can tidy up after the other.
    engine._supervisor.kill()
    os.kill(worker.pid, signal.SIGKILL)
    server.close()
    engine._supervisor.wait(20)
    wait_until(lambda: marks.mark(worker.pid) is None)
    recorded = curve(store.story(run_id))
    with (store.folder(run_id) / "metrics.jsonl").open("a") as file:
        file.write('{"type": "batch", "ep')
    assert store.get(run_id).state == State.RUNNING

    again = LocalEngine(Settings(store.home), store)
    server = hold_server_lock(store.home)
    try:
        again.start()
        wait_until(lambda: again.state(run_id) == State.LOST)
        assert curve(store.story(run_id)) == recorded
        again.resume(run_id)
        wait_until(lambda: len(curve(store.story(run_id))) > len(recorded))
        kept = curve(store.story(run_id))
        assert kept[: len(recorded) - 1] == recorded[:-1]
        again.stop(run_id)
        wait_until(lambda: again.state(run_id) == State.STOPPED)
    finally:
        server.close()
        wait_until(lambda: not marks.is_locked(store.home / "supervisor.lock", exclusively=True))
