"""Bring runs back into their record from what their folders tell: each holds its run's whole story."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnnlab.core.training.story import Story
from cnnlab.processes.home.files import read_json
from cnnlab.processes.marks import lock
from cnnlab.runs.record import TERMINAL, RunError, RunSpec, State
from cnnlab.runs.record.events import read_events
from cnnlab.runs.store.folders import RECORD, RUN_ID
from cnnlab.runs.store.schema import columns_of

WAIT = 10.0  # seconds for another process that does the same
_LOST = "The record of the trainings was damaged while this one went on, so its end is unknown; resume the run."


@contextlib.contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """Let one process make the record anew; raise TimeoutError if another does for too long."""
    held = lock(home / "recover.lock", wait=WAIT)
    if held is None:
        raise TimeoutError("another program is making the record anew")
    with held:
        yield


def bring_back(connection: sqlite3.Connection, home: Path) -> list[str]:
    """Enter every run whose folder is there and that the record does not know, the oldest first.

    Returns the ids of those whose folders do not say what was trained.
    """
    known = {row["id"] for row in connection.execute("SELECT id FROM runs")}
    names = columns_of(connection)
    found, unreadable = [], []
    for folder in (home / "runs").iterdir():
        if RUN_ID.fullmatch(folder.name) and folder.is_dir() and folder.name not in known:
            try:
                found.append(facts_of(folder))
            except RunError:
                unreadable.append(folder.name)
    for facts in sorted(found, key=lambda facts: (facts["created"], facts["id"])):
        told = {name: value for name, value in facts.items() if name in names}
        # Whoever launches a run right now makes its folder first.
        connection.execute(
            f"INSERT OR IGNORE INTO runs ({', '.join(told)}) VALUES ({', '.join('?' * len(told))})",
            tuple(told.values()),
        )
    return sorted(unreadable)


def facts_of(folder: Path) -> dict[str, Any]:
    """Return the record of a run as its folder tells it, by column; raise `RunError` if it does not."""
    told = read_json(folder / "run.json")
    spec = RunSpec.from_dict(told.get("spec") or {})
    record = told.get(RECORD)
    record = {name: value for name, value in record.items() if _is_plain(value)} if isinstance(record, dict) else {}
    state, message, finished = _end_of(folder, told, record)
    return {
        **record,
        "id": folder.name,
        "spec": json.dumps(spec.to_dict()),
        "state": state,
        "message": message,
        "finished": finished,
        "created": _number(told.get("created")) or _created(folder.name),
    }


def _end_of(folder: Path, told: dict[str, Any], record: dict[str, Any]) -> tuple[State, str | None, float | None]:
    """Return state, sentence and end of a run; one of an older version notes in its folder only how it ended."""
    ended = _number(told.get("finished")) or _changed(folder / "metrics.jsonl") or time.time()
    with contextlib.suppress(ValueError):
        state = State(str(record.get("state") or told.get("state")))
        if record or state in TERMINAL:
            return state, told.get("message") or None, ended if state in TERMINAL else None
    events = read_events(folder / "metrics.jsonl")[0]
    end = Story(events).end or {}
    if end.get("state") in TERMINAL:
        return State(end["state"]), end.get("message"), ended
    return (State.LOST, _LOST, ended) if events else (State.QUEUED, None, None)


def _created(run_id: str) -> float:
    with contextlib.suppress(ValueError):
        return datetime.strptime(run_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()
    return time.time()


def _changed(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
