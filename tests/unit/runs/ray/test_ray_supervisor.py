"""The supervisor of a Ray cluster over a cluster that only says what the test tells it; workers and store are real."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import MEMORY_PER_TRAINING, Settings
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.engine.supervisor import Supervisor
from cnnlab.runs.far import watch
from cnnlab.runs.far.store import FarStore, Node, read_cluster
from cnnlab.runs.ray import supervisor
from cnnlab.runs.ray.engine import RayEngine
from cnnlab.runs.ray.jobs import ClusterUnreachable, Job, JobState, RayJobs, own_words
from cnnlab.runs.ray.supervisor import RaySupervisor, room
from cnnlab.runs.record import Run, RunSpec, State

ME = ProcessMark(1, 1.0)
SPEC = RunSpec(
    name="far",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
)


class Told(RayJobs):
    """Be a cluster of two machines that does nothing by itself."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.machines = [Node("a1", "one", 1, 0, 8 << 30), Node("b2", "two", 1, 0, 8 << 30)]
        self.jobs: dict[str, Job] = {}
        self.asked: list[tuple[str, int, int]] = []
        self.environments: dict[str, Mapping[str, str]] = {}
        self.stopped: list[str] = []
        self.refuses = False

    def submit(
        self, job: str, command: Sequence[str], env: Mapping[str, str], cpus: int, gpus: int, memory: int
    ) -> None:
        self._answer()
        self.jobs[job] = Job(JobState.PENDING)
        self.asked.append((job, cpus, gpus))
        self.environments[job] = env

    def job(self, name: str) -> Job:
        self._answer()
        return self.jobs.get(name, Job(JobState.GONE))

    def stop(self, name: str) -> None:
        self._answer()
        self.stopped.append(name)

    def nodes(self) -> tuple[Node, ...]:
        self._answer()
        return tuple(self.machines)

    def _answer(self) -> None:
        if self.refuses:
            raise ClusterUnreachable("The Ray cluster does not answer.")


