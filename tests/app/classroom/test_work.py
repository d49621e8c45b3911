"""A student's work without a browser: the door, a name, answers, hints, handing in, and coming back."""

import json
import re
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.record.work import State, Work
from cnnlab.classroom.store.faults import LOCKED, ClassroomFault
from cnnlab.classroom.works import Works
from cnnlab.core.exchange.link import decode
from cnnlab.core.network import Network
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.classroom.work.desk import PREVIEW, Tried
from cnnlab.ui.session import services
from cnnlab.ui.session.exercise import WORK, AtWork
from tests.app.classroom.conftest import Opened, answered, begun, link_to, press, sent
from tests.app.driving import go_to, html_of, keyed, lab, mine, move, open_page, text_of, trigger
from tests.unit.classroom.exercise_files import CHOICE, SECRETS, SENTENCE, WIDTH
from tests.unit.classroom.exercise_files import lasting as exercise

NETWORK = Network.seed()
WIDE = NETWORK.with_option(0, "kernel_size", (5, 5))


def dock(app: AppTest) -> str:
    return text_of(keyed(app, "lesson_dock"))


def work(app: AppTest) -> AtWork:
    found: AtWork = app.session_state[WORK]
    return found


def record(app: AppTest) -> Work:
    return services.classroom().works.view(work(app).token)


def to_step(app: AppTest, number: int) -> AppTest:
    app.selectbox(key="exercise_step").set_value(str(number - 1))
    return app.run()


def test_a_link_shows_what_it_is_and_begins_nothing(opened: Opened) -> None:
    app = opened()
    said = text_of(app.main)
    assert not app.exception
    assert WORK not in app.session_state
    for words in (
        "One kernel",
        "An exercise by Ms Curie",
        "Work alone .",
        "6 minutes, 2 steps",
        "3 questions and 1 goal",
    ):
        assert words in said
    assert "at most 2 trainings, 5 epochs each" in said
    assert "This server keeps the name that you type" in said
    assert services.classroom().exercises.all()[0].students == 0


@pytest.mark.parametrize("link", ["nonsense", "a.b", "x" * 30_000, "<b>", "\0"])
def test_a_hostile_link_is_one_sentence(opened: Opened, link: str) -> None:
    app = opened(link)
    assert [error.value for error in app.error] == [
        "This link to an exercise is damaged, or of another server; copy the whole of it, or ask for it again."
    ]
    assert link not in text_of(app.main)
    assert not app.exception
    press(app, "Go on without it")
    assert "lesson_dock" not in [getattr(node, "key", None) for node in app.main]
    assert "x" not in app.query_params


def test_a_deleted_exercise_is_one_sentence(opened: Opened) -> None:
    link = link_to(exercise())
    services.classroom().forgetting.whole_class(services.classroom().exercises.all()[0].id)
    app = opened(link)
    assert "There is no such exercise here" in app.error[0].value


def test_a_name_begins_and_a_code_comes_back_in_another_browser(opened: Opened) -> None:
    link = link_to(exercise())
    app = opened(link)
    app.text_input(key="exercise_name").set_value("Ann")
    press(app, "Begin")
    code = app.code[0].value
    assert re.fullmatch(r"(\w{5}-){2}\w{5}", code)
    press(app, "To the first step")
    assert code not in sent(app)
    assert "One kernel · step 1 of 2, Ann" in dock(app)
    move(app, "network_lab", {"layer0.kernel_size": 5})
    app.run()
    other = opened(link, "another browser")
    other.text_input(key="exercise_code").set_value(code.upper())
    press(other, "Go on")
    assert mine(other).network == WIDE
    assert "Ann" in dock(other)
    assert record(other).student == record(app).student


def test_a_page_that_was_left_open_does_not_take_its_place_again(opened: Opened) -> None:
    link = link_to(exercise())
    left = begun(opened(link))
    now = opened(link, step="1")
    move(now, "network_lab", {"layer0.kernel_size": 5})
    now.run()
    left.run()
    assert decode(record(now).standing.network) == WIDE


