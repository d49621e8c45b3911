"""Draw the dock: the step of the lesson that runs, its questions and goals, in sight on every page."""

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons import Ask, Goal, LanguageError, Lesson, Situation
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.language import Facts, NotYet, evaluate, holds, shown
from cnnlab.core.lessons.playing import LONGEST_ANSWER, judge, layer_of, reached
from cnnlab.core.lessons.texts import filled, parser_of
from cnnlab.core.teach.predict import Verdict
from cnnlab.core.words import plain
from cnnlab.runs.record import State
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.lessons.course import Course, current, enter, leave, move, offered
from cnnlab.ui.lessons.points import selector
from cnnlab.ui.lessons.situation import situation
from cnnlab.ui.parts.components import component, source
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import shared
from cnnlab.ui.session.choices import MapPlace
from cnnlab.ui.session.decoders import position, record
from cnnlab.ui.session.keys import LESSON_LOG, LESSON_PLACE
from cnnlab.ui.session.sent import text
from cnnlab.ui.session.services import store
from cnnlab.viz.html import Html, from_markdown, notice, quiet, style_sheet, tag


class LightSends:
    """Declare what the light sends: the place of a map that was pressed while a question asks for one."""

    placed = Message(record(MapPlace, layer=position, channel=position, row=position, column=position))


_LIGHT = component("lesson_light", "lessons/entry.js", html=tag("i", hidden=""), sends=LightSends)
_STYLE = style_sheet(source("lessons/dock.css"))
REVEAL = "Show the answer"
MOST_LOGGED = 200
GOAL_SECONDS = 1.0


def dock(page: str) -> None:
    """Draw the dock on a page if a lesson runs."""
    course = current()
    if course is None:
        return
    show_html(_STYLE)
    with st.container(key="lesson_dock"):
        _head(course)
        step, now = course.step, situation()
        if step.text:
            show_html(_told(course.lesson, step.text, facts_of(now)))
        _questions(course, now, sentence=False)
        if step.goals:
            # Live controls draw their own part of a page anew, not the dock.
            st.fragment(_goals, run_every=GOAL_SECONDS)(course)
        _questions(course, now, sentence=True)
        _moves(course)
    here = page == step.go.page
    layer = layer_of(step.go, shared().network)
    data = {
        "at": selector(step.go, layer) if here else "",
        "lesson": course.lesson.name,
        "step": course.at + 1,
        "steps": len(course.lesson.steps),
        "log": LESSON_LOG.get(),
        "lang": course.lesson.lang,
        "asks_place": here and any(ask.place for ask in course.step.asks),
    }
    _LIGHT("lesson_light", [data], LightSends.placed.to(LESSON_PLACE.set))


def _head(course: Course) -> None:
    count = len(course.lesson.steps)
    where = f"{course.lesson.title}, step {course.at + 1} of {count}"
    show_html(tag("div", quiet(where), tag("h2", course.step.title, lang=course.lesson.lang), class_="lesson-head"))
    st.progress((course.at + 1) / count)
    if course.at == 0 and course.lesson.quote:
        words = tag("q", course.lesson.quote, lang=course.lesson.lang)
        link = {"href": course.lesson.link, "target": "_blank", "rel": "noreferrer"}
        show_html(quiet(words, " (", tag("a", "the post", **link) if course.lesson.link else "the post", ")"))


def _questions(course: Course, now: Situation, *, sentence: bool) -> None:
    """Draw the questions of a step: those that are judged, or those for a sentence, which look back on all the rest."""
    for place, ask in enumerate(course.step.asks):
        if ask.sentence == sentence:
            _question(course, place, ask, now)


def _question(course: Course, place: int, ask: Ask, now: Situation) -> None:
    """Draw a question, what was answered, and once that is right or given up, the explanation."""
    facts, key = facts_of(now), f"lesson_{course.lesson.name}_{course.at}_{place}"
    question = from_markdown(ask.question, parser_of(facts), one_line=True)
    show_html(tag("p", question, class_="lesson-ask", lang=course.lesson.lang))
    given = _pressed(now) if ask.place else _given(ask, key, facts)
    verdict: Verdict | None = None
    if given:
        try:
            verdict = judge(ask, given, now)
        except LanguageError as error:
            verdict = Verdict(False, given, str(error))
        _log(course, place, filled(ask.question, facts), verdict)
        is_lessons = ask.choices or verdict.slip in [mistake.says for mistake in ask.mistakes]
        said = tag("span", verdict.message, lang=course.lesson.lang if is_lessons else None)
        show_html(notice(said, color="var(--good)" if verdict.right else "var(--problem)"))
    shown = bool(st.session_state.get(f"{key}_shown"))
    if shown or (verdict is not None and verdict.right):
        _uncover()
    if (shown or (verdict is not None and verdict.right)) and ask.explain:
        show_html(_told(course.lesson, ask.explain, facts))
    if (verdict is None or not verdict.right) and not ask.sentence:
        with st.container(horizontal=True):
            if ask.hint:
                with st.popover("Hint", type="tertiary"):
                    show_html(_told(course.lesson, ask.hint, facts))
            st.button(REVEAL, key=f"{key}_reveal", type="tertiary", on_click=lambda: _reveal(key))
        if shown and (answer := _answer(ask, now)):
            show_html(quiet(answer))


