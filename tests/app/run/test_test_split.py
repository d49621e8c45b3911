"""The test of a run is opened once, by whose run it is, and the page says what its number is worth."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.training.answers import Answers
from cnnlab.runs.record.findings import write_answers
from cnnlab.runs.record.test_split import OPENED, SEALED, opened_at
from cnnlab.runs.store import Store
from tests.app.driving import file_of_run, keyed, labelled, open_page, text_of
from tests.app.run.test_runs import VISITOR, buttons, own, queued, recorded
from tests.app.run.test_training import SPEC, start

TESTED = replace(SPEC, name="tested", test_split=True)
LABELS = np.repeat([0, 1], 10)


def ended_with_test(store: Store, right: int = 18) -> str:
    """Record a finished run of this visitor, whose network answers so many of 20 test pictures right."""
    run_id = own(store, recorded(store, TESTED))
    outputs = np.where(np.arange(20) < right, LABELS, 1 - LABELS)[:, None].astype(float)
    write_answers(store.folder(run_id) / SEALED, Answers(("cats", "dogs"), LABELS, outputs, ("x",) * 20))
    return run_id


def view(run_id: str) -> AppTest:
    """Open the page on a run, in the browser whose run it is."""
    app = open_page("training", **VISITOR)
    app.query_params["run"] = run_id
    return app.run()


def test_a_training_is_started_with_a_test_split(store: Store) -> None:
    app = open_page("training")
    labelled(app.toggle, "Keep a test split apart").set_value(True).run()
    start(app)
    assert queued(store).test_split


def test_it_is_sealed_until_its_owner_opens_it_and_the_number_comes_with_its_interval(store: Store) -> None:
    run_id = ended_with_test(store)
    app = view(run_id)
    assert "Test accuracy" not in text_of(app)
    labelled(app.button, "Open the test").click().run()
    assert not app.exception
    said = text_of(keyed(app, "run_test"))
    assert "Test accuracy 90.0%" in said
    assert "on 20 pictures" in said
    assert "a second validation" in said
    assert "Open the test" not in buttons(app)
    assert opened_at(store.folder(run_id))
    assert "other test" not in said


def test_others_do_not_open_it_whatever_they_send(store: Store) -> None:
    run_id = ended_with_test(store)
    app = open_page("training")
    assert "Open the test" not in buttons(app)
    assert "opens its test" in text_of(app)
    assert opened_at(store.folder(run_id)) is None


def test_tests_that_were_opened_before_on_the_same_data_are_counted(store: Store) -> None:
    for right in (15, 16):
        labelled(view(ended_with_test(store, right)).button, "Open the test").click().run()
    app = view(ended_with_test(store))
    labelled(app.button, "Open the test").click().run()
    said = text_of(keyed(app, "run_test"))
    assert "2 other tests on this data set were opened before" in said
    assert "best of 3" in said


def test_a_training_that_went_on_after_its_test_has_none(store: Store) -> None:
    run_id = ended_with_test(store)
    (store.folder(run_id) / OPENED).write_text('{"at": 5}')
    assert "went on after its test was opened" in text_of(keyed(view(run_id), "run_test"))


def test_a_comparison_shows_the_tests_that_are_open(store: Store) -> None:
    both = [ended_with_test(store), ended_with_test(store, 12)]
    labelled(view(both[1]).button, "Open the test").click().run()
    app = open_page("training", run_part="Compare", compared=both)
    assert "test accuracy sealed 60.0%" in text_of(keyed(app, "compare_table"))
    labelled(app.toggle, "Smooth the curves").set_value(True).run()
    assert not app.exception
    assert "rings are its lowest and its highest" in text_of(app)


@pytest.mark.parametrize("opened", [False, True])
def test_everything_of_a_run_holds_its_test_only_once_it_is_open(store: Store, opened: bool) -> None:
    run_id = ended_with_test(store)
    app = view(run_id)
    if opened:
        labelled(app.button, "Open the test").click().run()
    with zipfile.ZipFile(io.BytesIO(file_of_run(run_id, ".zip")[1])) as archive:
        assert any(name.endswith(f"/{SEALED}") for name in archive.namelist()) is opened
