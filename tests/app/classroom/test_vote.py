"""While a class votes no page tells a student what an answer is worth: what two students get differs in their words."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.record.phases import Phase
from cnnlab.ui.session import services
from cnnlab.ui.session.exercise import WORK
from tests.app.classroom.conftest import Opened, answered, begun, link_to, press, sent
from tests.app.driving import go_to, lab, trigger
from tests.unit.classroom.exercise_files import CHOICE, WIDTH
from tests.unit.classroom.exercise_files import lasting as exercise

BEFORE = ("148", "150")  # right, and with a slip that the exercise names
SEEN_BY_ONE = re.compile(
    r"[0-9a-f]{16,}|exercise_[0-9a-z]{6,}_\d+_\d+_\d+|\d\d:\d\d|[\w.-]{100,}"
)  # a receipt is the student's own
PAGES = ("home", "feature_maps", "training", "architecture")


def bytes_of(app: AppTest, given: str) -> str:
    """Return everything that a page sends, without what names the student, and with the answer as `given`."""
    student = services.classroom().works.view(app.session_state[WORK].token).student.id
    assert not app.exception
    told = SEEN_BY_ONE.sub("", sent(app).replace(student, ""))
    # The tab is told which answer of its own was given, so that it forgets what was half typed.
    told = told.replace(f'\\"given\\": \\"{given}\\"', "")
    return told.replace(f"<b>{given}</b>", "<b>given</b>").replace(f'value: "{given}"', "")


@pytest.fixture
def two(opened: Opened) -> list[AppTest]:
    """Return two students with points: one answered right, predicted right and handed in, the other all that wrong."""
    link, apps = link_to(exercise()), []
    for place, given in enumerate(BEFORE):
        app = answered(begun(opened(link, f"browser {place}")), given)
        work = app.session_state[WORK]
        room = services.classroom()
        press(press(app, "Validate"), "Hand in")
        student = room.works.view(work.token).student.id
        room.table.give_back(work.id, student, 4.0 - place, f"z-comment {given}", 0)
        apps.append(app.run())
    return apps


def test_no_page_tells_the_two_apart_until_it_is_revealed(two: list[AppTest]) -> None:
    asking, exercise_id = services.classroom().asking, two[0].session_state[WORK].id
    before = [bytes_of(app, given) for app, given in zip(two, BEFORE, strict=True)]
    assert before[0] != before[1]
    question = asking.ask(exercise_id, WIDTH)
    while question.phase != Phase.REVEALED:
        for page in PAGES if question.phase == Phase.ASKED else PAGES[-1:]:
            right, wrong = (bytes_of(go_to(app, page), given) for app, given in zip(two, BEFORE, strict=True))
            assert right == wrong, (page, question.phase)
            assert not re.search(r"Right: \d|z-(mistake|explain|comment)|of 4 points", right)
        question = asking.press(exercise_id, question.revision)
    right, wrong = (sent(go_to(app, "architecture")) for app in two)
    assert "Right: 148" in right
    assert "4 of 4 points" in right
    assert "z-mistake" in wrong
    assert "z-explain" in wrong


def test_what_the_table_said_of_a_prediction_goes_while_the_class_votes(two: list[AppTest]) -> None:
    app, asking, exercise_id = two[0], services.classroom().asking, two[0].session_state[WORK].id
    trigger(app, "network_lab", "view", {"asked": "shape"})
    trigger(app, "network_lab", "answer", {"index": 0, "text": "148, 148, 32"})
    assert "1 of" in lab(app)["view"]["score"]
    asking.ask(exercise_id, WIDTH)
    told = repr(lab(app.run()))
    assert "1 of" not in lab(app)["view"]["score"]
    assert "148" not in re.sub(r"[\w-]{200,}", "", told)


def test_what_is_committed_is_no_more_than_kept(two: list[AppTest]) -> None:
    app, asking, exercise_id = two[0], services.classroom().asking, two[0].session_state[WORK].id
    asking.ask(exercise_id, WIDTH)
    assert "answer again to be counted" in sent(app.run())
    assert "Your answer is kept" in sent(answered(app, "148"))
    asking.ask(exercise_id, CHOICE)
    assert "Right: 148" not in sent(app.run())
