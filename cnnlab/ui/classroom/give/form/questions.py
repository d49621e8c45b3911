"""Draw the questions of a step: what is asked, what is right, what helps, what is said afterwards."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from cnnlab.classroom.files import LARGEST, MB
from cnnlab.core.classroom.drafts.draft import DraftAsk, DraftMistake, DraftStep, doubled, of_kind, put, without
from cnnlab.core.classroom.drafts.offers import MEASURED, OF_ALL, OF_LAYER, OFF, PLACES, asked_in, of_layer
from cnnlab.core.classroom.exercise import Kind
from cnnlab.core.lessons.language import LONGEST
from cnnlab.core.lessons.lesson import PAGES_WITH_PLACES
from cnnlab.core.lessons.reading import MOST_ASKS
from cnnlab.core.lessons.tables import LONGEST_WORDS, MOST_ROWS
from cnnlab.ui.classroom.give.form.begins import layers_of
from cnnlab.ui.classroom.give.form.choices import choices
from cnnlab.ui.classroom.give.form.drafting import drafting, edit_step, field_key, restructure
from cnnlab.ui.classroom.give.form.fields import act, line_field, menu, number_field, text_field
from cnnlab.ui.classroom.give.form.value import value_now
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import heading, quiet

KINDS: dict[Kind, str] = {
    "answer": "a number, a shape or a name",
    "choices": "a choice among answers",
    "place": "a place of a map",
    "sentence": "a sentence, which nobody judges",
    "file": "a file, which nobody judges",
}
TYPED = "typed"
Change = Callable[[Callable[[DraftAsk], DraftAsk]], None]


def questions(place: int, step: DraftStep) -> None:
    """Draw the questions of a step, and the button that adds one."""
    for number, ask in enumerate(step.asks):
        _question(place, number, ask, step.go.page)
    if len(step.asks) < MOST_ASKS:
        add = lambda: _restructure(place, "A question was added", lambda asks: (*asks, DraftAsk()))  # noqa: E731
        st.button("Add a question", icon=":material/add:", key=field_key("add_ask", place), on_click=add)


def _restructure(place: int, done: str, items: Callable[[tuple[DraftAsk, ...]], tuple[DraftAsk, ...]]) -> None:
    restructure(
        done,
        lambda d: d.with_step(place, replace(d.steps[place], asks=items(d.steps[place].asks))),
    )


def _question(place: int, number: int, ask: DraftAsk, page: str) -> None:
    def change(changed: Callable[[DraftAsk], DraftAsk]) -> None:
        edit_step(place, lambda s: replace(s, asks=put(s.asks, number, changed(s.asks[number]))))

    def key(name: str) -> str:
        return field_key(place, "ask", number, name)

    with st.container(border=True, key=f"question_{place}_{number}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            show_html(heading(f"Question {number + 1}"), width="content")
            with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
                _moves(place, number, key)
        first, second = st.columns([2, 1])
        with first:
            line_field(
                "Question",
                key("question"),
                ask.question,
                LONGEST_WORDS,
                lambda v: change(lambda a: replace(a, question=v)),
            )
        with second:
            menu(
                "Kind of answer",
                key(f"kind_{page}"),
                _kinds(page, ask.kind),
                ask.kind,
                lambda v: change(lambda a: of_kind(a, v)),
            )
        if ask.kind == "answer":
            _answer(ask, key, change)
        elif ask.kind == "choices":
            choices(place, number, ask)
        elif ask.kind == "place":
            _place(ask, key, change)
        elif ask.kind == "file":
            _file(ask, key, change)
        _around(ask, key, change)


def _kinds(page: str, now: Kind) -> dict[Kind, str]:
    """Return what can be asked on a page; a place only where there are maps."""
    has_maps = page in PAGES_WITH_PLACES
    return {kind: said for kind, said in KINDS.items() if has_maps or kind in (now, *KINDS.keys() - {"place"})}


def _moves(place: int, number: int, key: Callable[[str], str]) -> None:
    said = f"Question {number + 1} was"
    full = len(drafting().draft.steps[place].asks) >= MOST_ASKS
    twice = lambda: _restructure(place, f"{said} duplicated", lambda asks: doubled(asks, number))  # noqa: E731
    gone = lambda: _restructure(place, f"{said} removed", lambda asks: without(asks, number))  # noqa: E731
    act("Duplicate", key("twice"), twice, disabled=full, type="tertiary")
    act("Remove", key("remove"), gone, type="tertiary")


def _answer(ask: DraftAsk, key: Callable[[str], str], change: Change) -> None:
    """Draw what the right answer is: a fact that is picked, or an expression that is typed."""
    layers = layers_of(drafting().draft)
    found = asked_in(ask.answer, layers)
    typed = found is None and bool(ask.answer)
    fact, layer = found or ("", layers[0] if layers else "")
    offered = {
        "": "choose what is asked",
        **{n: f"{s} of a layer" for n, s in OF_LAYER.items()},
        **OF_ALL,
        TYPED: "something else, as an expression",
    }

    def picked(name: str) -> None:
        answer = "" if not name else "0" if name == TYPED else name if name in OF_ALL else of_layer(name, layer)
        change(lambda a: replace(a, answer=answer, within=OFF if name in MEASURED else 0.0))

    first, second = st.columns(2)
    with first:
        menu("What is asked", key("fact"), offered, TYPED if typed else fact, picked)
    with second:
        if fact in OF_LAYER:
            menu(
                "Of which layer",
                key("layer"),
                {n: n for n in layers},
                layer,
                lambda v: change(lambda a: replace(a, answer=of_layer(fact, v))),
            )
        elif typed:
            line_field(
                "Expression",
                key("answer"),
                ask.answer,
                LONGEST,
                lambda v: change(lambda a: replace(a, answer=v)),
                help="In the language of lessons: facts, numbers, + - * / //.",
            )
    if ask.answer:
        value_now(ask.answer)
        number_field(
            "May be off by, in per cent",
            key(f"within_{fact}"),
            100 * ask.within,
            (0, 100),
            lambda v: change(lambda a: replace(a, within=(v or 0) / 100)),
            whole=False,
        )


def _place(ask: DraftAsk, key: Callable[[str], str], change: Change) -> None:
    """Draw which place is right."""
    typed = bool(ask.place) and ask.place not in PLACES
    offered = {"": "choose a place", **PLACES, TYPED: "something else, as a condition"}
    first, second = st.columns(2)
    with first:
        menu(
            "Which place is right",
            key("place_of"),
            offered,
            TYPED if typed else ask.place,
            lambda v: change(lambda a: replace(a, place="row == 0 and column == 0" if v == TYPED else v)),
        )
    with second:
        if typed:
            line_field(
                "Condition",
                key("place"),
                ask.place,
                LONGEST,
                lambda v: change(lambda a: replace(a, place=v)),
                help="Facts such as row, column, value, largest.",
            )


def _file(ask: DraftAsk, key: Callable[[str], str], change: Change) -> None:
    """Draw which files are taken."""
    line_field(
        "Endings that it may have",
        key("endings"),
        ask.endings,
        LONGEST_WORDS,
        lambda v: change(lambda a: replace(a, endings=v)),
        help=f"Each file has at most {LARGEST // MB} MB. Empty takes every kind.",
        hint="any, or such as ipynb, py, pdf",
    )


def _around(ask: DraftAsk, key: Callable[[str], str], change: Change) -> None:
    """Draw the hint, the explanation, and wrong answers that are recognised."""
    first, second = st.columns(2)
    with first:
        text_field(
            "Hint",
            key("hint"),
            ask.hint,
            LONGEST_WORDS,
            lambda v: change(lambda a: replace(a, hint=v)),
            help="For whoever asks for it; may be empty.",
        )
    with second:
        text_field(
            "Explanation",
            key("explain"),
            ask.explain,
            LONGEST_WORDS,
            lambda v: change(lambda a: replace(a, explain=v)),
            help="After the right answer, or once the class is told.",
        )
    if ask.kind in ("answer", "place"):
        with st.expander(f"Wrong answers that get a sentence of their own ({len(ask.mistakes)})", key=key("mistakes")):
            _mistakes(ask, key, change)


def _mistakes(ask: DraftAsk, key: Callable[[str], str], change: Change) -> None:
    show_html(quiet("The usual slips with shapes, parameters and fields are recognised without this."))
    for at, mistake in enumerate(ask.mistakes):
        _mistake(at, mistake, key, change)
    if len(ask.mistakes) < MOST_ROWS:
        st.button(
            "Add a wrong answer",
            key=key("add_mistake"),
            on_click=lambda: change(lambda a: replace(a, mistakes=(*a.mistakes, DraftMistake()))),
        )
    if ask.mistakes:
        st.button(
            "Remove the last",
            key=key("less_mistakes"),
            on_click=lambda: change(lambda a: replace(a, mistakes=a.mistakes[:-1])),
        )


def _mistake(at: int, mistake: DraftMistake, key: Callable[[str], str], change: Change) -> None:
    def put_one(**changed: str) -> None:
        change(lambda a: replace(a, mistakes=put(a.mistakes, at, replace(a.mistakes[at], **changed))))

    gives, says = st.columns([1, 2])
    with gives:
        line_field(
            "The wrong answer, as an expression", key(f"gives_{at}"), mistake.gives, LONGEST, lambda v: put_one(gives=v)
        )
    with says:
        line_field("What is said then", key(f"says_{at}"), mistake.says, LONGEST_WORDS, lambda v: put_one(says=v))