def _told(lesson: Lesson, words: str, facts: Facts) -> Html:
    """Return words of a lesson in its language, with their numbers."""
    return tag("div", from_markdown(words, parser_of(facts)), lang=lesson.lang)


def _pressed(now: Situation) -> str:
    """Return the place that was pressed in words; before that, say what to do."""
    try:
        return now.place().said
    except NotYet as reason:
        show_html(quiet(str(reason)))
        return ""


def _given(ask: Ask, key: str, facts: Facts) -> str:
    """Draw the field of an answer and return what was given."""
    if not ask.choices:
        st.text_input(
            "Your answer", key=key, label_visibility="collapsed", max_chars=LONGEST_ANSWER, persist_state="session"
        )
        return text(key, LONGEST_ANSWER)
    labels = [str(place) for place in range(len(ask.choices))]
    words = {label: plain(filled(choice.text, facts)) for label, choice in zip(labels, ask.choices, strict=True)}
    picked = st.radio(
        "Your answer",
        labels,
        index=None,
        key=key,
        format_func=words.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    return picked or ""


def _uncover() -> None:
    """Show the column of the table that waited for the answer."""
    mine = shared()
    if mine.lab.view.asked:
        mine.lab = mine.lab.with_view(replace(mine.lab.view, asked="", verdicts={}), "")
        st.rerun()


def _reveal(key: str) -> None:
    st.session_state[f"{key}_shown"] = True


def _answer(ask: Ask, now: Situation) -> str:
    """Return the right answer in words."""
    facts = facts_of(now)
    if ask.choices:
        return " ".join(f"{filled(choice.text, facts)}." for choice in ask.choices if holds(choice.right, facts))
    try:
        return f"It is {shown(evaluate(ask.answer, facts))}." if ask.answer else ""
    except (NotYet, LanguageError) as reason:
        return str(reason)


def _goals(course: Course) -> None:
    """Draw the goals of a step as they stand now, and that its training may have to wait."""
    if course.step.go.training and (waiting := _waiting()):
        said = f"{counted(waiting, 'training waits', 'trainings wait')} for a place on this server"
        show_html(quiet(f"{said}; yours starts by itself. Go on meanwhile: the next steps need none of it."))
    for goal in course.step.goals:
        _goal(course.lesson, goal, situation())


def _waiting() -> int:
    """Return how many trainings wait for a place; none if that cannot be known now."""
    try:
        return len(store().in_state(State.QUEUED))
    except StoreFault:
        return 0


def _goal(lesson: Lesson, goal: Goal, now: Situation) -> None:
    """Draw a goal: reached, or by which facts not yet."""
    try:
        is_reached, lacking = reached(goal, now)
    except LanguageError as error:
        is_reached, lacking = False, (str(error),)
    mark = "✓ " if is_reached else "○ "
    words = tag("b", mark, from_markdown(goal.text, parser_of(facts_of(now)), one_line=True), lang=lesson.lang)
    lines = [tag("div", each) for each in lacking]
    show_html(notice(words, *lines, color="var(--good)" if is_reached else "var(--notice)"))


def _moves(course: Course) -> None:
    """Draw the ways out of a step: back to its stage, to its neighbours, out of the lesson."""
    last = course.at == len(course.lesson.steps) - 1
    with st.container(horizontal=True, key="lesson_moves"):
        st.button("Back", disabled=course.at == 0, on_click=lambda: move(-1), key="lesson_back")
        if not last:
            st.button("Next", type="primary", on_click=lambda: move(1), key="lesson_next")
        elif following := offered().after(course.lesson.name):
            st.button(
                f"Next: {plain(following.title)}",
                type="primary",
                on_click=lambda: enter(following, 0),
                key="lesson_next",
            )
        st.button("Set the step up again", type="tertiary", on_click=lambda: move(0), key="lesson_again")
        st.button("Leave the lesson", type="tertiary", on_click=leave, key="lesson_leave")


def _log(course: Course, place: int, question: str, verdict: Verdict) -> None:
    """Remember an answer of this visit, so that the browser can keep it; the server writes nothing down."""
    rows = LESSON_LOG.get()
    row: dict[str, object] = {
        "lesson": course.lesson.name,
        "step": course.at + 1,
        "question": question,
        "given": verdict.given,
        "right": verdict.right,
        "slip": verdict.slip,
    }
    if all({**known, "when": 0} != {**row, "when": 0} for known in rows):
        when = datetime.now(UTC).isoformat(timespec="seconds")
        LESSON_LOG.set((*rows, row | {"when": when})[-MOST_LOGGED:])
