"""Real trainings on a real Ray cluster of two nodes: they run and stop on both, and survive what machines do."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.training.story import Event
from cnnlab.runs.engine.capacity import Capacity
from cnnlab.runs.far.store import JOB_VARIABLE, read_cluster
from cnnlab.runs.ray.engine import RayEngine
from cnnlab.runs.record import Run, RunSpec, State
from cnnlab.runs.record.control import Mode
from tests.browser.support.serving import Server, processes_of, until
from tests.ray.cluster import MARK, RayCluster

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed; make test-ray installs it"),
]

WAIT = 150.0  # seconds: two trainings load TensorFlow at once on a busy machine of two cores
SPEC = RunSpec(
    name="far away",
    network=Network.seed().with_image_size(24, 24),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
    limit_per_class=40,
    epochs=5000,
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    cluster = RayCluster()
    yield cluster
    cluster.close()


class Scene:
    """A server whose trainings go to the cluster, and the same engine here to steer them."""

    def __init__(self, home: Path, cluster: RayCluster) -> None:
        # Two slots on this machine would share its cores; so each training asks for half of them: one CPU of a node.
        slots = str(os.cpu_count())
        self.server = Server(
            home, CNNLAB_ENGINE="ray", CNNLAB_RAY_ADDRESS=cluster.address, CNNLAB_SLOTS=slots, CNNLAB_MAX_EPOCHS="5000"
        )
        self.engine = RayEngine(Settings.from_env({"CNNLAB_HOME": str(home), **self.server.environment}))
        self.store = self.engine.store
        self.cluster = cluster

    def run(self, run_id: str) -> Run:
        return self.store.get(run_id)

    def epochs(self, run_id: str) -> list[Event]:
        return self.store.story(run_id).epochs

    def until_in(self, run_id: str, *states: State) -> Run:
        def there() -> bool:
            run = self.run(run_id)
            assert run.state in states or not run.is_terminal, f"{run.state}: {run.message}"
            return run.state in states

        try:
            until(there, f"the run {run_id} did not come to {states}", WAIT)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.told(run_id)}") from None
        return self.run(run_id)

    def until_located(self, run_id: str) -> Run:
        self.until_in(run_id, State.RUNNING)
        until(lambda: self.run(run_id).node, "nobody said where the run trains", WAIT)
        return self.run(run_id)

    def told(self, run_id: str) -> str:
        """Return what there is to know of a run and of the cluster."""
        files = [*self.store.folder(run_id).glob("worker.*"), *self.server.home.glob("supervisor.log")]
        written = [f"{file.name}: {file.read_text(errors='replace')[-1500:]}" for file in files]
        run = self.run(run_id)
        cluster = read_cluster(self.server.home)
        return "\n".join([str(cluster), f"{run.state} {run.message} {run.job} on {run.node!r}", *written])

    def until_it_goes_on(self, run_id: str) -> None:
        known = len(self.store.story(run_id).records)
        until(lambda: len(self.store.story(run_id).records) > known, "the run stood still", WAIT)

    def close(self) -> None:
        for run in self.store.runs():
            self.engine.stop(run.id)
        try:
            until(lambda: all(run.is_terminal for run in self.store.runs()), "a run did not stop at the end", WAIT)
        finally:
            self.store.close()
            self.server.close()


@pytest.fixture
def scene(home: Path, cluster: RayCluster) -> Iterator[Scene]:
    scene = Scene(home, cluster)
    yield scene
    scene.close()


def worker_of(run: Run) -> psutil.Process:
    """Return the process that trains a run, wherever Ray started it."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(JOB_VARIABLE) == run.job and "cnnlab.tf.training.worker" in process.cmdline():
                return process
        except psutil.Error:
            continue
    raise AssertionError(f"no process trains {run.id}")


def supervisors(home: Path) -> list[psutil.Process]:
    found = []
    for process in processes_of(home):
        with contextlib.suppress(psutil.Error):
            if "cnnlab.runs.ray.supervisor" in process.cmdline():
                found.append(process)
    return found


