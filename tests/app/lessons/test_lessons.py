"""Lessons without a browser: a step sets the real page, an answer is judged, and leaving gives back what was there."""

from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import augments
from cnnlab.core.exchange.link import encode
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.network import Network
from cnnlab.runs.record import RECORDED
from cnnlab.runs.record.ownership import owner_of
from cnnlab.runs.store import Store
from cnnlab.ui.session import services
from tests.app.driving import (
    DEADLINE,
    SHELL,
    go_to,
    html_of,
    keyed,
    lab,
    labelled,
    mine,
    move,
    open_page,
    step,
    text_of,
    trigger,
)
from tests.app.run.test_training import SPEC

KERNEL = "03-one-kernel"
GERMAN = """+++
title = "Ein Kern"
minutes = 3
+++
## Drei Ebenen
```{go}
page = "data"
```
Ein Kern.
```{goal}
text = "Fertig"
when = "possible"
```
"""
NUMBERS = "02-a-picture-is-numbers"
LESSONS = shelf()
NOWHERE = "There is no lesson of this name here; choose one of the list."

pytestmark = pytest.mark.usefixtures("no_inference")


def entered(lesson: str, number: int = 1) -> AppTest:
    """Return the app as it is when somebody follows the address of a step."""
    app = AppTest.from_file(str(SHELL), default_timeout=DEADLINE)
    app.query_params["lesson"], app.query_params["step"] = lesson, str(number)
    return app.run()


def dock(app: AppTest) -> str:
    return text_of(keyed(app, "lesson_dock"))


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_an_address_leads_to_its_step_on_the_right_page() -> None:
    app = entered(KERNEL, 3)
    assert not app.exception
    assert "A larger window, a smaller map" in dock(app)
    assert "step 3 of 6" in dock(app)
    assert keyed(app, "network_lab")
    assert mine(app).layer.selected == 0


def test_forward_and_back_change_the_page_and_the_address() -> None:
    app = entered(KERNEL, 2)
    press(app, "lesson_next")
    assert keyed(app, "network_lab")
    assert app.query_params["step"] == "3"
    press(app, "lesson_back")
    assert keyed(app, "convolution_view")
    assert app.query_params["lesson"] == KERNEL
    assert app.query_params["step"] == "2"


def test_a_wrong_answer_is_recognised_with_its_slip_and_a_right_one_explained() -> None:
    app = entered(KERNEL, 2)
    field = keyed(app, "lesson_dock").get("text_input")[0]
    field.set_value("150").run()
    assert "would hang over the border" in dock(app)
    assert "n − k + 1 =" not in dock(app)
    keyed(app, "lesson_dock").get("text_input")[0].set_value("148").run()
    assert "Right: 148." in dock(app)
    assert "n − k + 1 = 150 − 3 + 1 = 148" in dock(app)


def test_the_table_hides_what_is_asked_for_until_it_is_answered() -> None:
    app = entered("06-deeper", 2)
    assert "17 × 17 × 64" not in lab(app)["table"]
    keyed(app, "lesson_dock").get("text_input")[0].set_value("17 17 64").run()
    assert "Right" in dock(app)
    assert "17 × 17 × 64" in lab(app)["table"]


def test_an_answer_is_shown_to_whoever_asks_for_it() -> None:
    app = entered(KERNEL, 2)
    next(button for button in app.button if button.label == "Show the answer").click().run()
    assert "It is 148." in dock(app)


def test_a_goal_says_what_is_missing_and_turns_true() -> None:
    app = entered(KERNEL, 3)
    assert "○ Make the map of conv2d 146 columns wide" in dock(app)
    assert ": 148; wanted: 146" in dock(app)
    move(app, "network_lab", {"layer0.kernel_size": 5})
    assert "✓ Make the map of conv2d 146 columns wide" in dock(app)


def test_leaving_gives_back_the_own_network_picture_and_settings() -> None:
    app = open_page("architecture")
    move(app, "network_lab", {"layer0.filters": 8})
    own, picture, augment = mine(app).network, mine(app).picture.reference, mine(app).augment.augmentation
    go_to(app, "lessons")
    trigger(app, "lesson_path", "opened", 8)
    assert mine(app).network == Network.seed()
    press(app, "lesson_next")
    assert mine(app).augment.augmentation != augment
    press(app, "lesson_leave")
    assert mine(app).network == own
    assert mine(app).augment.augmentation == augment
    assert mine(app).picture.reference == picture
    assert "lesson" not in app.query_params
    go_to(app, "architecture")
    step(app, "undo")
    assert mine(app).network == Network.seed()


