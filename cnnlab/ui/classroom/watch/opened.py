"""Draw one student's work as a teacher sees it: every attempt, what was handed in, points and a comment."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.texts import LONGEST_COMMENT
from cnnlab.classroom.record.work import Asked, Receipt, State
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.classroom.table import Opened, Row
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons import Ask
from cnnlab.core.teach.brief import describe_bytes
from cnnlab.ui.classroom.watch.columns import SAID, label_of, minutes, shown_answer
from cnnlab.ui.classroom.watch.handed_files import files
from cnnlab.ui.classroom.watch.looking import look_at
from cnnlab.ui.classroom.watch.scores import scores_of
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import WATCH_REFUSED, WATCHED_STUDENT
from cnnlab.ui.session.sent import number
from cnnlab.ui.session.services import classroom
from cnnlab.viz.html import Html, aside, bold, heading, line, number_cell, paragraph, quiet, table, tag, together

CODE, DELETE = "watch_code", "watch_delete"


def opened_student(exercise_id: str, student: str) -> None:
    """Draw the work of one student; whoever was deleted meanwhile is said, and the table comes back."""
    st.button("Back to the class", icon=":material/arrow_back:", on_click=close, key="watch_back")
    try:
        opened = classroom().table.open(exercise_id, student)
        exercise = classroom().exercises.version(exercise_id, opened.row.version).exercise
    except ClassroomFault:
        raise
    except ClassroomError as error:
        refuse(error)
        return
    _head(opened.row)
    st.button(
        "See it as it stands",
        key="watch_look",
        icon=":material/visibility:",
        on_click=lambda: look_at(exercise_id, student),
        help="Network, picture, data, weights and layer as the student has them; yours come back by one press.",
    )
    if refused := WATCH_REFUSED.take():
        refuse(refused)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _answers(exercise, opened)
        _trainings(opened.row)
    with right:
        _marks(exercise_id, exercise, opened.row)
        _handed_in(opened.receipts)
        _keys(exercise_id, opened.row)


def close() -> None:
    """Go back to the table; what was typed and not given yet stays for the next look at this student."""
    WATCHED_STUDENT.take()
    for name in (CODE, DELETE):
        st.session_state.pop(name, None)


def moment(seconds: float) -> str:
    """Return a moment in the server's own time, in words."""
    return datetime.fromtimestamp(seconds).strftime("%d %b %H:%M:%S")


def _head(row: Row) -> None:
    said = f"{SAID[row.state]}, begun {moment(row.begun)}, {minutes(row.seconds)} of work"
    version = f", version {row.version} of the exercise"
    show_html(tag("div", heading(row.student.name), quiet(said, version), class_="heading"))


def _answers(exercise: Exercise, opened: Opened) -> None:
    """Draw every attempt at every question, the last one first, and the goals."""
    lines = [one for at, ask in exercise.asks.items() for one in _lines(at, ask, opened.asked.get(at, Asked()))]
    heads = ("Question", "Answer", "Worth", "When")
    show_html(tag("div", table("Every attempt", heads, lines, "shapes class attempts"), class_="sideways"))
    files(opened)
    goals = [
        tag("li", "✓ " if (i, j) in opened.row.goals else "○ ", goal.text)
        for i, step in enumerate(exercise.lesson.steps)
        for j, goal in enumerate(step.goals)
    ]
    if goals:
        show_html(heading("Goals"), tag("ul", *goals, class_="goals"))
    if opened.row.hints:
        show_html(quiet(f"Hints taken: {opened.row.hints}"))


def _lines(at: At, ask: Ask, asked: Asked) -> Iterator[Html]:
    if not asked.attempts:
        yield line(label_of(at), tag("td", "–", class_="nothing"), "", "")
    for place, attempt in enumerate(reversed(asked.attempts)):
        worth, css = {True: ("right", "right"), False: ("wrong", "wrong"), None: ("", None)}[attempt.right]
        asked_as = {0: "", 1: "first vote", 2: "second vote"}.get(attempt.round, "")
        said = together(worth, tag("div", attempt.slip, class_="quiet") if attempt.slip else "")
        more = asked_as if attempt.file is None else describe_bytes(attempt.file.size)
        given = tag("td", shown_answer(ask, attempt.given), aside(f" {more}") if more else "", class_=css)
        label = tag("span", label_of(at), class_="said") if place else label_of(at)
        yield line(label, given, tag("td", said), moment(attempt.at))


def _trainings(row: Row) -> None:
    scores = scores_of(row.trainings)
    lines = [line(score.run.spec.name, number_cell(score.text), moment(score.run.created)) for score in scores.values()]
    if lines:
        show_html(heading("Trainings"), table("Trainings", ("Name", "Best validation", "Launched"), lines))