def test_trainings_run_and_stop_on_both_nodes_and_are_found_again_after_everything_here_died(scene: Scene) -> None:
    scene.server.start()
    asked = [("first", "a"), ("second", "a"), ("third", "b")]
    one, later, other = (scene.engine.submit(replace(SPEC, name=name), owner=owner) for name, owner in asked)
    both = [scene.until_located(run_id) for run_id in (one, other)]
    assert {run.node for run in both} == {"one", "two"}
    for run in both:
        # Not only Ray says so: the process was started by that node's own.
        assert worker_of(run).environ()[MARK] == scene.cluster.nodes[run.node].mark
    assert scene.run(later).state == State.QUEUED
    until(lambda: scene.engine.capacity() == Capacity(slots=2, running=2, queued=1), "the cluster is not full", WAIT)
    scene.engine.stop(later)
    assert scene.run(later).state == State.STOPPED

    scene.store.command(one, Mode.PAUSE)
    scene.until_in(one, State.PAUSED)
    scene.store.command(one, Mode.PLAY)
    scene.until_in(one, State.RUNNING)

    scene.server.kill()
    for supervisor in supervisors(scene.server.home):
        with contextlib.suppress(psutil.Error):
            supervisor.kill()
    for run in both:
        scene.until_it_goes_on(run.id)
    scene.server.start()
    until(lambda: supervisors(scene.server.home), "no supervisor came back")
    for run in both:
        scene.until_it_goes_on(run.id)
        until(lambda run=run: scene.epochs(run.id), "no epoch was trained", WAIT)
    # The same seed and the same threads: the same numbers on either node.
    curves = [[(e["loss"], e["val_loss"]) for e in scene.epochs(run.id)] for run in both]
    assert all(first == second for first, second in zip(*curves, strict=False))
    for run in both:
        again = scene.run(run.id)
        assert (again.state, again.job, again.node) == (State.RUNNING, run.job, run.node)
        worker = worker_of(run)
        scene.engine.stop(run.id)
        stopped = scene.until_in(run.id, State.STOPPED)
        assert stopped.message is not None
        # By itself, between two batches: nobody had to end its process.
        assert stopped.message.startswith(("Stopped on request in epoch", "Stopped on request during the validation"))
        until(lambda worker=worker: not worker.is_running(), "the worker outlived its run", WAIT)
        assert stopped.node in (scene.store.folder(run.id) / "run.json").read_text()


def test_a_node_that_dies_takes_only_its_own_run_which_goes_on_elsewhere(scene: Scene) -> None:
    runs = [scene.engine.submit(replace(SPEC, seed=seed)) for seed in (1, 2)]
    for run_id in runs:
        scene.until_located(run_id)
        until(lambda run_id=run_id: len(scene.epochs(run_id)) >= 2, "no epoch was trained", WAIT)
    lost, kept = sorted(runs, key=lambda run_id: scene.run(run_id).node, reverse=True)
    assert [scene.run(run_id).node for run_id in (lost, kept)] == ["two", "one"]

    scene.cluster.nodes["two"].cut_power()
    recorded = scene.epochs(lost)
    ended = scene.until_in(lost, State.LOST)
    assert ended.message == (
        "The machine two left the cluster while it trained; resume the run to go on from its last epoch on another one."
    )
    assert scene.run(kept).state == State.RUNNING
    scene.until_it_goes_on(kept)

    scene.engine.resume(lost, epochs=len(recorded) + 3)
    until(lambda: scene.engine.capacity().slots == 1, "the dead node still counts", WAIT)
    assert scene.run(lost).state == State.QUEUED
    scene.engine.stop(kept)
    scene.until_in(kept, State.STOPPED)
    finished = scene.until_in(lost, State.FINISHED)
    assert finished.node == "one"
    # Nothing that was recorded is gone; only an epoch without its checkpoint is trained again.
    assert scene.epochs(lost)[: len(recorded) - 1] == recorded[:-1]
    assert [event["epoch"] for event in scene.epochs(lost)] == list(range(1, len(recorded) + 4))
    told, _ = scene.store.read_events(lost, 0)
    assert any(event["type"] == "resume" and event["epoch"] >= len(recorded) - 1 for event in told)
