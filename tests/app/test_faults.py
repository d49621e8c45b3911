"""What is wrong with the server's disk is one sentence on the pages, leaves nothing behind, and passes by itself."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnlab.processes.home import files
from cnnlab.processes.home.faults import DAMAGED, FULL, GONE, LOCKED, READ_ONLY
from cnnlab.runs.record import State
from cnnlab.runs.store import Store, database, faults
from cnnlab.ui.parts import faults as said
from cnnlab.ui.session import services
from tests.app.driving import NAMES, go_to, labelled, open_page, text_of
from tests.app.run.test_runs import VISITOR, own
from tests.app.run.test_training import finished, start, started

Fault = Callable[[Path], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def gone(home: Path) -> Iterator[None]:
    """Take the whole home away, as when a share is unmounted, and let nothing make another one."""
    away = home.with_name(f"{home.name}-away")
    home.rename(away)
    home.touch()
    try:
        yield
    finally:
        home.unlink()
        away.rename(home)


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the record as a program does that lets nobody read either."""
    services.store().close()
    with contextlib.closing(sqlite3.connect(home / "runs.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def read_only(home: Path) -> Iterator[None]:
    """Let nobody write below the home; the superuser who runs the tests would not be refused otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        real = database.connect

        def connect(path: Path, patience: float, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
            connection = real(path, patience, prepare)
            connection.execute("PRAGMA query_only = 1")
            return connection

        services.store().close()
        patch.setattr(database, "connect", connect)
        patch.setattr("cnnlab.processes.home.faults.home_problem", lambda _: READ_ONLY)
        patch.setattr("cnnlab.runs.engine.local.home_problem", lambda _: READ_ONLY)
        _refuse(patch, errno.EROFS)
        yield
    services.store().close()


@contextlib.contextmanager
def full(home: Path) -> Iterator[None]:
    """Let there be no room for anything new."""
    with pytest.MonkeyPatch.context() as patch:
        _refuse(patch, errno.ENOSPC)
        yield


def _refuse(patch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_args: Any, **_options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    patch.setattr(Path, "mkdir", refuse)
    patch.setattr(files, "write_json", refuse)
    patch.setattr("cnnlab.runs.record.control.write_json", refuse)
    patch.setattr("cnnlab.runs.store.folders.write_json", refuse)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PATIENCE", 0.05)
    services.store.clear()


def everything_said(app: Any) -> str:
    return text_of(app) + "".join(error.value for error in app.error)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(("fault", "sentence"), [(gone, GONE), (locked, LOCKED), (read_only, READ_ONLY), (full, FULL)])
def test_every_page_stands_through_a_fault_and_is_as_before_afterwards(home: Path, fault: Fault, sentence: str) -> None:
    run_id = own(services.store(), finished(services.store()))
    app = open_page("home", **VISITOR)
    before = {path.relative_to(home) for path in home.rglob("*")}
    with fault(home):
        for name in NAMES:
            go_to(app, name)
            assert not app.exception, name
            if name in ("training", "feature_maps", "convolution") and fault in (gone, locked):
                assert everything_said(app).count(sentence) == 1, name
        go_to(app, "training")
        start(app)
        assert not app.exception
        assert sentence in everything_said(app)
    runs = home / "runs"
    assert {path.name for path in runs.iterdir()} == {run_id}
    assert {path for path in before if path.parts[0] == "runs"} <= {path.relative_to(home) for path in home.rglob("*")}
    go_to(app, "training")
    assert not app.exception
    assert sentence not in everything_said(app)
    assert app.selectbox(key="run_choice").value == run_id
    start(app)
    assert len(services.store().in_state(State.QUEUED)) == 1


@pytest.mark.parametrize(("fault", "sentence"), [(gone, GONE), (locked, LOCKED), (read_only, READ_ONLY), (full, FULL)])
def test_no_button_of_a_run_breaks_on_a_fault(home: Path, fault: Fault, sentence: str) -> None:
    run_id = own(services.store(), started(services.store()))
    app = open_page("training", **VISITOR)
    for button in ("Pause", "Change it", "Stop"):
        with fault(home):
            labelled(app.button, button).click().run()
            assert not app.exception
            assert button == "Stop" or sentence in everything_said(app)
        app.run()
        assert not app.exception
    assert services.store().get(run_id).state == State.RUNNING


def test_a_record_damaged_under_the_pages_is_said_once_and_then_whole(home: Path) -> None:
    run_id = finished(services.store())
    app = open_page("training")
    with services.store()._cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for end in ("-wal", "-shm"):
        (home / f"runs.sqlite{end}").unlink(missing_ok=True)
    data = (home / "runs.sqlite").read_bytes()
    (home / "runs.sqlite").write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    app.run()
    assert not app.exception
    assert app.run().selectbox(key="run_choice").value == run_id
    assert DAMAGED not in text_of(app)


def test_a_page_with_a_fault_is_drawn_again_by_itself(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(services.store())
    drawn: list[float] = []
    monkeypatch.setattr(said, "_try_again", drawn.append)
    with gone(home):
        open_page("training")
    assert len(drawn) == 1
    reruns: list[bool] = []
    monkeypatch.undo()
    monkeypatch.setattr("streamlit.rerun", lambda: reruns.append(True))
    said._try_again(drawn[0] + 1e6)
    assert reruns == []
    said._try_again(drawn[0] - said.RETRY_SECONDS)
    assert reruns == [True]


def test_a_store_opened_while_its_record_is_locked_works_later(home: Path) -> None:
    first = Store(home)
    run_id = finished(first)
    first.close()
    with locked(home):
        late = Store(home, patience=0.05)
        with pytest.raises(faults.StoreFault, match="Another program holds"):
            late.get(run_id)
    assert late.get(run_id).state == State.FINISHED
    late.close()
