"""One button leads a class from asking to the answer; nobody sees before that what is right."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from cnnlab.classroom.record.phases import Phase
from cnnlab.ui.session import services
from tests.app.classroom.given_out import EVIL, NOT_DUE, answer, class_of, given_out, results_page
from tests.app.driving import keyed, trigger
from tests.unit.classroom.exercise_files import STEPS, WIDTH, exercise


def asked(exercise_id: str) -> AppTest:
    return results_page(exercise_id, watch_part="Ask the class")


def shown(app: AppTest) -> dict[str, Any]:
    assert not app.exception
    found: dict[str, Any] = json.loads(keyed(app, "class_question").proto.json)[0]
    return found


def press(app: AppTest, revision: object = None) -> AppTest:
    """Press the large button as it is on the screen."""
    return trigger(app, "class_question", "pressed", shown(app)["revision"] if revision is None else revision)


def test_one_button_leads_from_asking_to_the_answer() -> None:
    exercise_id = given_out()
    students = class_of(exercise_id, *(f"S{n}" for n in range(4)))
    app = asked(exercise_id)
    assert shown(app)["press"] == "Ask the class"
    assert "How wide are the maps?" in shown(app)["html"]
    app = press(app)
    for student, given in zip(students, (EVIL, "150", "150"), strict=False):
        answer(student, WIDTH, given)
    now = shown(app.run())
    assert now["count"] == "<b>3</b> of 4 committed"
    assert now["votes"] == ""
    app = press(app)
    votes = shown(app)["votes"]
    assert "<img" not in votes
    assert "&lt;img src=x" in votes
    assert "z-mistake" not in votes
    assert "right" not in votes.replace("aria-", "")
    assert shown(app)["reveal"]
    app = press(app)
    assert shown(app)["votes"] == "", "the second vote is taken without looking at the first"
    for student in students:
        answer(student, WIDTH, "148")
    app = press(app)
    assert "First vote" in shown(app)["votes"]
    assert "Second vote" in shown(app)["votes"]
    app = press(app)
    assert 'class="answer right"' in shown(app)["votes"]
    assert shown(app)["press"] == "Next question"
    app = press(app)
    assert "What makes maps?" in shown(app)["html"]
    assert shown(app)["press"] == "Ask the class"
    assert services.classroom().asking.current(exercise_id).phase == Phase.REVEALED  # type: ignore[union-attr]


def test_a_press_that_saw_an_older_phase_changes_nothing_and_is_said() -> None:
    exercise_id = given_out()
    class_of(exercise_id, "Ada")
    app = press(asked(exercise_id))
    seen = shown(app)["revision"]
    services.classroom().asking.press(exercise_id, seen)
    app = press(app, seen)
    assert "Somebody has pressed meanwhile" in app.error[0].value
    assert services.classroom().asking.current(exercise_id).phase == Phase.SHOWN  # type: ignore[union-attr]


def test_it_can_be_revealed_at_once_after_the_first_vote() -> None:
    exercise_id = given_out()
    (ada,) = class_of(exercise_id, "Ada")
    app = press(asked(exercise_id))
    answer(ada, WIDTH, "150")
    app = press(app)
    app = trigger(app, "class_question", "revealed", shown(app)["revision"])
    assert "z-mistake" in shown(app)["votes"]
    assert "Second vote" not in shown(app)["votes"]


def test_a_question_is_chosen_by_its_words_without_signs_of_markdown() -> None:
    steps = STEPS.replace("How wide are the maps?", "How wide is `conv2d` [here](x)?")
    app = asked(services.classroom().exercises.add(exercise(NOT_DUE, steps)).id)
    assert app.selectbox(key="watch_question").options[0] == "1.1 How wide is conv2d [here](x)?"
    assert "<code>conv2d</code>" in shown(app)["html"]


def test_nonsense_presses_nothing() -> None:
    exercise_id = given_out()
    app = asked(exercise_id)
    for sent in (-1, "1", [], 10**30, True):
        app = trigger(app, "class_question", "pressed", sent)
        assert not app.exception
    assert services.classroom().asking.current(exercise_id) is None
