"""Say what became of a run whose Ray job has ended without a last word of its worker."""

import contextlib
import sys
from collections.abc import Callable

from cnnlab.runs.engine.watch import how_it_ended
from cnnlab.runs.far.store import NO_FOLDER_EXIT
from cnnlab.runs.far.watch import follow
from cnnlab.runs.ray.jobs import Job, JobState
from cnnlab.runs.record import TERMINAL, Run, State
from cnnlab.runs.store import Store

NOT_FOUND_EXITS = (126, 127)  # the shell's: the command cannot be run, or does not exist
START_TIMEOUT = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"  # Ray's: others used the cluster for a quarter of an hour
TRIES = 3  # how often a job is sent that fails before its command begins


def conclude_job(store: Store, run: Run, job: Job, tries: int, is_alive: Callable[[str], bool]) -> None:
    """Record the end of a run whose job has ended, been stopped or been forgotten by the cluster.

    `tries` is how often the run was sent; `is_alive` tells of a machine's id whether it is still in the cluster.
    """
    report = follow(store, run)
    if report is not None and report.state in TERMINAL:
        return
    if store.stop_requested(run.id) is not None:
        store.transition(run.id, State.STOPPED, "Stopped on request; its process had to be ended.")
    elif report is not None:
        store.transition(run.id, *_how_training_ended(store, run, job, is_alive))
    elif job.exit_code is not None:
        _keep_words(store, run, job.words)
        store.transition(run.id, State.FAILED, _why_nothing_began(store, run, job))
    elif job.state == JobState.GONE or job.error == START_TIMEOUT or tries < TRIES:
        store.transition(run.id, State.QUEUED, source=State.STARTING)
    else:
        store.transition(run.id, State.FAILED, f"The cluster could not start the training: {_first_line(job.words)}")


def _how_training_ended(store: Store, run: Run, job: Job, is_alive: Callable[[str], bool]) -> tuple[State, str]:
    on = f" on {run.node}" if run.node else ""
    if job.state == JobState.GONE:
        return (
            State.LOST,
            "The Ray cluster was restarted and does not know this training any more; resume it to go on from its last "
            "epoch.",
        )
    if job.exit_code is not None:
        return State.FAILED, how_it_ended(store, run, job.exit_code)
    if job.state == JobState.STOPPED:
        return State.FAILED, f"Its job{on} had to be ended: it had its time, or somebody stopped it in the cluster."
    if job.node and not is_alive(job.node):
        return (
            State.LOST,
            f"The machine {run.node or job.node[:8]} left the cluster while it trained; resume the run to go on from "
            "its last epoch on another one.",
        )
    return State.FAILED, f"The cluster ended the training{on}: {_first_line(job.words)}"


def _why_nothing_began(store: Store, run: Run, job: Job) -> str:
    where = f"The machine {run.node}" if run.node else "A machine of the cluster"
    if job.exit_code == NO_FOLDER_EXIT:
        return _last_line(job.words)
    if job.exit_code in NOT_FOUND_EXITS:
        return (
            f"{where} cannot start {sys.executable} (exit code {job.exit_code}); install CNN Lab at the same path on "
            "every machine of the cluster."
        )
    return how_it_ended(store, run, job.exit_code or 0)


def _keep_words(store: Store, run: Run, words: str) -> None:
    """Put what the command wrote before it could write into the run's log there."""
    with contextlib.suppress(OSError), (store.folder(run.id) / "worker.log").open("a") as log:
        log.write(words + "\n")


def _first_line(words: str) -> str:
    return next((line.strip()[:500] for line in words.splitlines() if line.strip()), "it does not say why.")


def _last_line(words: str) -> str:
    return _first_line("\n".join(reversed(words.splitlines())))
