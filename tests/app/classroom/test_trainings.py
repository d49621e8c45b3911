"""Trainings of an exercise: within its limits, with its seed, entered in the student's work."""

from dataclasses import replace

import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

from cnnlab.core.classroom.exercise import Exercise, Limits
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.record import RunError, RunSpec, State
from cnnlab.runs.store import Store
from cnnlab.ui.session import services
from tests.app.classroom.conftest import Opened, begun, link_to, press
from tests.app.classroom.test_work import record, work
from tests.app.driving import go_to, text_of
from tests.unit.classroom.exercise_files import lasting as exercise


def on_training(opened: Opened, one: Exercise, **limits: int) -> AppTest:
    """Return the page of trainings as a student of an exercise with these limits has it."""
    return go_to(begun(opened(link_to(replace(one, limits=Limits(**limits))))), "training")


def free(**changes: object) -> Exercise:
    """Return the exercise of the files with small trainings and nothing locked."""
    begin = replace(exercise().begin, training={"epochs": 2, "image_size": 40, "learning_rate": 0.01})
    return replace(exercise(), begin=begin, only={}, **changes)


def specs(store: Store) -> list[RunSpec]:
    """Return every training that was queued, the newest first."""
    return [run.spec for run in store.runs()]


def start(app: AppTest) -> AppTest:
    return press(app, "Start training")


def test_a_training_is_entered_with_the_seed_and_the_minutes_of_the_exercise(opened: Opened, store: Store) -> None:
    app = start(on_training(opened, free(), minutes=3, trainings=2))
    (spec,) = specs(store)
    assert (spec.seed, spec.minutes, spec.epochs, spec.learning_rate) == (7, 3, 2, 0.01)
    assert record(app).trainings == (store.runs()[0].id,)
    assert "This exercise allows at most 2 trainings (1 started), 3 minutes." in text_of(app.main)


def test_no_more_trainings_start_than_are_allowed(opened: Opened, store: Store) -> None:
    app = start(start(start(on_training(opened, free(), trainings=2))))
    assert "allows 2 trainings a student, and you have started 2" in app.error[0].value
    assert len(specs(store)) == 2 == len(record(app).trainings)


def test_half_an_experiment_is_not_begun(opened: Opened, store: Store) -> None:
    app = on_training(opened, free(), trainings=1)
    experiment = next(button for button in app.button if (button.key or "").startswith("experiment_"))
    wanted = [button for button in app.button if (button.key or "").startswith("experiment_") and not button.disabled]
    assert experiment
    for button in wanted:
        app.button(key=button.key).click()
        app.run()
        if specs(store):
            break
        assert "the exercise allows 1 in all" in app.error[0].value
    assert len(specs(store)) <= 1


def test_epochs_and_parameters_are_bounded(opened: Opened, store: Store) -> None:
    app = on_training(opened, free(), epochs=3, params=1000)
    assert app.number_input(key="epochs").max == 3
    start(app)
    assert "allows 1,000 parameters" in app.error[0].value
    assert not specs(store)
    assert not record(app).trainings


def test_locked_settings_stay_whatever_the_form_is_sent(opened: Opened, store: Store) -> None:
    one = replace(free(), only={"training": ("start", "epochs")})
    app = on_training(opened, one)
    assert app.number_input(key="learning_rate").disabled
    assert not app.number_input(key="epochs").disabled
    app.session_state["learning_rate"], app.session_state["seed"], app.session_state["epochs"] = 0.5, 99, 4
    app.session_state["image_size"] = 60
    app.run()
    start(app)
    (spec,) = specs(store)
    assert (spec.learning_rate, spec.seed, spec.epochs, spec.network.input_shape[:2]) == (0.01, 7, 4, (40, 40))


@pytest.mark.parametrize("button", ["Find a learning rate", "Start training"])
def test_nothing_starts_where_starting_is_locked(opened: Opened, store: Store, button: str) -> None:
    app = on_training(opened, replace(free(), only={"training": ("epochs",)}))
    found = [each for each in app.button if each.label.startswith(button)]
    assert found
    assert found[0].disabled
    assert not specs(store)


def test_a_training_that_is_not_taken_gives_its_place_back(opened: Opened, store: Store) -> None:
    app = on_training(opened, free(), trainings=1)
    app.session_state["epochs"] = 2
    services.settings().home.joinpath("runs").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(services.engine()), "_problem", lambda self, spec: "Not today.")
        start(app)
    assert app.error[0].value == "Not today."
    assert not record(app).trainings
    assert len(specs(store)) == 0
    assert work(app).token
    start(app)
    assert len(specs(store)) == 1


def test_a_training_keeps_the_epochs_of_its_exercise_after_the_student_has_left(opened: Opened, store: Store) -> None:
    start(on_training(opened, free(), epochs=3))
    (run,) = store.runs()
    assert run.spec.epochs_at_most == 3
    store.transition(run.id, State.STOPPED)
    with pytest.raises(RunError, match="The exercise of this training allows 3 epochs, not 4"):
        services.engine().resume(run.id, 4)
    services.engine().resume(run.id, 3)
    assert store.get(run.id).state == State.QUEUED


def test_nothing_borrowed_is_trained_in_an_exercise(opened: Opened, store: Store) -> None:
    app = on_training(opened, free(), trainings=2)
    assert "trunk_kind" not in [control.key for control in app.segmented_control]
    trunk = shipped(96)
    app.session_state["shared"].borrow(trunk, smallest_head(trunk, 2))
    start(app.run())
    assert "stands on a borrowed trunk" in app.error[0].value
    assert not specs(store)


def test_who_is_led_to_the_training_page_leaves_no_warning_in_the_log(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = replace(exercise(), begin=replace(exercise().begin, training={"epochs": 2, "augment": False}))
    app = begun(opened(link_to(made)))
    # Streamlit looks only within a server, and says it once.
    monkeypatch.setattr(policies.runtime, "exists", lambda: True)
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    go_to(app, "training")
    assert app.number_input(key="epochs").value == 2
    assert not app.toggle(key="augment").value
    assert app.number_input(key="image_size").value > 0
    assert "default value" not in caplog.text
