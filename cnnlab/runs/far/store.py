"""Keep the state of a training on another machine in its folder, for the one machine that keeps all states.

A file system shared between machines is no place for SQLite. So a worker of a cluster reads and writes only files of
its run's folder: `attempt` names the job that may train, `worker.json` says how far that job has come.
"""

import json
import os
import platform
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cnnlab.processes.home.files import replacing, write_json
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import TRANSITIONS, Run, RunError, RunSpec, State
from cnnlab.runs.store.folders import WorkerStore

BEAT = 5.0  # seconds between two signs of life
JOB_VARIABLE = "CNNLAB_JOB"
NO_FOLDER_EXIT = 66  # a worker's exit code if its machine does not have the run's folder (EX_NOINPUT)


@dataclass(frozen=True)
class Report:
    """Hold what a worker says of itself; `began` is in Unix seconds of its clock, `host` its machine's name."""

    job: str
    state: State
    message: str | None
    began: float
    host: str


def send_attempt(folder: Path, job: str) -> None:
    """Let only this job train the run in a folder; one that was sent before it leaves within a batch."""
    with replacing(folder / "attempt") as new:
        new.write_text(job)


def read_report(folder: Path, job: str) -> Report | None:
    """Return what the worker of this job said last, or None if it has not said anything yet."""
    try:
        told = json.loads((folder / "worker.json").read_text())
        report = Report(told["job"], State(told["state"]), told["message"], float(told["began"]), str(told["host"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return report if report.job == job else None


def last_sign(folder: Path) -> float | None:
    """Return the time of the worker's last sign of life by the clock of the file system, or None."""
    try:
        return (folder / "worker.json").stat().st_mtime
    except OSError:
        return None


class FarStore(WorkerStore):
    """Hold the one run that this process trains for a cluster; `job` is the cluster's name for it."""

    def __init__(self, home: Path, job: str) -> None:
        super().__init__(home)
        self._job = job
        self._report = Report(job, State.STARTING, None, time.time(), platform.node())
        self._lock = threading.Lock()

    def get(self, run_id: str) -> Run:
        """Return the run as its folder describes it; raise `RunError` if it does not."""
        try:
            told = json.loads((self.folder(run_id) / "run.json").read_text())
            spec, created = RunSpec.from_dict(told["spec"]), float(told["created"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"The folder of run {run_id} does not describe it: {error}.") from None
        return Run(run_id, spec, self._report.state, created, None, None, None, None, None, job=self._job)

    def claim(self, run_id: str, process: ProcessMark) -> bool:
        """Begin if this job is the one that was sent, and give signs of life from now on."""
        if self.is_replaced(run_id) or read_report(self.folder(run_id), self._job) is not None:
            return False
        self._tell(run_id)
        threading.Thread(target=self._beat, args=(self.folder(run_id) / "worker.json",), daemon=True).start()
        return True

    def is_replaced(self, run_id: str) -> bool:
        """Tell whether another job has been sent to train this run."""
        try:
            return (self.folder(run_id) / "attempt").read_text() != self._job
        except FileNotFoundError:
            return True  # the run was deleted
        except OSError:
            return False

    def transition(self, run_id: str, to: State, message: str | None = None, *, source: State | None = None) -> bool:
        """Say that the run has come to another state, if that is legal; return whether it is."""
        with self._lock:
            now = self._report.state
            if to not in TRANSITIONS[now] or source not in (None, now) or self.is_replaced(run_id):
                return False
            self._report = Report(self._job, to, message, self._report.began, self._report.host)
            self._tell(run_id)
        return True

    def others_wait(self) -> bool:
        """Tell whether runs wait for a place in the cluster."""
        return read_cluster(self.home).queued > 0

    def _tell(self, run_id: str) -> None:
        write_json(self.folder(run_id) / "worker.json", asdict(self._report))

    @staticmethod
    def _beat(path: Path) -> None:
        while True:
            time.sleep(BEAT)
            try:
                os.utime(path)
            except FileNotFoundError:
                return  # the run was deleted
            except OSError:
                continue


@dataclass(frozen=True)
class Node:
    """Hold one machine of the cluster: its resources in Ray's units, `memory` in bytes."""

    id: str
    name: str
    cpus: float
    gpus: float
    memory: float


@dataclass(frozen=True)
class Cluster:
    """Hold what was last seen of the cluster: its machines, how many trainings fit, what is wrong with it.

    `slots` is None before anything was seen; `queued` is how many runs wait.
    """

    slots: int | None = None
    queued: int = 0
    nodes: tuple[Node, ...] = ()
    problem: str | None = None


def write_cluster(home: Path, cluster: Cluster) -> None:
    """Tell pages and workers how the cluster is."""
    write_json(home / "cluster.json", asdict(cluster))


def read_cluster(home: Path) -> Cluster:
    """Return what was last seen of the cluster; nothing if nobody has looked yet."""
    try:
        told = json.loads((home / "cluster.json").read_text())
        nodes = tuple(Node(**node) for node in told["nodes"])
        return Cluster(told["slots"], int(told["queued"]), nodes, told["problem"])
    except (OSError, ValueError, KeyError, TypeError):
        return Cluster()
