"""Ask the class from the projector with one button: commit, show, discuss, ask again, show again, reveal."""

from collections.abc import Callable

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.phases import NEXT, REVEALING, Bar, ClassQuestion, Phase, takes_answers
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.core.lessons import LanguageError, Situation
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.playing import network_of
from cnnlab.core.lessons.texts import filled, parser_of
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.ui.classroom.watch.columns import cut, label_of
from cnnlab.ui.classroom.watch.histogram import histogram
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import whole
from cnnlab.ui.session.keys import WATCH_REFUSED
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import classroom
from cnnlab.viz.html import NOTHING, Html, aside, bold, from_markdown, quiet, tag, together

LIVE_SECONDS = 1.0
CHOSEN = "watch_question"
MOST_REVISIONS = 1_000_000_000
NOT_ASKED = 0  # in place of a revision
PRESS = {
    None: "Ask the class",
    Phase.ASKED: "Show how everybody answered",
    Phase.SHOWN: "Ask again",
    Phase.ASKED_AGAIN: "Show the second vote",
    Phase.SHOWN_AGAIN: "Reveal",
}
"""What the large button does in each phase."""
SAYS = {
    None: "Everybody who works on this exercise is asked at once. Nobody learns yet who is right.",
    Phase.ASKED: "Everybody commits now, alone.",
    Phase.SHOWN: "Talk about it: convince your neighbour.",
    Phase.ASKED_AGAIN: "Everybody commits again.",
    Phase.SHOWN_AGAIN: "What has changed?",
    Phase.REVEALED: "Everybody reads now what is right.",
}


class QuestionSends:
    """Declare what the question sends: that it was pressed, or is to be revealed, at the revision on the screen."""

    pressed = Message(whole(0, MOST_REVISIONS))
    revealed = Message(whole(1, MOST_REVISIONS))


_QUESTION = component(
    "class_question",
    "classroom/question.js",
    html="classroom/question.html",
    styles=["classroom/question.css"],
    sends=QuestionSends,
    isolate=False,
)


def ask_the_class(exercise_id: str) -> None:
    """Draw the choice of a question and the question itself, live."""
    exercise = classroom().exercises.newest(exercise_id).exercise
    asks = exercise.asks_of_class
    if not asks:
        show_html(quiet("This exercise has no question for the whole class; add one in the builder."))
        return
    places = list(asks)
    if st.session_state.get(CHOSEN) not in places:
        current = classroom().asking.current(exercise_id)
        st.session_state[CHOSEN] = places[0] if current is None or current.at not in places else current.at
    st.selectbox(
        "Question",
        places,
        key=CHOSEN,
        # Choices are drawn as they are; the question itself stands below, as students read it.
        format_func=lambda at: f"{label_of(at)} {cut(asks[at].question.replace('`', ''), 90)}",
        label_visibility="collapsed",
        persist_state="session",
    )
    st.fragment(_live, run_every=LIVE_SECONDS)(exercise_id, chosen(CHOSEN, places, places[0]))


def _live(exercise_id: str, at: At) -> None:
    with faults_said():
        room = classroom()
        kept = room.exercises.newest(exercise_id)
        places = list(kept.exercise.asks_of_class)
        if at not in places:
            st.rerun()
        current = room.asking.current(exercise_id)
        current = current if current is not None and current.at == at else None
        everybody = sum(row.version == kept.version for row in room.table.rows(exercise_id))
        following = places[places.index(at) + 1] if at != places[-1] else None

        def press(seen: int) -> None:
            if seen == NOT_ASKED or current is None:
                _try(lambda: room.asking.ask(exercise_id, at))
            elif current.phase != Phase.REVEALED:
                _try(lambda: room.asking.press(exercise_id, seen))
            elif following is not None:
                st.session_state[CHOSEN] = following
            else:
                _try(lambda: room.asking.ask(exercise_id, at))

        _QUESTION(
            "class_question",
            [_drawn(exercise_id, kept.exercise, at, current, everybody, following)],
            QuestionSends.pressed.to(press),
            QuestionSends.revealed.to(lambda seen: _try(lambda: room.asking.press(exercise_id, seen, reveal=True))),
        )
        if refused := WATCH_REFUSED.take():
            refuse(refused)
        if st.session_state.get(CHOSEN) != at:
            st.rerun()


def _try(do: Callable[[], object]) -> None:
    try:
        do()
    except ClassroomError as error:
        WATCH_REFUSED.set(str(error))


def _drawn(
    exercise_id: str, exercise: Exercise, at: At, current: ClassQuestion | None, everybody: int, following: At | None
) -> dict[str, object]:
    """Return what the component draws: question, counter, votes, and what its buttons do."""
    phase = None if current is None else current.phase
    press = PRESS.get(phase, "Next question" if following is not None else "Ask it once more")
    return {
        "html": together(_asked(exercise, at), tag("p", SAYS[phase], class_="ask-says")),
        "count": _count(exercise_id, current, everybody),
        "votes": _votes(exercise_id, current),
        "press": press,
        "revision": NOT_ASKED if current is None else current.revision,
        "reveal": phase in REVEALING and NEXT[phase] != Phase.REVEALED,
        "lang": exercise.lesson.lang,
    }


def _count(exercise_id: str, current: ClassQuestion | None, everybody: int) -> Html:
    if current is None:
        return together(bold(everybody), " students here" if everybody != 1 else " student here")
    if current.phase == Phase.REVEALED:
        return NOTHING
    committed = classroom().asking.committed(exercise_id)
    return together(bold(committed), f" of {max(everybody, committed)} committed")


def _votes(exercise_id: str, current: ClassQuestion | None) -> Html:
    """Return the votes; while everybody still commits there are none to be seen."""
    if current is None or (takes_answers(current.phase) and current.phase != Phase.REVEALED):
        return NOTHING
    asking = classroom().asking
    last = asking.histogram(exercise_id, current.at)
    if current.phase == Phase.SHOWN:
        return histogram(last)
    first = asking.histogram(exercise_id, current.at, first=True)
    second: tuple[Bar, ...] = () if first == last else last
    return histogram(first, second)


def _asked(exercise: Exercise, at: At) -> Html:
    """Return the question as students read it, with the numbers of the network that its step begins with."""
    ask = exercise.asks[at]
    facts = facts_of(Situation(_network(exercise, at)))
    try:
        said = from_markdown(ask.question, parser_of(facts), one_line=True)
        choices = [tag("li", filled(choice.text, facts)) for choice in ask.choices]
    except LanguageError:
        said, choices = together(ask.question), [tag("li", choice.text) for choice in ask.choices]
    listed = tag("ol", *choices, class_="ask-choices", type="A") if choices else NOTHING
    return together(tag("p", aside(f"{label_of(at)} "), said, class_="ask-question"), listed)


def _network(exercise: Exercise, at: At) -> Network:
    try:
        network = exercise.begins_with
        for step in exercise.lesson.steps[: at[0] + 1]:
            network = network_of(step.go, network)
    except (NetworkFormatError, ValueError):
        return exercise.network
    return network