def _marks(exercise_id: str, exercise: Exercise, row: Row) -> None:
    """Draw points and comment; what was typed stays, whatever another teacher did meanwhile."""
    most, points, comment, seen = exercise.max_points, *_fields(row.student.id)
    if seen not in st.session_state:
        st.session_state[seen] = row.marked
        st.session_state[points] = row.points if row.points is not None else row.proposed
        st.session_state[comment] = row.comment
    show_html(heading("Points and a comment"))
    given = "none yet" if row.points is None else f"{row.points:g} of {most:g}"
    proposed = "" if row.proposed is None else f"; the exercise proposes {row.proposed:g}"
    show_html(quiet(f"Given: {given}{proposed}."))
    st.number_input("Points", 0.0, most, None, step=0.5, key=points, persist_state="session")
    st.text_area(
        "Comment, which the student sees",
        key=comment,
        max_chars=LONGEST_COMMENT,
        height=110,
        persist_state="session",
    )
    can = row.state in (State.SUBMITTED, State.RETURNED)
    st.button(
        "Give back",
        type="primary",
        disabled=not can,
        key="watch_give_back",
        on_click=lambda: _give_back(exercise_id, row, most),
    )
    if not can:
        show_html(quiet("It can be given back once it was handed in, as it stands now."))
    if row.marked != st.session_state[seen]:
        said = f"“{row.comment}”" if row.comment else "no comment"
        show_html(paragraph("Another teacher has given ", bold(given), f" meanwhile, with {said}."))
        st.button(
            "Mine shall stand instead",
            key="watch_mine",
            on_click=lambda: st.session_state.update({seen: row.marked}),
        )


def _fields(student: str) -> tuple[str, str, str]:
    """Return the keys of a student's points, comment, and how often the work was marked when they were filled in."""
    return f"watch_points_{student}", f"watch_comment_{student}", f"watch_seen_{student}"


def _give_back(exercise_id: str, row: Row, most: float) -> None:
    points, comment, seen = _fields(row.student.id)
    typed, said = st.session_state.get(points), st.session_state.get(comment)
    given = None if typed is None else number(typed, 0.0, most, 0.0)
    try:
        after = classroom().table.give_back(
            exercise_id, row.student.id, given, said if isinstance(said, str) else "", st.session_state[seen]
        )
    except ClassroomError as error:
        WATCH_REFUSED.set(str(error))
        return
    st.session_state[seen] = after.marked


def _handed_in(receipts: tuple[Receipt, ...]) -> None:
    show_html(heading("Handed in"))
    if not receipts:
        show_html(quiet("Nothing yet."))
        return
    lines = [
        line(f"{receipt.number}.", tag("td", moment(receipt.at)), number_cell(counted(len(receipt.answers), "answer")))
        for receipt in receipts
    ]
    show_html(table("Handed in", (), lines))
    with st.popover("Receipts", type="tertiary"):
        for receipt in receipts:
            show_html(paragraph(f"{receipt.number}. {moment(receipt.at)}"))
            st.code(receipt.text, language=None, wrap_lines=True)


def _keys(exercise_id: str, row: Row) -> None:
    """Draw what a teacher can do for a student who lost the code, and how to delete everything of one."""
    show_html(heading("Code and data"))
    whose, code = st.session_state.get(CODE, ("", ""))
    if whose == row.student.id:
        show_html(
            paragraph("The new code is ", bold(code), "; the old one opens nothing any more. It is shown once."),
        )
    with st.container(horizontal=True, key="watch_keys"):
        st.button(
            "Another code",
            key="watch_another_code",
            on_click=lambda: _another_code(exercise_id, row.student.id),
            help="For a student who lost it: it opens this work in any browser.",
        )
        with st.popover("Delete this student", key=DELETE):
            what = " are deleted for good; trainings stay until they are deleted themselves."
            show_html(paragraph("All answers of ", bold(row.student.name), what))
            st.button("Delete for good", type="primary", on_click=lambda: _delete(exercise_id, row.student.id))


def _another_code(exercise_id: str, student: str) -> None:
    try:
        st.session_state[CODE] = student, classroom().students.code_for(exercise_id, student)
    except ClassroomError as error:
        WATCH_REFUSED.set(str(error))


def _delete(exercise_id: str, student: str) -> None:
    try:
        classroom().forgetting.student(exercise_id, student)
    except ClassroomError as error:
        WATCH_REFUSED.set(str(error))
        return
    close()