def test_a_fault_of_the_record_is_said_and_passes(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    app = begun(opened())
    with monkeypatch.context() as patch:
        patch.setattr(Works, "view", _locked)
        app.run()
        assert "Another program holds the record of the classes" in dock(app)
        assert "<h1>Architecture</h1>" in html_of(app.main)
        assert not app.exception
    app.run()
    assert "Another program" not in dock(app)


def _locked(*_: object) -> NoReturn:
    raise ClassroomFault(LOCKED)


def test_a_wrong_code_says_so_and_opens_nothing(opened: Opened) -> None:
    app = opened()
    app.text_input(key="exercise_code").set_value("k7mzq-2hd9w-xn4rt")
    press(app, "Go on")
    assert "Nobody's work has this code" in app.error[0].value
    assert WORK not in app.session_state


def test_a_reload_comes_back_and_the_link_alone_asks_first(opened: Opened) -> None:
    link = link_to(exercise())
    app = to_step(begun(opened(link)), 2)
    again = opened(link, step="2")
    assert "step 2 of 2" in dock(again)
    asked = opened(link)
    assert "Go on as Ann" in [button.label for button in asked.button]
    assert WORK not in asked.session_state
    press(asked, "I am somebody else")
    assert asked.text_input(key="exercise_name")
    assert record(app).student.name == "Ann"


def test_another_browser_does_not_come_in_by_the_address(opened: Opened) -> None:
    link = link_to(exercise())
    begun(opened(link))
    other = opened(link, "another browser", step="1")
    assert WORK not in other.session_state
    assert other.text_input(key="exercise_name")


def test_a_hostile_name_stays_words(opened: Opened) -> None:
    app = begun(opened(), "**b** <i>[x](y)")
    assert "&lt;i&gt;" in html_of(keyed(app, "lesson_dock"))
    again = opened(link_to_of(app))
    assert r"\*\*b\*\*" in next(button.label for button in again.button if button.label.startswith("Go on as"))


def link_to_of(app: AppTest) -> str:
    return services.classroom().link(work(app).id)


def test_an_answer_is_judged_and_kept_and_explained_only_when_right(opened: Opened) -> None:
    app = begun(opened())
    answered(app, "150")
    assert "z-mistake" in dock(app)
    assert "z-explain" not in sent(app)
    assert lab(app)["table"].count('asked">?<') > 10
    answered(app, "148")
    assert "z-explain" in dock(app)
    assert "148" in lab(app)["table"]
    assert [one.right for one in record(app).asked[WIDTH].attempts] == [False, True]


def told(app: AppTest) -> list[str]:
    """Return which secrets of the exercise stand on the page; words that pages use themselves tell nothing."""
    words = [f"z-{word}" for word in ("mistake", "hint", "explain", "luck", "filters", "because", "words")]
    known = [secret for secret in SECRETS if secret not in ("gives", "width(", "z-")]
    return [secret for secret in words + known if secret in sent(app)]


def test_nothing_secret_leaves_the_server_before_its_time(opened: Opened) -> None:
    app = opened()
    assert not told(app)
    begun(app)
    for page in ("home", "architecture", "feature_maps", "convolution", "training"):
        go_to(app, page)
        assert not told(app), page
    to_step(app, 2)
    assert not told(app)
    assert work(app).token not in sent(app)


def test_the_shape_that_is_asked_for_stands_nowhere_on_the_architecture_page(opened: Opened) -> None:
    app = begun(opened())
    page = sent(app)
    assert "148" not in re.sub(r"[\w-]{200,}", "", lab(app)["table"])
    assert "148×148" not in page.replace(" ", "")
    labels = [button.proto.label for button in app.get("download_button")]
    assert "JSON" in labels
    assert "Keras script" not in labels
    app.toggle(key="keras_summary").set_value(True)
    app.run()
    assert "comes back with your answer" in text_of(app.main)


def test_pages_that_tell_an_answer_open_when_it_is_given(opened: Opened) -> None:
    app = begun(opened())
    for page in ("home", "feature_maps", "convolution"):
        go_to(app, page)
        assert "This page tells what a question of the exercise asks for." in text_of(app.main)
        assert "148 ×" not in sent(app)
        assert "lesson_dock" in [getattr(node, "key", None) for node in app.main]
    go_to(app, "architecture")
    answered(app, "148")
    go_to(app, "feature_maps")
    assert "This page tells" not in text_of(app.main)


def test_the_page_of_the_step_is_open(opened: Opened) -> None:
    app = to_step(begun(opened()), 2)
    assert "<h1>Convolution</h1>" in html_of(app.main)
    assert "This page tells" not in text_of(app.main)


def test_a_hint_is_told_when_it_is_asked_for(opened: Opened) -> None:
    app = press(begun(opened()), "Hint")
    assert "z-hint" in dock(app)
    assert "Hint" not in [button.label for button in app.button]


def test_choices_and_sentences_are_kept(opened: Opened) -> None:
    app = to_step(begun(opened()), 2)
    app.radio[-1].set_value("1")
    press(app, "Answer")
    assert "z-filters" in dock(app)
    assert "z-luck" not in sent(app)
    answered_sentence = next(field for field in app.text_input if (field.key or "").startswith("exercise_"))
    answered_sentence.set_value("<b>Because</b>")
    press(app, "Keep it")
    asked = record(app).asked
    assert asked[CHOICE].is_right
    assert asked[SENTENCE].last
    assert asked[SENTENCE].last.given == "<b>Because</b>"
    assert "&lt;b&gt;Because" in html_of(keyed(app, "lesson_dock"))


def test_nothing_is_no_answer(opened: Opened) -> None:
    app = press(begun(opened()), "Answer")
    assert [error.value for error in app.error] == ["Type an answer first."]
    assert not record(app).asked[WIDTH].attempts


def test_a_class_that_is_asked_commits_and_is_told_later(opened: Opened) -> None:
    app = begun(opened())
    asking, exercise_id = services.classroom().asking, work(app).id
    question = asking.ask(exercise_id, WIDTH)
    answered(app, "150")
    assert "Everybody is asked this now." in dock(app)
    assert "z-mistake" not in sent(app)
    assert "what it is worth is told when everybody has answered" in dock(app)
    question = asking.press(exercise_id, question.revision)
    app.run()
    assert next(button for button in app.button if button.label == "Answer").disabled
    asking.press(exercise_id, question.revision, reveal=True)
    app.run()
    assert "z-mistake" in dock(app)
    assert "z-explain" in dock(app)


def test_work_is_validated_handed_in_and_given_back(opened: Opened) -> None:
    app = press(answered(begun(opened()), "148"), "Validate")
    assert "2 things are missing" in dock(app)
    assert "Step 2, question 1 has no answer yet." in dock(app)
    press(app, "Hand in")
    assert record(app).state == State.SUBMITTED
    assert "Handed in once" in dock(app)
    receipt = next(code.value for code in app.code if len(code.value) > 100)
    assert services.classroom().handing_in.verify(receipt).answers == ((0, 0, "148"),)
    services.classroom().table.give_back(
        work(app).id, record(app).student.id, 3.5, "Good.\n<b>Mind</b> the **rest**.", 0
    )
    app.run()
    assert "3.5 of 4 points" in dock(app)
    assert "&lt;b&gt;Mind&lt;/b&gt; the **rest**" in html_of(keyed(app, "lesson_dock"))


def test_a_newer_version_is_offered_and_taken(opened: Opened) -> None:
    app = begun(opened())
    one = exercise()
    services.classroom().exercises.save(work(app).id, replace(one, message="New"), 1)
    app.run()
    assert "a newer version" in dock(app)
    press(app, "Begin with the newer one")
    assert work(app).version == 2
    assert "a newer version" not in dock(app)


def test_what_was_due_can_be_looked_at_and_not_changed(opened: Opened) -> None:
    app = begun(opened())
    services.classroom().exercises.save(work(app).id, replace(exercise(), due=1_700_000_000.0), 1)
    app.run()
    assert "It was due" in dock(app)
    assert next(button for button in app.button if button.label == "Answer").disabled
    assert "Validate" not in [button.label for button in app.button]
    assert "which is over" in text_of(opened(link_to_of(app)).main)


def test_leaving_gives_back_what_was_there(opened: Opened) -> None:
    app = opened()
    own = NETWORK.with_image_size(80, 80)
    mine(app).change_network(own)
    begun(app)
    assert mine(app).network == NETWORK
    press(app, "Leave the exercise")
    assert mine(app).network == own
    assert mine(app).lock is None
    assert not {"x", "step"} & set(app.query_params)


def test_somebody_takes_the_network_and_nothing_else(opened: Opened) -> None:
    app = opened(link_to(replace(exercise(), network=WIDE)))
    press(app, "Make it mine")
    assert mine(app).network == WIDE
    assert WORK not in app.session_state
    assert services.classroom().exercises.all()[0].students == 0


def test_work_that_was_deleted_ends_with_one_sentence(opened: Opened) -> None:
    app = begun(opened())
    services.classroom().forgetting.student(work(app).id, record(app).student.id)
    app.run()
    assert "Your work is not here any more" in app.error[0].value
    assert WORK not in app.session_state


def test_the_next_one_in_a_browser_finds_nothing_of_the_one_before(opened: Opened) -> None:
    link = link_to(exercise())
    app = press(answered(begun(opened(link)), "150"), "Give me another code")
    code = next(code.value for code in app.code if re.fullmatch(r"(\w{5}-){2}\w{5}", code.value))
    press(app, "Leave the exercise")
    app.query_params["x"] = link
    press(app.run(), "I am somebody else")
    begun(app, "Ben")
    assert "Ben" in dock(app)
    assert code not in sent(app)
    assert next(field for field in app.text_input if (field.key or "").startswith("exercise_")).value == ""
    assert "150" not in dock(app)


def test_a_code_is_asked_for_anew(opened: Opened) -> None:
    app = press(begun(opened()), "Give me another code")
    code = next(code.value for code in app.code if re.fullmatch(r"(\w{5}-){2}\w{5}", code.value))
    assert services.classroom().students.come_back(code, Asker("c" * 32, "3" * 32))
    assert code in sent(app.run())
    assert code not in sent(press(app, "I have written it down"))


@pytest.mark.parametrize("step", ["-1", "9" * 30, "1: x", "\0"])
def test_a_step_that_is_not_there_changes_nothing(opened: Opened, step: str) -> None:
    app = begun(opened())
    states = app._tree.get_widget_states()
    box = app.selectbox(key="exercise_step").proto.id
    kept = [one for one in states.widgets if one.id != box]
    del states.widgets[:]
    states.widgets.extend([*kept, WidgetState(id=box, string_value=step)])
    app._run(states)
    assert "step 1 of 2" in dock(app)
    assert not app.exception


def test_a_preview_plays_alike_and_records_nothing(no_inference: None) -> None:
    app = open_page("architecture", **{WORK: AtWork(exercise().for_student(), step=0), PREVIEW: Tried(exercise())})
    assert "step 1 of 2, a preview" in dock(app)
    assert not told(app)
    answered(app, "150")
    assert "z-mistake" in dock(app)
    press(app, "Hint")
    assert "z-hint" in dock(app)
    answered(app, "148")
    assert "z-explain" in dock(app)
    assert "nothing can be handed in" in dock(app)
    assert not services.classroom().exercises.all()
    press(app, "End the preview")
    assert WORK not in app.session_state
    assert PREVIEW not in app.session_state


def test_a_lesson_ends_the_exercise(opened: Opened) -> None:
    app = go_to(begun(opened()), "lessons")
    trigger(app, "lesson_path", "opened", 0)
    assert WORK not in app.session_state
    assert mine(app).lock is None


def test_the_tab_is_told_which_fields_to_keep_and_what_was_answered(opened: Opened) -> None:
    def fields(app: AppTest) -> Any:
        return json.loads(keyed(app, "half_typed").proto.json)[0]["fields"]

    app = begun(opened())
    (field,) = [each for each in app.text_input if (each.key or "").startswith("exercise_")]
    assert fields(app) == [{"key": field.key, "given": ""}]
    assert fields(answered(app, "150")) == [{"key": field.key, "given": "150"}]
    (sentence,) = fields(to_step(app, 2))
    assert sentence["key"] == field.key.removesuffix("_0_0") + "_1_1", "a choice is not typed"