class Scene:
    """A supervisor that looks at the cluster in every round."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home, engine="ray", ray_address="http://127.0.0.1:1")
        self.engine = RayEngine(self.settings)
        self.store = self.engine.store
        self.cluster = Told()
        self.supervisor = RaySupervisor(self.settings, self.cluster)

    def queue(self, owner: str = "", name: str = "far") -> str:
        return self.store.create(replace(SPEC, name=name), owner=owner).id

    def tick(self) -> None:
        self.supervisor._next_look = 0.0
        self.supervisor.tick()

    def run(self, run_id: str) -> Run:
        return self.store.get(run_id)

    def sent(self) -> str:
        """Return a run that the cluster has taken."""
        run_id = self.queue()
        self.tick()
        assert self.run(run_id).state == State.STARTING
        return run_id

    def worker(self, run_id: str, *states: State) -> FarStore:
        """Return what the worker of a run sees and writes, after it has come so far."""
        far = FarStore(self.settings.home, self.run(run_id).job)
        assert far.claim(run_id, ME)
        for state in states:
            assert far.transition(run_id, state)
        return far

    def say(
        self, run_id: str, state: JobState, *, node: str = "", exit_code: int | None = None, words: str = ""
    ) -> None:
        self.cluster.jobs[self.run(run_id).job] = Job(state, node, exit_code, words)
        self.tick()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path / "home")
    yield scene
    scene.store.close()
    scene.supervisor.store.close()


def test_only_what_fits_is_sent_and_in_the_fair_order(scene: Scene) -> None:
    runs = [scene.queue(owner) for owner in "aab"]
    scene.tick()
    assert [scene.run(run_id).state for run_id in runs] == [State.STARTING, State.QUEUED, State.STARTING]
    assert [(cpus, gpus) for _, cpus, gpus in scene.cluster.asked] == [(1, 0), (1, 0)]
    assert all(env["CUDA_VISIBLE_DEVICES"] == "-1" for env in scene.cluster.environments.values())
    assert scene.engine.capacity().slots == 2


def test_room_is_counted_by_machine_in_cpus_and_memory() -> None:
    assert room(Node("x", "x", 7, 0, 64 << 30), threads=2) == 3
    assert room(Node("x", "x", 7, 0, MEMORY_PER_TRAINING * 2 + 1), threads=2) == 2
    assert room(Node("x", "x", 1, 0, 64 << 30), threads=2) == 0


def test_a_cluster_of_too_small_machines_says_what_a_training_asks_for(scene: Scene) -> None:
    scene.cluster.machines = [Node("a1", "one", 0, 0, 8 << 30)]
    run_id = scene.queue()
    scene.tick()
    assert scene.run(run_id).state == State.QUEUED
    assert "the 1 CPU and 1.5 GiB of memory" in (scene.engine.capacity().problem or "")
    scene.cluster.machines = []
    scene.tick()
    assert "no machine that is alive" in (scene.engine.capacity().problem or "")


def test_a_gpu_is_asked_for_while_one_is_free(scene: Scene) -> None:
    scene.cluster.machines[0] = replace(scene.cluster.machines[0], gpus=1)
    for _ in range(2):
        scene.queue()
    scene.tick()
    assert [gpus for _, _, gpus in scene.cluster.asked] == [1, 0]
    assert "CUDA_VISIBLE_DEVICES" not in scene.cluster.environments[scene.cluster.asked[0][0]]


def test_the_states_that_a_worker_reports_are_recorded_with_its_node(scene: Scene) -> None:
    run_id = scene.sent()
    far = scene.worker(run_id)
    assert far.get(run_id).spec == SPEC
    scene.say(run_id, JobState.RUNNING, node="b2")
    assert (scene.run(run_id).state, scene.run(run_id).node) == (State.STARTING, "two")
    for state in (State.RUNNING, State.PAUSED, State.RUNNING):
        assert far.transition(run_id, state)
        scene.tick()
        assert scene.run(run_id).state == state
    assert far.transition(run_id, State.FINISHED, "All epochs are trained.")
    scene.say(run_id, JobState.SUCCEEDED, node="b2", exit_code=0)
    ended = scene.run(run_id)
    assert (ended.state, ended.message) == (State.FINISHED, "All epochs are trained.")
    assert '"node": "two"' in (scene.store.folder(run_id) / "run.json").read_text()


def test_a_worker_that_came_further_between_two_looks_is_followed(scene: Scene) -> None:
    run_id = scene.sent()
    scene.worker(run_id, State.RUNNING, State.PAUSED)
    scene.tick()
    assert scene.run(run_id).state == State.PAUSED


def test_of_two_jobs_for_one_run_only_the_last_may_write(scene: Scene) -> None:
    run_id = scene.sent()
    old = scene.worker(run_id, State.RUNNING)
    scene.tick()
    del scene.cluster.jobs[scene.run(run_id).job]
    scene.tick()
    assert scene.run(run_id).state == State.LOST
    scene.store.reopen(run_id)
    scene.tick()
    assert old.is_replaced(run_id)
    assert not old.transition(run_id, State.FINISHED)
    assert not FarStore(scene.settings.home, "cnnlab-another").claim(run_id, ME)
    assert not scene.worker(run_id).is_replaced(run_id)


def test_a_deaf_job_is_stopped_in_the_cluster_and_counts_as_stopped(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_AFTER", 0.0)
    run_id = scene.sent()
    scene.worker(run_id, State.RUNNING)
    scene.engine.stop(run_id)
    for _ in range(2):
        time.sleep(0.01)
        scene.say(run_id, JobState.RUNNING, node="a1")
    assert scene.cluster.stopped == [scene.run(run_id).job]
    scene.say(run_id, JobState.STOPPED, node="a1")
    ended = scene.run(run_id)
    assert (ended.state, ended.message) == (State.STOPPED, "Stopped on request; its process had to be ended.")


def test_a_job_that_waits_in_ray_says_for_what_and_stops_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PENDING_SAID", 0.0)
    run_id = scene.sent()
    scene.tick()
    assert scene.run(run_id).message == "It waits for 1 CPU of one machine of the cluster to be free."
    scene.engine.stop(run_id)
    scene.tick()
    assert (scene.run(run_id).state, scene.run(run_id).message) == (State.STOPPED, "Stopped before it began.")
    assert scene.cluster.stopped == [scene.run(run_id).job]


@pytest.mark.parametrize(
    ("exit_code", "words", "said"),
    [
        (-9, "", "The training process was ended by signal 9 (killed, perhaps out of memory)."),
        (66, "Running\nThe machine two cannot use the folder.", "The machine two cannot use the folder."),
        (127, "not found", "install CNN Lab at the same path on every machine of the cluster."),
        (3, "Something to read.", "The training process ended early with exit code 3: Something to read."),
    ],
)
def test_a_command_that_ends_before_its_worker_speaks_is_a_failed_run(
    scene: Scene, exit_code: int, words: str, said: str
) -> None:
    run_id = scene.sent()
    scene.say(run_id, JobState.FAILED, node="b2", exit_code=exit_code, words=words)
    ended = scene.run(run_id)
    assert ended.state == State.FAILED
    assert (ended.message or "").endswith(said)
    assert exit_code != 127 or (ended.message or "").startswith("The machine two cannot start ")


def test_a_worker_killed_in_the_middle_is_a_failed_run_with_its_signal(scene: Scene) -> None:
    run_id = scene.sent()
    scene.worker(run_id, State.RUNNING)
    scene.say(run_id, JobState.FAILED, node="b2", exit_code=-9)
    assert "signal 9" in (scene.run(run_id).message or "")


def test_a_machine_that_left_the_cluster_is_a_lost_run_and_any_other_death_a_failed_one(scene: Scene) -> None:
    runs = [scene.queue(), scene.queue()]
    scene.tick()
    for run_id, node in zip(runs, ("a1", "b2"), strict=True):
        scene.worker(run_id, State.RUNNING)
        scene.say(run_id, JobState.RUNNING, node=node)
    del scene.cluster.machines[1]
    words = "Job supervisor actor died: out of memory.\nMore."
    scene.say(runs[1], JobState.FAILED, node="b2", words=words)
    assert scene.run(runs[1]).state == State.LOST
    assert "The machine two left the cluster" in (scene.run(runs[1]).message or "")
    scene.say(runs[0], JobState.FAILED, node="a1", words=words)
    assert scene.run(runs[0]).state == State.FAILED
    assert (scene.run(runs[0]).message or "").endswith("on one: Job supervisor actor died: out of memory.")


def test_a_job_that_never_began_is_sent_again_and_in_the_end_given_up(scene: Scene) -> None:
    run_id = scene.sent()
    jobs = [scene.run(run_id).job]
    for _ in range(2):
        scene.say(run_id, JobState.FAILED, words="The environment could not be made.\nMore.")
        jobs.append(scene.run(run_id).job)
    assert len(set(jobs)) == 3
    scene.say(run_id, JobState.FAILED, words="The environment could not be made.\nMore.")
    assert (scene.run(run_id).state, scene.run(run_id).message) == (
        State.FAILED,
        "The cluster could not start the training: The environment could not be made.",
    )


def test_while_the_cluster_does_not_answer_runs_wait_and_go_on_and_the_page_says_so(scene: Scene) -> None:
    going = scene.sent()
    far = scene.worker(going, State.RUNNING)
    scene.cluster.refuses = True
    waiting = scene.queue()
    scene.tick()
    assert scene.engine.capacity().problem == "The Ray cluster does not answer."
    assert [scene.run(run_id).state for run_id in (going, waiting)] == [State.RUNNING, State.QUEUED]
    assert far.others_wait()
    dropped = scene.queue()
    scene.store.request_stop(dropped)
    far.transition(going, State.FINISHED)
    scene.tick()
    assert scene.run(dropped).state == State.STOPPED
    assert scene.run(going).state == State.FINISHED
    scene.cluster.refuses = False
    scene.tick()
    assert scene.run(waiting).state == State.STARTING
    assert scene.engine.capacity().problem is None


def test_a_training_that_nobody_hears_of_any_more_is_lost_also_without_ray(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [scene.queue(), scene.queue()]
    scene.tick()
    scene.worker(runs[0], State.RUNNING)
    local = Supervisor(Settings(scene.settings.home))
    local.tick()
    assert [scene.run(run_id).state for run_id in runs] == [State.RUNNING, State.STARTING]
    monkeypatch.setattr(watch, "SILENCE", 0.0)
    scene.cluster.refuses = True
    scene.tick()
    assert [scene.run(run_id).state for run_id in runs] == [State.LOST, State.QUEUED]
    local.store.close()


def test_what_a_command_wrote_is_told_without_what_ray_writes_around_it() -> None:
    message = (
        "Job entrypoint command failed with exit code 66, last available logs (truncated to 20,000 chars):\n"
        "2026-11-23 19:41:28,036\tINFO job_manager.py:581 -- Runtime env is setting up.\n"
        "The machine two cannot use the folder.\n"
        "Running entrypoint for job a: exec python\n"
    )
    assert own_words(message) == "The machine two cannot use the folder."
    assert own_words("Job supervisor actor died: why.\nMore.") == "Job supervisor actor died: why.\nMore."


def test_an_address_where_nobody_listens_is_one_sentence(tmp_path: Path) -> None:
    supervisor = RaySupervisor(Settings(tmp_path / "home", engine="ray", ray_address="http://127.0.0.1:1"))
    try:
        supervisor.tick()
        problem = read_cluster(tmp_path / "home").problem
        assert problem is not None
        assert problem.startswith("The Ray cluster at http://127.0.0.1:1 does not answer as it should (Connection re")
        assert "\n" not in problem
    finally:
        supervisor.store.close()
