"""Draw one of the two checks: six questions without a hint, and the answers after the sixth."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from cnnlab.core.lessons.checks import (
    AFTER,
    BEFORE,
    CHECKS,
    CODE,
    COUNT,
    LARGEST_ANSWER,
    Question,
    Taken,
    questions,
    read_answer,
    rows_of,
)
from cnnlab.ui.lessons.course import current, leave, offered
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import sent
from cnnlab.ui.session.decoders import matching, maybe, record, several, whole
from cnnlab.ui.session.keys import CHECKS_TAKEN
from cnnlab.viz.html import bold, button, paragraph, quiet, tag
from cnnlab.viz.lessons.results import results

TITLES: Mapping[str, str] = {BEFORE: "Check before the lessons", AFTER: "Check after the lessons"}
SAYS: Mapping[str, str] = {
    BEFORE: "What do you know already? Take it before the first lesson.",
    AFTER: "The same ideas with new numbers, to see what has changed.",
}
RULES = (
    "There are no hints: a check measures. Paper and a calculator are welcome, and an answer is final. The right "
    "answers come after the sixth question. What you answer stays in this browser, without your name."
)
REFUSED = "Answer with one whole number, such as 12 or 1,200; or press “I do not know”."
LONGEST = 60
_PARAMETER = "check"
_WRONG = "check_wrong"


class CheckSends:
    """Declare what the check sends: what this browser kept of both, once."""

    _answers = several(maybe(whole(0, LARGEST_ANSWER)), COUNT)
    begun = Message(record(Taken, code=matching(CODE), before=_answers, after=_answers))


_KEPT = component(
    "lesson_check",
    "lessons/check.js",
    html=button("My checks (CSV)", class_="check-csv", hidden=""),
    styles=["lessons/check.css"],
    sends=CheckSends,
)


def opened() -> str:
    """Return which of the checks the address names, empty if none."""
    return sent.among(st.query_params.get(_PARAMETER), CHECKS, "")


def open_check(which: str) -> None:
    """Go to a check."""
    st.query_params[_PARAMETER] = which


def _close() -> None:
    st.query_params.pop(_PARAMETER, None)


def check(which: str) -> None:
    """Draw a check as far as it is answered; a lesson that runs ends, since it would help."""
    if current() is not None:
        leave()
    taken = CHECKS_TAKEN.get()
    show_html(tag("h2", TITLES[which]))
    given = taken.answers(which) if taken else ()
    if taken is None:
        show_html(quiet("One moment: your browser is asked what it kept."))
    elif len(given) < COUNT:
        _ask(which, len(given), questions(taken.code, which)[len(given)])
    else:
        lessons = {lesson.name: lesson.title for lesson in offered().lessons}
        for box in results(questions(taken.code, which), given, lessons, taken.code):
            show_html(box)
    data = {
        "code": taken.code if taken else "",
        "which": which,
        "given": given,
        "rows": rows_of(taken, which) if taken and len(given) == COUNT else (),
    }
    _KEPT("lesson_check", [data], CheckSends.begun.to(_begin))
    st.button("Back to the path", on_click=_close, key="check_close")


def _begin(kept: Taken) -> None:
    """Take up what the browser kept; once a check runs here, nothing it sends changes that."""
    if CHECKS_TAKEN.get() is None:
        CHECKS_TAKEN.set(kept)


def _ask(which: str, place: int, question: Question) -> None:
    """Draw one question with the field for its answer."""
    if place == 0:
        show_html(quiet(RULES))
    key = f"check_{which}_{place}"
    with st.container(key="check_question"):
        show_html(quiet(f"Question {place + 1} of {COUNT}"))
        st.progress(place / COUNT)
        show_html(paragraph(bold(question.text)))
        with st.form(key=f"{key}_form", border=False):
            if question.choices:
                st.radio("Your answer", question.choices, index=None, key=key, format_func=lambda n: f"{n:,}")
            else:
                st.text_input("Your answer", key=key, max_chars=LONGEST, autocomplete="off")
            with st.container(horizontal=True):
                st.form_submit_button("Next", type="primary", on_click=partial(_answer, which, place, key, question))
                st.form_submit_button("I do not know", on_click=partial(_take, which, place, None))
        if st.session_state.pop(_WRONG, False):
            refuse(REFUSED)


def _answer(which: str, place: int, key: str, question: Question) -> None:
    answer = sent.chosen(key, question.choices, None) if question.choices else read_answer(sent.text(key, LONGEST))
    if answer is None:
        st.session_state[_WRONG] = True
    else:
        _take(which, place, answer)


def _take(which: str, place: int, answer: int | None) -> None:
    """Keep an answer, if its question is the one that is asked now."""
    taken = CHECKS_TAKEN.get()
    if taken is not None and len(taken.answers(which)) == place:
        CHECKS_TAKEN.set(taken.answered(which, answer))
