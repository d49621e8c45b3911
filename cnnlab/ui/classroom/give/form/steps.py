"""Draw the steps: their list, in which they are moved, and the one that is open with its words and where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from cnnlab.core.classroom.drafts.draft import Draft, DraftStep, doubled, moved, without
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons.lesson import POINTS, Go
from cnnlab.core.lessons.reading import LONGEST_TEXT, MOST_STEPS
from cnnlab.core.lessons.tables import LONGEST_WORDS
from cnnlab.ui.classroom.give.form.begins import PAGE_TITLES, layers_of
from cnnlab.ui.classroom.give.form.drafting import drafting, edit_step, field_key, open_step, restructure
from cnnlab.ui.classroom.give.form.fields import act, line_field, menu, text_field
from cnnlab.ui.classroom.give.form.goals import goals
from cnnlab.ui.classroom.give.form.questions import questions
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import aside, bold, tag

POINTS_OF: Mapping[str, tuple[str, ...]] = {
    "home": (),
    "data": ("strip", "explorer", "classes"),
    "architecture": ("strip", "table", "total", "row", "option", "size"),
    "convolution": ("strip", "map", "kernel", "channel"),
    "feature_maps": ("strip", "picture", "numbers", "maps", "answer"),
    "augmentation": ("strip", "samples", "settings"),
    "training": ("strip", "start", "curves", "run", "confusion", "mistakes"),
    "explain": ("strip", "explanations", "forgetting", "unit"),
}
"""What can be pointed at on each page."""
NOWHERE = "nothing in particular"


def steps() -> None:
    """Draw the list of steps, and the one that is open."""
    now = drafting()
    for place, step in enumerate(now.draft.steps):
        _row(place, step, count=len(now.draft.steps), opened=place == now.step)
        if place == now.step:
            with st.container(border=True, key="open_step"):
                _open(place, step)
    if len(now.draft.steps) < MOST_STEPS:
        st.button("Add a step", icon=":material/add:", key=field_key("add"), on_click=_add)


def _add() -> None:
    """Add a step behind the last, on the page on which that one is."""
    last = drafting().draft.steps[-1:]
    new = DraftStep(go=Go(last[0].go.page if last else drafting().draft.begin.page))
    count = len(drafting().draft.steps)
    restructure(f"Step {count + 1} was added", lambda d: replace(d, steps=(*d.steps, new)), step=count)


def _row(place: int, step: DraftStep, *, count: int, opened: bool) -> None:
    """Draw one line of the list."""

    def change(done: str, items: Callable[[Draft], tuple[DraftStep, ...]], to: int) -> Callable[[], None]:
        return lambda: restructure(f"Step {place + 1} was {done}", lambda d: replace(d, steps=items(d)), step=to)

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"step_row_{place}"):
        amount = (
            f"{PAGE_TITLES[step.go.page]} · {counted(len(step.asks), 'question')}, {counted(len(step.goals), 'goal')}"
        )
        title = step.title.strip() or "(no title yet)"
        show_html(tag("div", bold(f"{place + 1} "), title, " ", aside(amount), class_="step-row"))
        if not opened:
            act(f"Open step {place + 1}", field_key("open", place), lambda: open_step(place))
        small = {"type": "tertiary"}
        up, down = change("moved up", lambda d: moved(d.steps, place, -1), place - 1), None
        down = change("moved down", lambda d: moved(d.steps, place, 1), place + 1)
        twice = change("duplicated", lambda d: doubled(d.steps, place), place + 1)
        gone = change("removed", lambda d: without(d.steps, place), max(place - 1, 0))
        act("Up", field_key("up", place), up, disabled=place == 0, **small)
        act("Down", field_key("down", place), down, disabled=place == count - 1, **small)
        act("Duplicate", field_key("twice", place), twice, disabled=count >= MOST_STEPS, **small)
        act("Remove", field_key("remove", place), gone, disabled=count == 1, **small)


def _open(place: int, step: DraftStep) -> None:
    line_field(
        "Title of the step",
        field_key("step_title", place),
        step.title,
        LONGEST_WORDS,
        lambda v: edit_step(place, lambda s: replace(s, title=v)),
    )
    text_field(
        "Text",
        field_key("step_text", place),
        step.text,
        LONGEST_TEXT,
        lambda v: edit_step(place, lambda s: replace(s, text=v)),
        help="What is to be known before the question, in Markdown.",
    )
    _where(place, step.go)
    questions(place, step)
    goals(place, step)


def _where(place: int, go: Go) -> None:
    """Draw on which page the step is, which layer it selects, and what it points at."""

    def put(**changed: str) -> None:
        edit_step(place, lambda s: replace(s, go=replace(s.go, **changed)))  # type: ignore[arg-type]

    layers = layers_of(drafting().draft)
    points = {"": NOWHERE} | {name: POINTS[name] for name in (*POINTS_OF[go.page], *filter(None, (go.point,)))}
    page, layer, point = st.columns(3)
    with page:
        menu(
            "Page",
            field_key("step_page", place),
            PAGE_TITLES,
            go.page,
            lambda v: put(page=v, point="", of="", part="", run=""),
        )
    with layer:
        offered = {"": "as it is"} | {name: name for name in (*layers, *filter(None, (go.layer,)))}
        menu("Layer that is selected", field_key("step_layer", place), offered, go.layer, lambda v: put(layer=v))
    with point:
        menu("Point at", field_key("step_point", place, go.page), points, go.point, lambda v: put(point=v, of=""))
    if go.point == "option":
        names = _options(go.layer or next(iter(layers), ""))
        offered = {"": "choose one"} | {name: name for name in (*names, *filter(None, (go.of,)))}
        menu("Which option", field_key("step_of", place, go.layer), offered, go.of, lambda v: put(of=v))


def _options(layer: str) -> tuple[str, ...]:
    """Return the arguments of a layer that students begin with."""
    draft = drafting().draft
    names = layers_of(draft)
    if layer not in names:
        return ()
    return tuple(name for name, kind in draft.network.layers[names.index(layer)].kind.options.items() if kind.is_taught)
