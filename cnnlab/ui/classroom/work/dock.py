"""Draw the dock of an exercise: the step, its questions and goals, and the way to hand in, beside every page."""

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.work import Asked, Standing, Work
from cnnlab.core.lessons import LanguageError, Situation
from cnnlab.core.lessons.facts import facts_of
from cnnlab.ui.classroom.work.asks import ask_box, field_key
from cnnlab.ui.classroom.work.coming import begin_anew, keep, leave, view_kept
from cnnlab.ui.classroom.work.desk import Desk, desk_of
from cnnlab.ui.classroom.work.half_typed import keep_half_typed
from cnnlab.ui.classroom.work.hand_in import hand_in_box
from cnnlab.ui.classroom.work.stage import go_to, move
from cnnlab.ui.classroom.work.standing import standing_on
from cnnlab.ui.lessons.situation import situation
from cnnlab.ui.lessons.stand import GOAL_SECONDS, dock_box, goal_box, head, light, say_who_waits, told
from cnnlab.ui.parts.faults import notice as fault
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import AtWork, at_work, said, say
from cnnlab.ui.session.sent import place_in_digits
from cnnlab.viz.html import Html, notice

STEP_CHOICE, REFUSED, STOOD = "exercise_step", "exercise_version_refused", "exercise_stood"
QUIET_SECONDS = 3.0  # between two looks where no goal waits


def work_dock(page: str, hindered: str) -> None:
    """Draw the dock on a page if somebody works on an exercise; `hindered` says why its record cannot be read now."""
    work = at_work()
    if work is None or work.step is None:
        return
    view, now = view_kept(), situation()
    step, lang = view.exercise.steps[work.step], view.exercise.lang
    with dock_box():
        _head(work, view, *([told(step.text, facts_of(now), lang)] if step.text else []))
        with st.container():
            if hindered:
                fault(hindered)
            _newer(work, view)
        _questions(work, view, now, sentence=False)
        waits = [j for j in range(len(step.goals)) if (work.step, j) not in view.reached]
        # Live controls draw their own part of a page anew, not the dock.
        st.fragment(_pulse, run_every=GOAL_SECONDS if waits else QUIET_SECONDS)(page)
        _questions(work, view, now, sentence=True)
        _keep_half_typed(work, view)
        _moves(work, view)
        hand_in_box(work, view)
    light(page, step.go, lang, asks_place=any(ask.kind == "place" for ask in step.asks))


def _head(work: AtWork, view: Work, *more: Html) -> None:
    count, at = len(view.exercise.steps), work.step or 0
    who = "a preview" if work.is_preview else view.student.name
    head(
        f"{view.exercise.title} · step {at + 1} of {count}, {who}",
        view.exercise.steps[at].title,
        view.exercise.lang,
        (at + 1) / count,
        *more,
    )


def _newer(work: AtWork, view: Work) -> None:
    if view.newest == view.version:
        return
    show_html(notice("Your teacher has made a newer version of this exercise. Answers to this one stay with it."))
    st.button("Begin with the newer one", key="exercise_newest", on_click=_begin_anew)
    if refused := st.session_state.pop(REFUSED, ""):
        refuse(refused)


def _begin_anew() -> None:
    try:
        begin_anew()
    except ClassroomError as error:
        st.session_state[REFUSED] = str(error)


def _questions(work: AtWork, view: Work, now: Situation, *, sentence: bool) -> None:
    """Draw the questions of the step: those that are judged, or those for a sentence, which look back on the rest."""
    at = work.step or 0
    for j, ask in enumerate(view.exercise.steps[at].asks):
        if (ask.kind == "sentence") == sentence:
            ask_box(view, (at, j), now)


def _keep_half_typed(work: AtWork, view: Work) -> None:
    """Let the tab keep what is typed into the fields of the step; in a preview nothing is kept."""
    if work.is_preview:
        return
    step = work.step or 0
    typed = [(step, j) for j, ask in enumerate(view.exercise.steps[step].asks) if ask.kind in ("answer", "sentence")]
    last = {at: view.asked.get(at, Asked()).last for at in typed}
    keep_half_typed({field_key(view, at): "" if one is None else one.given for at, one in last.items()})


def _pulse(page: str) -> None:
    """Look at the goals, keep what stands before the student, and draw everything anew if the record has changed."""
    work = at_work()
    if work is None or work.step is None:
        return
    if sentence := said():
        show_html(notice(sentence, color="var(--problem)"))
    desk, before = desk_of(work), view_kept()
    step = work.exercise.steps[work.step]
    say_who_waits(step.go)
    now = situation() if step.goals else None
    try:
        for j, words in enumerate(step.goals):
            assert now is not None
            _goal(work, (work.step, j), words, now)
        after = desk.view()
        _stand(desk, standing_on(page, work), after.standing)
    except ClassroomError as error:
        fault(str(error))
        return
    if _seen(after) != _seen(before):
        keep(after)
        st.rerun()


def _stand(desk: Desk, standing: Standing, kept: Standing) -> None:
    """Keep what stands before the student once it has changed here; what is `kept` else counts as a sign of life.

    A page that was left open somewhere must not take the place of where somebody works now.
    """
    stood = (desk, standing)
    changed = st.session_state.get(STOOD) != stood
    desk.stand(standing if changed else kept)
    st.session_state[STOOD] = stood
    if changed and standing.picture != kept.picture:
        try:
            desk.keep_picture()
        except ClassroomError as error:
            say(str(error))


def _goal(work: AtWork, at: tuple[int, int], words: str, now: Situation) -> None:
    lacking: tuple[str, ...] = ()
    try:
        is_reached = at in view_kept().reached or desk_of(work).check_goal(at, now)
    except (LanguageError, ClassroomError) as error:
        is_reached, lacking = False, (str(error),)
    goal_box(words, now, work.exercise.lang, is_reached=is_reached, lacking=lacking)


def _seen(view: Work) -> tuple[object, ...]:
    """Return everything of a work that the dock draws."""
    asked = {at: (one.phase, one.attempts) for at, one in view.asked.items()}
    return view.exercise, view.newest, view.state, asked, view.reached, view.points, view.comment, view.hidden


def _moves(work: AtWork, view: Work) -> None:
    """Draw the ways to the other steps, and out of the exercise."""
    at, titles = work.step or 0, [step.title for step in view.exercise.steps]
    with st.container(horizontal=True, key="lesson_moves"):
        st.button("Back", disabled=at == 0, on_click=lambda: move(-1), key="lesson_back")
        if at < len(titles) - 1:
            st.button("Next", type="primary", on_click=lambda: move(1), key="lesson_next")
        labels = {str(i): f"{i + 1}: {title}" for i, title in enumerate(titles)}
        st.session_state[STEP_CHOICE] = str(at)
        st.selectbox(
            "Step",
            list(labels),
            key=STEP_CHOICE,
            format_func=lambda step: labels.get(step, step),
            label_visibility="collapsed",
            on_change=lambda: _choose(len(titles)),
        )
        st.button("Set the step up again", type="tertiary", on_click=lambda: go_to(at, anew=True), key="lesson_again")
        label = "End the preview" if work.is_preview else "Leave the exercise"
        st.button(label, type="tertiary", on_click=leave, key="lesson_leave")


def _choose(count: int) -> None:
    chosen = place_in_digits(st.session_state.get(STEP_CHOICE), count)
    if chosen is not None:
        go_to(chosen)