def test_whoever_strays_comes_back_with_one_press() -> None:
    app = entered(KERNEL, 3)
    move(app, "network_lab", {"layer0.filters": 4})
    go_to(app, "data")
    press(app, "lesson_again")
    assert keyed(app, "network_lab")
    assert mine(app).network == Network.seed()


def test_a_reload_in_the_middle_keeps_the_own_network_apart() -> None:
    own = Network.seed().with_option(0, "filters", 5)
    app = entered(KERNEL, 2)
    trigger(app, "network_strip", "kept", encode(own))
    assert mine(app).network == Network.seed()
    press(app, "lesson_leave")
    assert mine(app).network == own


def place(layer: int, row: int, column: int) -> dict[str, int]:
    return {"layer": layer, "channel": 0, "row": row, "column": column}


def test_a_pressed_place_is_judged_and_forgotten_at_the_next_step() -> None:
    app = entered(NUMBERS, 3)
    assert "Click a place in the map" in dock(app)
    trigger(app, "lesson_light", "placed", place(0, 80, 20))
    assert "Rows and columns are swapped" in dock(app)
    assert "as in the shape" not in dock(app)
    trigger(app, "lesson_light", "placed", place(0, 21, 79))
    assert "Right: row 21, column 79 of channel 0 of conv2d." in dock(app)
    assert "as in the shape" in dock(app)
    press(press(app, "lesson_next"), "lesson_back")
    assert "Right" not in dock(app)


@pytest.mark.parametrize("sent", [place(0, 98, 0), place(99, 0, 0), place(9, 0, 0), {"layer": 0}, [0, 0, 0, 0], "x"])
def test_a_place_that_no_map_has_changes_nothing(sent: object) -> None:
    app = entered(NUMBERS, 3)
    trigger(app, "lesson_light", "placed", sent)
    assert not app.exception
    assert "Click a place in the map" in dock(app)


@pytest.mark.parametrize("lesson", ["nothing", "../../etc/passwd", "<img>", "x" * 5000])
def test_an_address_that_leads_nowhere_is_one_sentence(lesson: str) -> None:
    app = entered(lesson)
    assert not app.exception
    assert [error.value for error in app.error] == [
        "There is no lesson of this name here; choose one of the list."
    ] or lesson == ""


@pytest.mark.parametrize("step", ["0", "-1", "99", "x", "", "1" * 500, "²"])
def test_a_step_that_does_not_exist_is_the_first(step: str) -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=DEADLINE)
    app.query_params["lesson"], app.query_params["step"] = KERNEL, step
    app.run()
    assert not app.exception
    assert "step 1 of 6" in dock(app)


def test_the_path_lists_every_lesson_and_opens_one() -> None:
    app = open_page("lessons")
    trigger(app, "lesson_path", "opened", 2)
    assert "One kernel, one patch, step 1 of 6" in dock(app)
    trigger(go_to(app, "lessons"), "lesson_path", "resumed", 3 * 1000 + 1)
    assert "step 2 of 3" in dock(app)


@pytest.mark.parametrize("sent", [99, -1, None, "0", [1], 10**12])
def test_nonsense_sent_by_the_path_changes_nothing(sent: object) -> None:
    app = open_page("lessons")
    for name in ("opened", "resumed"):
        trigger(app, "lesson_path", name, sent)
        assert not app.exception
        assert not [node for node in app.main if getattr(node, "key", None) == "lesson_dock"]


def test_a_teachers_lesson_stands_on_the_page_and_a_broken_one_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "98-mine.md").write_text(
        '+++\ntitle = "*Mine*"\nminutes = 3\n+++\n## A\n```{go}\npage = "data"\n```\n', "utf-8"
    )
    (tmp_path / "99-broken.md").write_text("nothing", "utf-8")
    monkeypatch.setenv("CNNLAB_LESSONS", str(tmp_path))
    services.settings.clear()
    app = open_page("lessons")
    assert "99\\-broken" in app.error[0].value or "99-broken" in app.error[0].value
    trigger(app, "lesson_path", "opened", 13)
    assert not app.exception
    assert "*Mine*, step 1 of 1" in dock(app)
    assert "<script" not in html_of(keyed(app, "lesson_dock"))


