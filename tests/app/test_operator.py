"""The operator's page: nothing without the key; with it what the server holds, and how to make room."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from cnnlab.ui.app import operator
from cnnlab.ui.app.operator import sessions
from tests.app.driving import html_of, labelled, open_page, text_of
from tests.unit.runs.store.test_store import SPEC

KEY = "a key of a teacher"

pytestmark = pytest.mark.usefixtures("no_inference")


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", KEY)


def unlocked() -> AppTest:
    return open_page("operator", is_teacher=True)


def test_without_a_key_on_the_server_it_says_how_to_have_one() -> None:
    app = open_page("operator", is_teacher=True)
    assert "start the server with CNNLAB_TEACHER_KEY set" in text_of(app)
    assert not app.button


@pytest.mark.usefixtures("key")
def test_nobody_sees_anything_before_the_key_is_given(store: Store) -> None:
    run = store.create(SPEC, State.QUEUED)
    app = open_page("operator")
    assert "the teacher's key opens it" in text_of(app)
    assert run.spec.name not in html_of(app)
    assert [field.label for field in app.text_input] == ["The teacher's key"]
    app.text_input[0].set_value(KEY).run()
    assert "Ready for visitors." in text_of(app)


@pytest.mark.usefixtures("key")
def test_processes_trainings_disk_and_limits_stand_there_and_the_key_does_not(store: Store, home: Path) -> None:
    store.create(SPEC, State.QUEUED)
    (home / "exports").mkdir()
    app = unlocked()
    assert not app.exception
    said = text_of(app)
    queue = "0 of 1 places taken; 1 training waits"
    for expected in ("serves the pages", "all together", queue, "max_epochs", "exports"):
        assert expected in said, expected
    assert KEY not in str(app.main)


@pytest.mark.usefixtures("key")
def test_a_training_and_all_trainings_are_stopped(store: Store) -> None:
    runs = [store.create(SPEC, State.QUEUED).id for _ in range(3)]
    app = unlocked()
    app.button(key="operator_stop_0").click().run()
    assert sorted(store.get(run).state for run in runs) == [State.QUEUED, State.QUEUED, State.STOPPED]
    labelled(app.button, "Stop all 2").click().run()
    assert {store.get(run).state for run in runs} == {State.STOPPED}
    assert not app.exception


@pytest.mark.usefixtures("key")
def test_exports_are_deleted_and_nothing_else(home: Path) -> None:
    for name in ("exports/a.zip", "data/b.zip"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"zip")
    labelled(unlocked().button, "Delete exported data sets").click().run()
    assert not (home / "exports/a.zip").exists()
    assert (home / "data/b.zip").exists()


def test_tabs_are_counted_only_where_a_server_runs() -> None:
    assert sessions() == 0
    assert operator.SECRET == ("teacher_key",)
