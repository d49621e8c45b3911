"""The recorded run on the training page: everybody reads it, compares with it, takes it along; nothing changes it."""

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.runs.record import RECORDED
from cnnlab.runs.store import Store
from cnnlab.runs.store.recorded import recorded
from cnnlab.ui.session import services
from tests.app.driving import SHELL, file_of_run, keyed, labelled, mine, open_page, place_of, text_of, trigger
from tests.app.run.test_runs import buttons
from tests.app.run.test_training import finished

PARTS = ("Curves", "My picture", "Where is it wrong?", "Health", "Compare")


def opened(**session: Any) -> AppTest:
    app = open_page("training", **session)
    app.query_params["run"] = RECORDED
    return app.run()


def test_a_newcomer_sees_it_marked_as_recorded() -> None:
    app = open_page("training")
    said = text_of(app)
    assert "No training yet" in said
    assert "Recorded run, 16 epochs on the silhouettes, 2 threads of an ordinary machine." in said
    assert app.selectbox(key="run_choice").options == ["recorded run"]


def test_the_first_training_stands_where_the_recorded_one_stood(store: Store) -> None:
    # Streamlit redraws by position: elsewhere it would stand beside the old one until the page is drawn.
    app = open_page("training")
    before = place_of(app, "run_status")
    finished(store)
    app.run()
    assert "No training yet" not in text_of(app)
    assert place_of(app, "run_status") == before


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_read(part: str) -> None:
    app = opened(run_part=part)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("teacher", [False, True])
def test_nothing_is_offered_that_would_change_it(teacher: bool) -> None:
    app = opened(is_teacher=teacher)
    offered = buttons(app)
    assert "Duplicate with changes" in offered
    changes = {"Delete it", "Rename it", "Stop", "Pause", "Start it again", "Go on from its last epoch"}
    assert offered.isdisjoint(changes)


def test_an_own_run_comes_before_it_and_can_be_compared_with_it(store: Store) -> None:
    run_id = finished(store)
    app = open_page("training", run_part="Compare", compared=[RECORDED])
    assert mine(app).run_id == run_id
    assert not app.exception
    assert "recorded run" in text_of(keyed(app, "compare_table")).lower()
    assert app.selectbox(key="run_choice").options[-1] == "recorded run"


def test_it_can_be_taken_along_without_what_it_has_not(downloads: dict[str, Any]) -> None:
    opened()
    assert set(downloads) == {"Report (.html)", "Curves as CSV", "Notebook", "Pictures (.zip)"}
    assert f"{recorded().spec.epochs}," in downloads["Curves as CSV"]
    assert "silhouettes" in downloads["Report (.html)"]()
    assert downloads["Notebook"]()
    with zipfile.ZipFile(io.BytesIO(file_of_run(RECORDED, ".zip")[1])) as archive:
        assert f"{RECORDED}/metrics.jsonl" in archive.namelist()


def test_what_is_started_from_it_has_its_settings_and_a_name_of_its_own(store: Store) -> None:
    app = opened()
    labelled(app.button, "Duplicate with changes").click().run()
    labelled(app.button, "Start training").click().run()
    (run,) = store.runs()
    assert replace(run.spec, name="", threads=2) == replace(recorded().spec, name="")
    assert run.spec.name == "silhouettes"


def test_its_mistakes_are_looked_at_with_the_shipped_weights() -> None:
    app = opened(run_part="Where is it wrong?")
    trigger(app, "answered_pictures", "picked", "0")
    assert app.session_state["weights_source"] == "demo"


def test_it_stays_while_the_home_is_gone(home: Path) -> None:
    services.store()
    shutil.rmtree(home)
    app = AppTest.from_file(str(SHELL), default_timeout=60).run()
    app.query_params["run"] = RECORDED
    app.switch_page("../../pages/training.py").run()
    assert not app.exception
    assert "Recorded run, 16 epochs" in text_of(app)
