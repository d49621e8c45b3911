"""Talk to a Ray cluster through its jobs service; the only module that imports ray, and only when it connects."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar
from urllib.request import urlopen

from cnnlab.core.words import Refusal
from cnnlab.runs.engine.watch import KILL_AFTER, TERM_AFTER
from cnnlab.runs.far.store import Node

SECONDS = 10.0  # for one answer of the cluster
MOST_NODES = 1000
RAYS_OWN = ("Running entrypoint for job ", "\tINFO job_manager.py:")
_T = TypeVar("_T")


class ClusterUnreachable(Refusal):
    """Say in one sentence that the cluster does not answer as it should."""


class JobState(StrEnum):
    """Name where a job stands; `gone` is one that the cluster does not know."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True)
class Job:
    """Hold what the cluster says of one job; `node` is the id of its machine, `words` what Ray says or the job wrote.

    `exit_code` is that of its command (negative: the signal), None if the command did not end by itself; `error` is
    Ray's name for what went wrong.
    """

    state: JobState
    node: str = ""
    exit_code: int | None = None
    words: str = ""
    error: str = ""


class RayJobs:
    """Submit, watch and stop the jobs of the cluster at `address` (http://HOST:PORT of its dashboard)."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._client: Any = None

    def submit(
        self, job: str, command: Sequence[str], env: Mapping[str, str], cpus: int, gpus: int, memory: int
    ) -> None:
        """Queue a command under the name `job`; it asks for so many CPUs, GPUs and bytes of memory."""
        # exec: the signal that stops the job must reach the command, and its exit code must be the job's.
        self._ask(
            lambda client: client.submit_job(
                submission_id=job,
                entrypoint=f"exec {shlex.join(command)}",
                runtime_env={"env_vars": {**env, "RAY_JOB_STOP_WAIT_TIME_S": str(round(KILL_AFTER - TERM_AFTER))}},
                entrypoint_num_cpus=cpus,
                entrypoint_num_gpus=gpus or None,
                entrypoint_memory=memory,
            )
        )

    def job(self, name: str) -> Job:
        """Return where a job stands."""
        told = self._ask(lambda client: client.get_job_info(name), unknown=None)
        if told is None:
            return Job(JobState.GONE)
        return Job(
            JobState(told.status.value.lower()),
            told.driver_node_id or "",
            told.driver_exit_code,
            own_words(told.message or ""),
            str(getattr(told.error_type, "value", told.error_type) or ""),
        )

    def stop(self, name: str) -> None:
        """Ask a job to end: by SIGTERM, and after ten seconds by SIGKILL; one that is unknown is no error."""
        self._ask(lambda client: client.stop_job(name), unknown=None)

    def nodes(self) -> tuple[Node, ...]:
        """Return the machines that are alive."""
        answer = self._ask(
            lambda client: client._do_request("GET", f"/api/v0/nodes?detail=1&limit={MOST_NODES}").json()
        )
        try:
            rows = answer["data"]["result"]["result"]
            return tuple(_node(row) for row in rows if row["state"] == "ALIVE")
        except (KeyError, TypeError) as error:
            raise ClusterUnreachable(self._sentence(error)) from error

    def _ask(self, question: Callable[[Any], _T], **unknown: _T) -> _T:
        """Return the answer to a question; `unknown` is the answer if the cluster does not know the job."""
        try:
            if self._client is None:
                self._client = self._connect()
            return question(self._client)
        except Exception as error:  # requests, aiohttp, json and Ray each have their own
            if "unknown" in unknown and "status code 404" in str(error):
                return unknown["unknown"]
            self._client = None
            raise ClusterUnreachable(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> str:
        reason = getattr(error, "reason", error)
        why = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
        return (
            f"The Ray cluster at {self._address} does not answer as it should ({' '.join(str(why).split())[:160]}); "
            "start it, or set CNNLAB_RAY_ADDRESS to where its dashboard is. Trainings that wait start then."
        )

    def _connect(self) -> Any:
        # Ray's client waits for ever for a machine that does not answer; this does not.
        with urlopen(f"{self._address}/api/version", timeout=SECONDS):
            pass
        from ray.job_submission import JobSubmissionClient

        client = JobSubmissionClient(self._address)
        client._do_request = partial(client._do_request, timeout=SECONDS)
        return client


def own_words(message: str) -> str:
    """Return what a command wrote, without what Ray writes around it; any other message as it is."""
    head, _, log = message.partition("last available logs (truncated to 20,000 chars):\n")
    lines = (log if head != message else message).splitlines()
    # Ray's line about the command can come after the command's own.
    return "\n".join(line for line in lines if not any(mark in line for mark in RAYS_OWN))


def _node(row: Mapping[str, Any]) -> Node:
    has = row["resources_total"]
    return Node(
        row["node_id"], row["node_name"] or row["node_ip"], has.get("CPU", 0), has.get("GPU", 0), has.get("memory", 0)
    )
