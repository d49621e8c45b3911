"""Send queued trainings to a Ray cluster as jobs, and follow them: `python -m cnnlab.runs.ray.supervisor`.

The queue and its fair order stay here, and a run is sent only when the cluster has room for it, so that Ray's own
queue (which is not fair between students) is empty unless others use the cluster too.
"""

import logging
import secrets
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from cnnlab.core.settings import MEMORY_PER_TRAINING, Settings
from cnnlab.processes import environment
from cnnlab.processes.clock import seconds_since
from cnnlab.runs.engine.supervisor import Supervisor
from cnnlab.runs.engine.watch import OVERTIME
from cnnlab.runs.far.store import JOB_VARIABLE, Cluster, Node, send_attempt, write_cluster
from cnnlab.runs.far.watch import follow, give_up_if_silent
from cnnlab.runs.ray.ends import conclude_job
from cnnlab.runs.ray.jobs import ClusterUnreachable, Job, JobState, RayJobs
from cnnlab.runs.record import ACTIVE, Run, State

LOOK = 1.0  # seconds between two looks at the cluster
LOOK_AGAIN = 3.0  # and after one that failed
STOP_AFTER = 2.0  # seconds from the stop flag until the job is stopped: shared storage may show the flag late
PENDING_SAID = 10.0  # seconds after which a job that has not begun is said to wait
ON_GPU = "-gpu"  # ends the name of a job that has a GPU


