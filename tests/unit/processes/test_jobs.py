"""Jobs on data sets take turns: few at once, few for each browser and address, and the oldest of the fewest first."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from cnnlab.processes.data import jobs as module
from cnnlab.processes.data.jobs import STOPPED, Asker, Job, Jobs, JobsError

SLEEPING = [sys.executable, "-c", "import time; time.sleep(30)"]
ME, NEIGHBOUR, OTHER = Asker("me", "here"), Asker("neighbour", "here"), Asker("other", "there")


@pytest.fixture
def held() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def start(held: Jobs, key: str, asker: Asker, leftover: Path | None = None) -> Job:
    return held.start(key, SLEEPING, dict(os.environ), asker, leftover)


def test_thirty_archives_of_one_browser_are_four_jobs_and_two_processes(held: Jobs, tmp_path: Path) -> None:
    files = [tmp_path / str(i) for i in range(30)]
    for i, file in enumerate(files):
        file.touch()
        with pytest.raises(JobsError, match="4 data sets of yours are waiting already") if i >= 4 else nullcontext():
            start(held, file.name, ME, file)
    assert sum(file.exists() for file in files) == 4
    assert sum(not job.is_waiting for job in held._jobs.values()) == 2
    assert held.ahead_of(held._jobs["3"]) == 3


def test_an_address_of_many_browsers_has_a_bound_too(held: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OF_ADDRESS", 3)
    for i in range(3):
        start(held, str(i), Asker(str(i), "here"))
    with pytest.raises(JobsError, match="Too many data sets"):
        start(held, "4", NEIGHBOUR)
    assert not start(held, "5", OTHER).state.refused


def test_the_next_is_one_of_the_address_and_browser_with_the_fewest(held: Jobs) -> None:
    first, second = start(held, "1", ME), start(held, "2", ME)
    mine, near, far = start(held, "3", ME), start(held, "4", NEIGHBOUR), start(held, "5", OTHER)
    first.cancel()
    first.wait(10)
    assert [job.is_waiting for job in (mine, near, far)] == [True, True, False]
    far.cancel()
    far.wait(10)
    assert [job.is_waiting for job in (mine, near)] == [True, False]
    second.cancel()
    second.wait(10)
    assert not mine.is_waiting


def test_a_job_cancelled_while_it_waits_leaves_no_file(held: Jobs, tmp_path: Path) -> None:
    file = tmp_path / "upload"
    file.touch()
    start(held, "1", ME), start(held, "2", ME)
    waiting = start(held, "3", ME, file)
    waiting.cancel()
    assert (waiting.state.running, waiting.state.refused) == (False, STOPPED)
    assert not file.exists()


def test_what_has_ended_is_forgotten_in_the_end(held: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    for i in range(4):
        job = held.start(str(i), [sys.executable, "-c", ""], dict(os.environ))
        job.wait(10)
    assert list(held._jobs) == ["2", "3"]


def test_a_process_that_cannot_start_is_a_sentence(held: Jobs) -> None:
    job = held.start("1", ["/no/such/program"], {})
    assert job.wait(10).refused == module.FAILED


def test_what_cannot_be_taken_away_keeps_no_place(tmp_path: Path) -> None:
    def clear(pid: int) -> None:
        cleared.append(pid)
        tmp_path.unlink()  # a folder

    cleared: list[int] = []
    with closing(Jobs(clear)) as held:
        killed = held.start("1", [sys.executable, "-c", "raise SystemExit(1)"], dict(os.environ), ME, tmp_path)
        assert killed.wait(60).refused == module.FAILED
        assert cleared
        first, second = start(held, "2", ME, tmp_path), start(held, "3", ME)
        waiting = start(held, "4", ME, tmp_path)
        waiting.cancel()
        first.cancel()
        assert [job.wait(60).refused for job in (waiting, first)] == [STOPPED, STOPPED]
        assert not start(held, "5", ME).is_waiting
        assert second.state.running


def test_a_job_that_two_wait_for_ends_when_both_have_left_it(held: Jobs) -> None:
    job = start(held, "folder", ME)
    assert start(held, "folder", OTHER) is job
    assert not job.leave(OTHER)
    assert job.state.running
    assert not job.is_waited_for_by(OTHER)
    assert job.is_waited_for_by(ME)
    assert start(held, "folder", OTHER) is job
    assert not job.leave(ME)
    assert job.leave(OTHER)
    assert job.wait(10).refused == STOPPED
