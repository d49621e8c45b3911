"""Draw the goals of a step: a fact that is picked with a comparison and a number, or a condition that is typed."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from cnnlab.core.classroom.drafts.draft import DraftGoal, DraftStep, put, without
from cnnlab.core.classroom.drafts.offers import GOALS, OF_LAYER, SIGNS, Rule, rule_in
from cnnlab.core.lessons.language import LONGEST
from cnnlab.core.lessons.reading import MOST_GOALS
from cnnlab.core.lessons.tables import LONGEST_WORDS
from cnnlab.ui.classroom.give.form.begins import layers_of
from cnnlab.ui.classroom.give.form.drafting import drafting, edit_step, field_key, restructure
from cnnlab.ui.classroom.give.form.fields import act, line_field, menu, number_field
from cnnlab.ui.classroom.give.form.value import value_now
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import heading

TYPED = "typed"
FIRST = Rule("total_params", "", "<=", 200_000)
LARGEST = 10.0**12
_OF_LAYER = {name: said for name, said in OF_LAYER.items() if name not in ("shape", "field")}
Change = Callable[..., None]


def goals(place: int, step: DraftStep) -> None:
    """Draw the goals of a step, and the button that adds one."""
    for number, goal in enumerate(step.goals):
        _goal(place, number, goal)
    if len(step.goals) < MOST_GOALS:
        first = DraftGoal(when=FIRST.when)
        add = lambda: _restructure(place, "A goal was added", lambda all_: (*all_, first))  # noqa: E731
        st.button("Add a goal", icon=":material/add:", key=field_key("add_goal", place), on_click=add)


def _restructure(place: int, done: str, items: Callable[[tuple[DraftGoal, ...]], tuple[DraftGoal, ...]]) -> None:
    restructure(done, lambda d: d.with_step(place, replace(d.steps[place], goals=items(d.steps[place].goals))))


def _goal(place: int, number: int, goal: DraftGoal) -> None:
    def change(**changed: str) -> None:
        edit_step(place, lambda s: replace(s, goals=put(s.goals, number, replace(s.goals[number], **changed))))

    def key(name: str) -> str:
        return field_key(place, "goal", number, name)

    with st.container(border=True, key=f"goal_{place}_{number}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            show_html(heading(f"Goal {number + 1}"), width="content")
            gone = lambda: _restructure(place, f"Goal {number + 1} was removed", lambda all_: without(all_, number))  # noqa: E731
            act("Remove", key("remove"), gone, type="tertiary", width="content")
        line_field("What is to be reached, in words", key("text"), goal.text, LONGEST_WORDS, lambda v: change(text=v))
        _condition(goal, key, change)
        if goal.when:
            value_now(goal.when)


def _condition(goal: DraftGoal, key: Callable[[str], str], change: Change) -> None:
    layers = layers_of(drafting().draft)
    rule = rule_in(goal.when, layers)
    offered = {
        **GOALS,
        **{name: f"{said} of a layer" for name, said in _OF_LAYER.items()},
        TYPED: "a condition that is typed",
    }
    now = rule or FIRST

    def picked(name: str) -> None:
        layer = (now.layer or layers[0]) if name in _OF_LAYER and layers else ""
        change(when="possible" if name == TYPED else replace(now, fact=name, layer=layer).when)

    fact, layer, sign, number = st.columns([3, 2, 2, 2])
    with fact:
        menu("What counts", key("fact"), offered, rule.fact if rule else TYPED, picked)
    if rule is None:
        line_field(
            "Condition",
            key("when"),
            goal.when,
            LONGEST,
            lambda v: change(when=v),
            help="In the language of lessons: facts, comparisons, and, or, not.",
        )
        return
    if rule.layer:
        with layer:
            menu(
                "Of which layer",
                key("layer"),
                {n: n for n in layers},
                rule.layer,
                lambda v: change(when=replace(rule, layer=v).when),
            )
    with sign:
        menu("Is", key("sign"), dict(SIGNS), rule.sign, lambda v: change(when=replace(rule, sign=v).when))
    with number:
        number_field(
            "Number",
            key("number"),
            rule.number,
            (-LARGEST, LARGEST),
            lambda v: change(when=replace(rule, number=v or 0.0).when),
            whole=False,
        )
