"""Draw the dock: the step of the lesson that runs, its questions and goals, in sight on every page."""

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from cnnlab.core.lessons import Ask, Goal, LanguageError, Lesson, Situation
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.judging import judge
from cnnlab.core.lessons.language import NotYet, evaluate, holds, shown
from cnnlab.core.lessons.playing import reached
from cnnlab.core.lessons.texts import filled
from cnnlab.core.teach.predict import Verdict
from cnnlab.core.words import plain
from cnnlab.ui.lessons.course import Course, current, enter, leave, move, offered
from cnnlab.ui.lessons.situation import situation
from cnnlab.ui.lessons.stand import (
    GOAL_SECONDS,
    dock_box,
    given,
    goal_box,
    head,
    light,
    pressed,
    question,
    say_who_waits,
    told,
)
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import LESSON_LOG, MOTIF_WITHHELD
from cnnlab.viz.html import notice, quiet, tag

REVEAL = "Show the answer"
MOST_LOGGED = 200


def dock(page: str) -> None:
    """Draw the dock on a page if a lesson runs."""
    course = current()
    if course is None:
        return
    with dock_box():
        step, now = course.step, situation()
        _head(course, now)
        _questions(course, now, sentence=False)
        if step.goals:
            # Live controls draw their own part of a page anew, not the dock.
            st.fragment(_goals, run_every=GOAL_SECONDS)(course)
        _questions(course, now, sentence=True)
        _moves(course)
    asks_place = any(ask.place for ask in step.asks)
    name, count = course.lesson.name, len(course.lesson.steps)
    light(page, step.go, course.lesson.lang, asks_place=asks_place, lesson=name, at=course.at, count=count)


def _head(course: Course, now: Situation) -> None:
    count = len(course.lesson.steps)
    where = f"{course.lesson.title}, step {course.at + 1} of {count}"
    more = []
    if course.at == 0 and course.lesson.quote:
        words = tag("q", course.lesson.quote, lang=course.lesson.lang)
        link = {"href": course.lesson.link, "target": "_blank", "rel": "noreferrer"}
        more.append(quiet(words, " (", tag("a", "the post", **link) if course.lesson.link else "the post", ")"))
    if course.step.text:
        more.append(told(course.step.text, facts_of(now), course.lesson.lang))
    if (first := _first(course)) is not None:
        more.append(question(first.question, facts_of(now), course.lesson.lang))
    head(where, course.step.title, course.lesson.lang, (course.at + 1) / count, *more)


def _first(course: Course) -> Ask | None:
    """Return the question that stands right below the text of a step, and so in one element with it."""
    return next((ask for ask in course.step.asks if not ask.sentence), None)


def _questions(course: Course, now: Situation, *, sentence: bool) -> None:
    """Draw the questions of a step: those that are judged, or those for a sentence, which look back on all the rest."""
    for place, ask in enumerate(course.step.asks):
        if ask.sentence == sentence:
            _question(course, place, ask, now)


def _question(course: Course, place: int, ask: Ask, now: Situation) -> None:
    """Draw a question, what was answered, and once that is right or given up, the explanation."""
    facts, key = facts_of(now), f"lesson_{course.lesson.name}_{course.at}_{place}"
    if ask is not _first(course):
        show_html(question(ask.question, facts, course.lesson.lang))
    answer = pressed(now) if ask.place else given(key, [choice.text for choice in ask.choices], facts)
    verdict: Verdict | None = None
    if answer:
        try:
            verdict = judge(ask, answer, now)
        except LanguageError as error:
            verdict = Verdict(False, answer, str(error))
        _log(course, place, filled(ask.question, facts), verdict)
        is_lessons = ask.choices or verdict.slip in [mistake.says for mistake in ask.mistakes]
        said = tag("span", verdict.message, lang=course.lesson.lang if is_lessons else None)
        show_html(notice(said, color="var(--good)" if verdict.right else "var(--problem)"))
    shown = bool(st.session_state.get(f"{key}_shown"))
    if shown or (verdict is not None and verdict.right):
        _uncover(motif=bool(ask.motif))
    if (shown or (verdict is not None and verdict.right)) and ask.explain:
        show_html(told(ask.explain, facts, course.lesson.lang))
    if (verdict is None or not verdict.right) and not ask.sentence:
        if ask.hint:
            hint = tag("summary", "Hint"), told(ask.hint, facts, course.lesson.lang)
            show_html(tag("details", *hint, class_="lesson-hint"))
        st.button(REVEAL, key=f"{key}_reveal", type="tertiary", on_click=lambda: _reveal(key))
        if shown and (right := _answer(ask, now)):
            show_html(quiet(right))


def _uncover(*, motif: bool) -> None:
    """Show what waited for the answer: a column of the table, and what was planted if that was asked for."""
    mine = shared()
    if motif and MOTIF_WITHHELD.take():
        st.rerun()
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
    if ask.motif:
        return f"It is {ask.motif}."
    try:
        return f"It is {shown(evaluate(ask.answer, facts))}." if ask.answer else ""
    except (NotYet, LanguageError) as reason:
        return str(reason)


def _goals(course: Course) -> None:
    """Draw the goals of a step as they stand now, and that its training may have to wait."""
    say_who_waits(course.step.go)
    for goal in course.step.goals:
        _goal(course.lesson, goal, situation())


def _goal(lesson: Lesson, goal: Goal, now: Situation) -> None:
    """Draw a goal: reached, or by which facts not yet."""
    try:
        is_reached, lacking = reached(goal, now)
    except LanguageError as error:
        is_reached, lacking = False, (str(error),)
    goal_box(goal.text, now, lesson.lang, is_reached=is_reached, lacking=lacking)


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
