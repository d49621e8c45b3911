"""Draw the end of an exercise: what is missing, handing in, receipts, and what the teacher gave back."""

from datetime import UTC, datetime

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.work import Receipt, State, Work, missing_of
from cnnlab.core.data.survey.layouts import counted
from cnnlab.ui.classroom.work.coming import NEW_CODE
from cnnlab.ui.classroom.work.door import show_code
from cnnlab.ui.classroom.work.moments import is_past, moment
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import AtWork, at_work
from cnnlab.ui.session.services import classroom
from cnnlab.ui.session.visitor import asker
from cnnlab.viz.html import heading, notice, quiet, tag

REFUSED = "exercise_refused"


def hand_in_box(work: AtWork, view: Work) -> None:
    """Draw where the work stands, and what can be done with it now."""
    if work.is_preview:
        show_html(quiet("This is a preview: nothing is recorded, and nothing can be handed in."))
        return
    with st.container():
        _given_back(view)
        if refused := st.session_state.pop(REFUSED, ""):
            refuse(refused)
    with st.container(horizontal=True, key="exercise_hand_in"):
        if view.state != State.SUBMITTED and not is_past(view.exercise.due):
            st.button(
                "Validate",
                key="exercise_validate",
                type="secondary" if view.state == State.VALIDATED else "primary",
                on_click=_validate,
                help="Says what is missing. Whatever that is, you can hand in then.",
                disabled=view.state == State.RETURNED,
            )
        if view.state == State.VALIDATED and not is_past(view.exercise.due):
            st.button("Hand in", key="exercise_submit", type="primary", on_click=_submit)
        _code_box()
        if view.handed_in:
            with st.popover("Receipts"):
                _receipts(work)
    if view.state == State.VALIDATED:
        _missing(view)
    show_html(quiet(_stands(view)))


def _stands(view: Work) -> str:
    """Return in a sentence or two what has become of the work so far."""
    is_over = is_past(view.exercise.due)
    due = "" if view.exercise.due is None else f" {'It was due' if is_over else 'Due'} {moment(view.exercise.due)}."
    if is_over:
        due += " Nothing can be changed any more; you can still look at everything."
    if not view.handed_in:
        return f"Not handed in yet.{due}"
    times = "once" if view.handed_in == 1 else f"{view.handed_in} times"
    last = moment(view.handed_in_at or 0.0)
    changed = " You have changed it since." if view.state in (State.DRAFT, State.VALIDATED) else ""
    again = "" if is_over else " You may hand in again until it is due."
    return f"Handed in {times}, the last time {last}.{changed}{again}{due}"


def _given_back(view: Work) -> None:
    """Draw the points and the comment of the teacher, if there are any and nobody votes."""
    if view.points is None:
        if view.state == State.RETURNED:
            show_html(quiet("Your points are here again when the class has been told the answer."))
        return
    # What the teacher writes is hostile text too.
    lines = [tag("div", line) for line in view.comment.splitlines()]
    show_html(notice(tag("b", f"{view.points:g} of {view.exercise.points:g} points"), *lines, color="var(--accent)"))


def _missing(view: Work) -> None:
    if not (missing := missing_of(view)):
        show_html(notice("Everything is answered and reached; it can be handed in.", color="var(--good)"))
        return
    listed = tag("ul", *(tag("li", one) for one in missing))
    show_html(notice(f"{counted(len(missing), 'thing is', 'things are')} missing:", listed))


def _validate() -> None:
    work = at_work()
    try:
        if work is not None:
            classroom().handing_in.validate(work.token)
    except ClassroomError as error:
        st.session_state[REFUSED] = str(error)


def _submit() -> None:
    work = at_work()
    try:
        if work is not None:
            classroom().handing_in.submit(work.token, asker())
    except ClassroomError as error:
        st.session_state[REFUSED] = str(error)


def _receipts(work: AtWork) -> None:
    """Draw the receipt of everything that was handed in, the last one first."""
    try:
        receipts = classroom().handing_in.receipts(work.token)
    except ClassroomError as error:
        refuse(error)
        return
    show_html(heading("Receipts"), quiet("A receipt proves what you handed in, and when. Your teacher can check it."))
    for receipt in receipts:
        show_html(
            quiet(f"{receipt.number}: {moment(receipt.at)}, {counted(len(receipt.answers), 'answer', 'answers')}")
        )
        st.code(receipt.text, language=None, height=80, wrap_lines=True)
        st.download_button(
            "Save it",
            receipt.text,
            _file_name(receipt),
            "text/plain",
            key=f"exercise_receipt_{receipt.number}",
            on_click="ignore",
        )


def _file_name(receipt: Receipt) -> str:
    return f"receipt-{receipt.exercise}-{receipt.number}-{datetime.fromtimestamp(receipt.at, UTC):%Y-%m-%d}.txt"


def _code_box() -> None:
    """Offer another code: the first is told once, and nobody can look it up."""
    with st.popover("My code"):
        if code := st.session_state.get(NEW_CODE):
            show_code(code)
            st.button("I have written it down", key="exercise_code_kept", on_click=_forget_code)
            return
        show_html(
            quiet("Your code opens this work in another browser. It is kept nowhere, so nobody can show it again.")
        )
        st.button("Give me another code", key="exercise_another_code", on_click=_another_code)
        show_html(quiet("The one before opens nothing then."))


def _forget_code() -> None:
    st.session_state.pop(NEW_CODE, None)


def _another_code() -> None:
    work = at_work()
    try:
        if work is not None:
            st.session_state[NEW_CODE] = classroom().students.another_code(work.token)
    except ClassroomError as error:
        st.session_state[REFUSED] = str(error)
