"""Machines are told whether visitors can come, and why not; nothing in it says who was here."""

import json
from pathlib import Path

import pytest
from starlette.requests import Request

from cnnlab.processes.home.faults import GONE, READ_ONLY
from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from cnnlab.ui.app import readiness
from cnnlab.ui.app.readiness import send_readiness
from cnnlab.ui.session import services
from tests.unit.runs.store.test_store import SPEC


def told() -> tuple[int, dict]:
    answer = send_readiness(Request({"type": "http"}))
    return answer.status_code, json.loads(bytes(answer.body))


def test_an_idle_server_is_ready_and_says_how_full_it_is(store: Store) -> None:
    store.create(SPEC, State.QUEUED)
    status, said = told()
    assert status == 200
    assert said["ready"]
    assert said["problem"] is None
    assert said["trainings"] == {"slots": services.settings().slots, "running": 0, "queued": 1}
    assert said["processes"] == {"inside": "resting", "decoders": 0}
    assert 0 <= said["disk"]["used_mb"] < said["disk"]["limit_mb"] == services.settings().max_disk_mb


def test_a_home_that_is_gone_or_cannot_be_written_is_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services.store()
    for problem in (GONE, READ_ONLY):
        monkeypatch.setattr(readiness, "home_problem", lambda _home, said=problem: said)
        status, said = told()
        assert (status, said["ready"], said["problem"]) == (503, False, problem)


def test_a_server_without_a_free_descriptor_takes_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "is_full", lambda: True)
    assert told()[0] == 503