class RaySupervisor(Supervisor):
    """Own the jobs of one home: as many at once as the cluster has room for."""

    def __init__(self, settings: Settings, jobs: RayJobs | None = None) -> None:
        super().__init__(settings)
        self._jobs = jobs or RayJobs(settings.ray_address)
        self._cluster = Cluster()
        self._told: dict[str, Job] = {}
        self._next_look = 0.0
        self._stopped: set[str] = set()
        self._began: dict[str, float] = {}
        self._tries: Counter[str] = Counter()

    def slots(self) -> int:
        """Return how many trainings fit into the cluster; none while it does not answer."""
        return 0 if self._cluster.problem else self._cluster.slots or 0

    def tick(self) -> bool:
        """Do one round."""
        if time.monotonic() >= self._next_look:
            self._drop_stopped()
            self._look()
        return super().tick()

    def _drop_stopped(self) -> None:
        """Take runs out of the queue that were asked to stop, also while the cluster has no room for any."""
        for run in self.store.in_state(State.QUEUED):
            if self.store.stop_requested(run.id) is not None:
                self.store.transition(run.id, State.STOPPED, "Stopped before it began.", source=State.QUEUED)

    def _look(self) -> None:
        """Ask the cluster for its machines and for the jobs of all active runs."""
        self._told = {}
        try:
            nodes = self._jobs.nodes()
            self._told = {run.id: self._jobs.job(run.job) for run in self.store.in_state(*ACTIVE) if run.job}
        except ClusterUnreachable as error:
            self._complain(error)
            return
        self._next_look = time.monotonic() + LOOK
        slots = sum(room(node, self.settings.threads) for node in nodes)
        self._know(Cluster(slots, 0, nodes, None if slots else _no_room(nodes, self.settings.threads)))

    def _complain(self, error: ClusterUnreachable) -> None:
        self._next_look = time.monotonic() + LOOK_AGAIN
        self._know(replace(self._cluster, problem=str(error)))

    def _know(self, cluster: Cluster) -> None:
        cluster = replace(cluster, queued=len(self.store.in_state(State.QUEUED)))
        if cluster != self._cluster:
            write_cluster(self.settings.home, cluster)
            self._cluster = cluster

    def _watch_far(self, run: Run) -> None:
        report = follow(self.store, run)
        job = self._told.pop(run.id, None)
        if self._cluster.problem and job is None:
            give_up_if_silent(self.store, run, self._silence, report)
        if job is None or self.store.get(run.id).is_terminal:
            return
        if job.node and not run.node:
            self.store.locate(run.id, self._name(job.node))
            run = self.store.get(run.id)
        if job.state == JobState.PENDING:
            self._wait(run)
        elif job.state == JobState.RUNNING:
            self._enforce(run, has_begun=report is not None)
        else:
            self._conclude(run, job)

    def _conclude(self, run: Run, job: Job) -> None:
        try:
            conclude_job(self.store, run, job, self._tries[run.id], self._is_alive)
        except ClusterUnreachable as error:
            self._complain(error)

    def _wait(self, run: Run) -> None:
        """Look after a job that Ray has not begun: others may use the cluster too."""
        if self.store.stop_requested(run.id) is not None:
            self._stop(run)
            self.store.transition(run.id, State.STOPPED, "Stopped before it began.", source=State.STARTING)
        elif run.message is None and (seconds_since(run.clock) or 0.0) > PENDING_SAID:
            self.store.say(run.id, f"It waits for {_cpus(run.spec.threads)} of one machine of the cluster to be free.")

    def _enforce(self, run: Run, *, has_begun: bool) -> None:
        """Stop a job whose run was asked to stop, or should have ended by itself a minute ago."""
        asked, now = self.store.stop_requested(run.id), time.monotonic()
        # Counted by this machine's clock: that of the worker's may be set to any time.
        trained = now - self._began.setdefault(run.job, now) if has_begun else 0.0
        most = min(60 * self.settings.max_minutes, run.seconds_left)
        if (asked is not None and asked > STOP_AFTER) or trained > most + OVERTIME:
            self._stop(run)

    def _stop(self, run: Run) -> None:
        if run.job not in self._stopped:
            try:
                self._jobs.stop(run.job)
                self._stopped.add(run.job)
            except ClusterUnreachable as error:
                self._complain(error)

    def _send(self, run: Run) -> None:
        gpu = self._has_free_gpu()
        job = f"cnnlab-{run.id}-{secrets.token_hex(3)}{ON_GPU if gpu else ''}"
        folder = self.store.folder(run.id)
        self.store.describe(run.id, spec=run.spec.to_dict())
        send_attempt(folder, job)
        # Noted before it is sent: the supervisor after this one must be able to ask for it.
        self.store.send(run.id, job)
        self._tries[run.id] += 1
        env = environment.far_environment(self.settings, run.spec.network, run.spec.trunk) | {JOB_VARIABLE: job}
        if not gpu:
            env["CUDA_VISIBLE_DEVICES"] = "-1"
        try:
            command = environment.far_worker_command(folder)
            self._jobs.submit(job, command, env, run.spec.threads, int(gpu), MEMORY_PER_TRAINING)
        except ClusterUnreachable as error:
            self._complain(error)

    def _has_free_gpu(self) -> bool:
        used = sum(run.job.endswith(ON_GPU) for run in self.store.in_state(*ACTIVE))
        return used < sum(int(node.gpus) for node in self._cluster.nodes)

    def _is_alive(self, node: str) -> bool:
        return any(node == known.id for known in self._jobs.nodes())

    def _name(self, node: str) -> str:
        return next((known.name for known in self._cluster.nodes if known.id == node), node[:8])


def room(node: Node, threads: int) -> int:
    """Return how many trainings of so many threads a machine has room for, by its CPUs and its memory."""
    return min(int(node.cpus) // threads, int(node.memory) // MEMORY_PER_TRAINING)


def _cpus(count: int) -> str:
    return f"{count} CPU{'s' * (count != 1)}"


def _no_room(nodes: Sequence[Node], threads: int) -> str:
    if not nodes:
        return (
            "The Ray cluster has no machine that is alive; start one with 'ray start'. Trainings that wait start then."
        )
    return (
        f"No machine of the Ray cluster has the {_cpus(threads)} and {MEMORY_PER_TRAINING / 2**30:g} GiB of memory "
        "that a training asks for; add a larger one, or raise CNNLAB_SLOTS so that each training asks for fewer CPUs."
    )


def main() -> int:
    """Supervise the home folder that the environment names, on the cluster that it names."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    RaySupervisor(Settings.from_env()).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
