"""The two checks without a browser: no hint, no answer before the sixth, and nothing that a client sends is trusted."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.lessons.checks import AFTER, BEFORE, CHECKS, questions
from tests.app.driving import DEADLINE, SHELL, go_to, html_of, keyed, labelled, open_page, text_of, trigger

CODE = "hypbsau7"
FRESH = {"code": CODE, "before": [], "after": []}

pytestmark = pytest.mark.usefixtures("no_inference")


def opened(which: str, kept: Any = FRESH) -> AppTest:
    """Return the app as it is when somebody follows the address of a check in a browser that kept something."""
    app = open_page("lessons")
    trigger(app, "lesson_path", "checked", CHECKS.index(which))
    return trigger(app, "lesson_check", "begun", kept)


def sent(app: AppTest) -> dict[str, Any]:
    return json.loads(keyed(app, "lesson_check").proto.json)[0]


def give(app: AppTest, place: int, answer: object, which: str = BEFORE) -> AppTest:
    """Answer the question at a place as a student does."""
    key = f"check_{which}_{place}"
    if questions(CODE, which)[place].choices:
        app.radio(key=key).set_value(answer)
    else:
        app.text_input(key=key).set_value(str(answer))
    return labelled(app.button, "Next").click().run()


def test_six_answers_lead_to_the_answers_with_their_slips() -> None:
    app = opened(BEFORE)
    asked = questions(CODE, BEFORE)
    for place, question in enumerate(asked):
        assert not app.exception
        assert f"Question {place + 1} of 6" in text_of(app)
        assert question.text in text_of(app)
        assert sent(app)["rows"] == []
        if place == 5:
            labelled(app.button, "I do not know").click().run()
        else:
            give(app, place, question.slips[0][0] if place % 2 else question.right)
        assert len(sent(app)["given"]) == place + 1
    said = text_of(app)
    assert "3 of 6 right." in said
    assert CODE in said
    for place, question in enumerate(asked):
        assert (question.slips[0][2] in said) is (place % 2 == 1 and place < 5)
        assert question.explain[-1] in said
    rows = sent(app)["rows"]
    assert [row["right"] for row in rows] == [True, False, True, False, True, False]
    assert [row["slip"] for row in rows] == ["", asked[1].slips[0][1], "", asked[3].slips[0][1], "", "did not know"]


def test_nothing_is_given_away_before_the_sixth_answer() -> None:
    app = give(opened(BEFORE), 0, 7)
    assert "Right" not in text_of(app)
    assert "It is" not in html_of(app)
    assert not [node for node in app.main if getattr(node, "key", None) == "network_strip"]


def test_what_is_no_number_is_refused_with_one_sentence_and_nothing_is_lost() -> None:
    app = opened(BEFORE)
    for typed in ("", "many", "3.5.1", "9" * 50, "<b>36</b>"):
        give(app, 0, typed)
        assert len(app.error) == 1
        assert "one whole number" in app.error[0].value
        assert "Question 1 of 6" in text_of(app)
    assert "Question 2 of 6" in text_of(give(app, 0, 36))


def test_a_check_goes_on_where_the_browser_says_it_was_left() -> None:
    app = opened(AFTER, {"code": CODE, "before": [1, 2, 3, 4, 5, 6], "after": [1, None]})
    assert "Question 3 of 6" in text_of(app)
    app.button(key="check_close").click().run()
    assert keyed(app, "lesson_path")
    trigger(app, "lesson_path", "checked", 0)
    assert "of 6 right." in text_of(app)


NONSENSE: list[Any] = [
    None,
    "x",
    [],
    {},
    {**FRESH, "code": "../../et"},
    {**FRESH, "code": 7},
    {**FRESH, "code": "x" * 100_000},
    {**FRESH, "before": [1] * 7},
    {**FRESH, "before": ["1"]},
    {**FRESH, "before": [True]},
    {**FRESH, "before": [-1]},
    {**FRESH, "before": [1.5]},
    {**FRESH, "before": [10**30]},
    {**FRESH, "before": {"0": 1}},
    {**FRESH, "more": 1},
]


def test_nonsense_that_a_browser_kept_begins_no_check() -> None:
    app = opened(BEFORE, NONSENSE[0])
    for kept in NONSENSE:
        trigger(app, "lesson_check", "begun", kept)
        assert not app.exception
        assert "One moment" in text_of(app)
    trigger(app, "lesson_check", "begun", FRESH)
    assert "Question 1 of 6" in text_of(app)


def test_a_check_that_runs_cannot_be_begun_anew_by_a_message() -> None:
    app = give(opened(BEFORE), 0, 36)
    trigger(app, "lesson_check", "begun", {**FRESH, "code": "abcdefgh", "before": [1, 2, 3, 4, 5, 6]})
    assert sent(app)["code"] == CODE
    assert sent(app)["given"] == [36]


def test_a_check_that_does_not_exist_opens_nothing() -> None:
    app = open_page("lessons")
    for place in (2, -1, "0", None, True):
        trigger(app, "lesson_path", "checked", place)
        assert not app.exception
        assert keyed(app, "lesson_path")


def test_an_address_opens_a_check_and_one_that_names_none_the_path() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=DEADLINE)
    for name, key in (("after", "lesson_check"), ("<img>", "lesson_path")):
        app.query_params["check"] = name
        assert keyed(go_to(app, "lessons"), key)
        assert not app.exception


def test_a_lesson_ends_where_a_check_begins() -> None:
    app = open_page("lessons")
    trigger(app, "lesson_path", "opened", 2)
    trigger(go_to(app, "lessons"), "lesson_path", "checked", 0)
    assert not [node for node in app.main if getattr(node, "key", None) == "lesson_dock"]
    assert keyed(app, "lesson_check")


def test_who_forgets_the_progress_is_somebody_new() -> None:
    app = give(opened(BEFORE), 0, 36)
    app.button(key="check_close").click().run()
    trigger(app, "lesson_path", "forgotten", True)
    trigger(app, "lesson_path", "checked", 0)
    assert sent(app)["code"] == ""
