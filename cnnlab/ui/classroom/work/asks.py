"""Draw a question of an exercise with what was answered, and take an answer."""

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.phases import Phase, takes_answers
from cnnlab.classroom.record.work import Asked, Attempt, Work
from cnnlab.core.classroom.exercise import At, StudentAsk
from cnnlab.core.lessons import LanguageError, Situation
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.judging import LONGEST_ANSWER
from cnnlab.core.lessons.language import Facts
from cnnlab.core.lessons.texts import filled
from cnnlab.ui.classroom.work.desk import desk_of
from cnnlab.ui.classroom.work.handed_file import file_field, refused_key
from cnnlab.ui.classroom.work.moments import is_past
from cnnlab.ui.lessons.situation import situation
from cnnlab.ui.lessons.stand import given, pressed, question, told
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.sent import chosen, text
from cnnlab.viz.html import notice, quiet, tag

BUTTONS = {"sentence": "Keep it", "place": "Answer with this place"}
SAYS = {
    Phase.ASKED: "Everybody is asked this now.",
    Phase.SHOWN: "Everybody talks about this question now; answer when you are asked again.",
    Phase.ASKED_AGAIN: "Everybody is asked this once more.",
    Phase.SHOWN_AGAIN: "Everybody talks about this question once more.",
}


def ask_box(view: Work, at: At, now: Situation) -> None:
    """Draw a question: its field, the last answer with what it is worth, its hint and its explanation."""
    ask, asked = view.exercise.steps[at[0]].asks[at[1]], view.asked.get(at, Asked())
    facts, key, lang = facts_of(now), field_key(view, at), view.exercise.lang
    show_html(question(ask.question, facts, lang))
    if asked.phase in SAYS:
        show_html(notice(SAYS[asked.phase], color="var(--accent)"))
    disabled = not takes_answers(asked.phase) or is_past(view.exercise.due)
    if ask.kind == "file":
        file_field(ask, at, asked.last, key, disabled=disabled)
    else:
        _field(ask, at, key, now, disabled=disabled)
    if refused := st.session_state.get(refused_key(key)):
        refuse(refused)
    if asked.last is not None and ask.kind != "file":
        _answered(ask, asked.last, facts, lang)
    if ask.hint:
        show_html(told(ask.hint, facts, lang))
    elif ask.has_hint and not asked.is_right:
        st.button("Hint", key=f"{key}_hint", type="tertiary", on_click=lambda: _take_hint(at, key))
    if ask.explain:
        show_html(told(ask.explain, facts, lang))


def field_key(view: Work, at: At) -> str:
    """Return the key of the field of a question."""
    # The next one in this browser must not find what was typed here.
    return f"exercise_{view.student.id}_{view.version}_{at[0]}_{at[1]}"


def _field(ask: StudentAsk, at: At, key: str, now: Situation, *, disabled: bool) -> None:
    label = BUTTONS.get(ask.kind, "Answer")
    if ask.kind == "place":
        place = pressed(now)
        if place:
            show_html(quiet(place))
        st.button(label, key=f"{key}_send", disabled=disabled or not place, on_click=lambda: _send(at, ask, key))
        return
    with st.form(f"{key}_form", border=False):
        given(key, ask.choices, facts_of(now), disabled=disabled)
        st.form_submit_button(label, disabled=disabled, on_click=lambda: _send(at, ask, key))


def _send(at: At, ask: StudentAsk, key: str) -> None:
    """Answer with what stands in the field; what cannot be an answer is said beside it, and counts nothing."""
    work = at_work()
    if work is None:
        return
    if ask.kind == "choices":
        answer = chosen(key, [str(place) for place in range(len(ask.choices))], "")
    else:
        answer = "" if ask.kind == "place" else text(key, LONGEST_ANSWER)
    refused = ""
    try:
        outcome = desk_of(work).answer(at, answer, situation())
        is_kept = outcome.committed or outcome.right is not None or (ask.kind == "sentence" and answer.strip())
        refused = "" if is_kept else outcome.said
    except (ClassroomError, LanguageError) as error:
        refused = str(error)
    st.session_state[refused_key(key)] = refused


def _take_hint(at: At, key: str) -> None:
    work = at_work()
    try:
        if work is not None:
            desk_of(work).hint(at)
    except ClassroomError as error:
        st.session_state[refused_key(key)] = str(error)


def _answered(ask: StudentAsk, last: Attempt, facts: Facts, lang: str) -> None:
    """Draw the answer that counts, and what was said to it."""
    words = last.given
    if ask.kind == "choices" and words.isdecimal() and int(words) < len(ask.choices):
        words = filled(ask.choices[int(words)], facts)
    color = {True: "var(--good)", False: "var(--problem)", None: "var(--notice)"}[last.right]
    said = tag("span", last.said, lang=lang if ask.kind == "choices" else None)
    show_html(notice(tag("div", "Your answer: ", tag("b", words)), said, color=color))