def test_a_browser_that_asks_for_german_gets_german_lessons_and_says_that_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / f"{KERNEL}.md").write_text(GERMAN, "utf-8")
    monkeypatch.setenv("CNNLAB_LESSONS", str(tmp_path))
    services.settings.clear()
    assert "Three planes meet three planes" in dock(entered(KERNEL))
    monkeypatch.setattr(type(st.context), "headers", {"Accept-Language": "de-CH,de;q=0.9,en;q=0.8"})
    said = html_of(keyed(entered(KERNEL), "lesson_dock"))
    assert '<h2 lang="de">Drei Ebenen</h2>' in said
    assert '<div lang="de"><p>Ein Kern.</p>' in said
    assert '<b lang="de">' in said
    assert '<h2 lang="en">' in html_of(keyed(entered("04-relu"), "lesson_dock"))
    monkeypatch.setattr(type(st.context), "headers", {})
    monkeypatch.setattr(type(st.context), "locale", "de-DE")
    assert "Drei Ebenen" in dock(entered(KERNEL))


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS.lessons])
def test_a_lesson_runs_from_its_first_step_to_its_last(name: str) -> None:
    lesson = LESSONS.named(name)
    assert lesson is not None
    app = entered(name)
    for number, each in enumerate(lesson.steps, 1):
        assert not app.exception, f"step {number}"
        assert each.title in dock(app)
        if number < len(lesson.steps):
            press(app, "lesson_next")


TRAIN = "10-train-it"
LITTLE = replace(SPEC, network=SPEC.network.with_image_size(32, 32), limit_per_class=100)


def shown_run(app: AppTest) -> str:
    return str(app.selectbox(key="run_choice").value)


def test_a_step_opens_the_recorded_run_at_its_part() -> None:
    app = entered(TRAIN, 3)
    assert shown_run(app) == RECORDED
    assert "Better than chance" in text_of(keyed(app, "run_panel"))
    press(app, "lesson_back")
    assert keyed(app, "loss_curve")


def test_a_step_sets_the_form_and_leaving_gives_the_own_settings_back(store: Store) -> None:
    app = open_page("training")
    labelled(app.number_input, "Epochs").set_value(3).run()
    labelled(app.number_input, "Image size").set_value(48).run()
    labelled(app.selectbox, "Learning rate over time").set_value("cosine").run()
    app.query_params["lesson"], app.query_params["step"] = TRAIN, "4"
    app.run()
    app.switch_page("../../pages/training.py").run()
    assert labelled(app.number_input, "Epochs").value == 12
    labelled(app.button, "Start training").click().run()
    (run,) = store.runs()
    assert run.spec.network.input_shape == (32, 32, 3)
    assert (run.spec.epochs, run.spec.batch_size, run.spec.limit_per_class) == (12, 8, 100)
    assert not augments(run.spec.augmentation)
    assert run.spec.schedule is None
    assert shown_run(app) == run.id
    press(app, "lesson_leave")
    assert labelled(app.number_input, "Epochs").value == 3
    assert labelled(app.number_input, "Image size").value == 48
    assert labelled(app.selectbox, "Learning rate over time").value == "cosine"


def test_the_step_of_an_own_training_shows_the_newest_and_else_stays(store: Store) -> None:
    others = store.create(LITTLE, owner=owner_of("somebody else"))
    app = entered(TRAIN, 3)
    press(app, "lesson_next")
    assert shown_run(app) == RECORDED
    assert "No training of yours is open: start one, or choose it in the list of runs." in dock(app)
    me = owner_of(app.session_state["visitor_token"])
    own, _other_pictures = store.create(LITTLE, owner=me), store.create(SPEC, owner=me)
    press(app, "lesson_again")
    assert shown_run(app) == own.id != others.id


def test_a_mistake_that_was_pressed_opens_its_maps_and_the_step_is_set_up_again() -> None:
    app = entered("11-where-is-it-wrong", 3)
    trigger(app, "answered_pictures", "picked", "0")
    assert keyed(app, "feature_maps")
    press(app, "lesson_again")
    assert keyed(app, "answered")


def test_who_has_to_wait_is_told_to_go_on(store: Store) -> None:
    app = entered(TRAIN, 4)
    assert "for a place" not in dock(app)
    for _ in range(2):
        store.create(SPEC, owner=owner_of("somebody else"))
    app.run()
    assert "2 trainings wait for a place on this server; yours starts by itself. Go on meanwhile" in dock(app)
