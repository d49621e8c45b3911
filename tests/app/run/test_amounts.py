"""A series says how far it is and how long each network was trained, drops models on demand, and fits an exercise."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.amounts import amount_trainings
from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from cnnlab.ui.training.launch import amounts as launching
from tests.app.driving import keyed, labelled, open_page, text_of
from tests.app.run.test_runs import VISITOR, buttons, own, recorded
from tests.app.run.test_training import SPEC


def series(store: Store) -> list[str]:
    """Record an ended series of this visitor: two sizes, both kinds, one seed."""
    made = amount_trainings(SPEC, SPEC.network, shipped(96), (10, 25), 2, 1, "one")
    ids = [own(store, recorded(store, spec)) for spec in made]
    for run_id, spec in zip(ids, made, strict=True):
        told = store.folder(run_id) / "metrics.jsonl"
        start = {"type": "start", "samples": 2 * (spec.train_per_class or 0), "classes": ["cats", "dogs"]}
        told.write_text(f"{json.dumps(start)}\n{told.read_text()}")
    return ids


def shown(run_id: str) -> AppTest:
    """Open the page on a run, in the browser whose runs these are."""
    app = open_page("training", **VISITOR)
    app.query_params["run"] = run_id
    return app.run()


def test_it_says_how_long_each_network_was_trained_and_lists_each_seed_once(store: Store) -> None:
    ids = series(store)
    app = shown(ids[0])
    said = text_of(keyed(app, "amounts"))
    assert "4 of 4 trainings" in said
    assert "The own network trained for 2 epochs, the head on the trunk for 30 epochs." in said
    labels = app.selectbox(key="series_run").options
    assert all(label.count("seed 0") == 1 for label in labels), labels
    assert all(label.count("seed 0") <= 1 for label in app.selectbox(key="run_choice").options)


def test_the_other_models_are_dropped_and_the_curves_stay(store: Store) -> None:
    ids = series(store)
    app = shown(ids[1])
    (drop,) = [b for b in app.button if b.label.startswith("Keep the numbers, drop the other models (")]
    drop.click().run()
    assert not app.exception
    assert {run_id for run_id in ids if store.model_path(run_id).exists()} == {ids[1]}
    assert "4 of 4 trainings" in text_of(keyed(app, "amounts"))
    assert not [label for label in buttons(app) if label.startswith("Keep the numbers")]
    app = shown(ids[0])
    assert not app.exception
    assert "See its feature maps" not in buttons(app)
    assert "Go on from its last epoch" not in buttons(app)


def test_a_series_that_was_stopped_before_anything_finished_promises_nothing(store: Store) -> None:
    made = amount_trainings(SPEC, SPEC.network, shipped(96), (10,), 2, 1, "one")
    ids = [store.create(spec).id for spec in made]
    assert "The first numbers come soon." in text_of(keyed(shown(ids[0]), "amounts"))
    for run_id in ids:
        store.transition(run_id, State.STOPPED)
    said = text_of(keyed(shown(ids[0]), "amounts"))
    assert "2 of 2 trainings have ended. None of them has finished." in said


def test_what_is_somebody_elses_is_not_dropped(store: Store) -> None:
    ids = series(store)
    app = open_page("training")
    app.query_params["run"] = ids[0]
    app.run()
    assert "4 of 4" in text_of(keyed(app, "amounts"))
    assert not [label for label in buttons(app) if label.startswith("Keep the numbers")]
    assert all(store.model_path(run_id).exists() for run_id in ids)


@pytest.mark.parametrize(("left", "sizes"), [(5, 3), (2, 2)])
def test_an_exercise_that_leaves_few_trainings_gets_a_smaller_series_of_the_own_network(
    store: Store, monkeypatch: pytest.MonkeyPatch, left: int, sizes: int
) -> None:
    monkeypatch.setattr(launching, "trainings_left", lambda: left)
    monkeypatch.setattr(launching, "at_work", lambda: object())
    app = open_page("training")
    assert f"The exercise leaves {left} trainings, so fewer sizes are asked for, with one seed." in text_of(app)
    labelled(app.button, "How much data do you need?").click().run()
    assert not app.exception
    queued = store.in_state(State.QUEUED)
    assert len(queued) == sizes
    assert all(run.spec.trunk is None for run in queued)


def test_an_exercise_that_leaves_one_training_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "trainings_left", lambda: 1)
    app = open_page("training")
    assert "The exercise leaves 1 training, and the question how much data is needed takes 2 or more." in text_of(app)
    button = labelled(app.button, "How much data do you need?")
    assert button.disabled
    button.proto.disabled = False  # as a hand-made message would
    button.click().run()
    assert not app.exception
    assert not store.in_state(State.QUEUED)
