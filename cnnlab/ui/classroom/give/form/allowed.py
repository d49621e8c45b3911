"""Draw what students may touch and see, page by page, and how much they may train."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from cnnlab.core.classroom.drafts.draft import Draft
from cnnlab.core.classroom.exercise import Limits
from cnnlab.core.classroom.handles import handles_of
from cnnlab.core.classroom.reading import MOST_HANDLES
from cnnlab.core.settings import Settings
from cnnlab.ui.classroom.give.form.begins import PAGE_TITLES
from cnnlab.ui.classroom.give.form.drafting import drafting, edit, field_key
from cnnlab.ui.classroom.give.form.fields import menu, number_field
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import heading, quiet

ALL, NONE, SOME = "all", "none", "some"
_AMOUNTS = {ALL: "everything", NONE: "nothing", SOME: "only these"}
MOST_TRAININGS = 100


def touched() -> None:
    """Draw for each page what may be touched there."""
    draft = drafting().draft
    show_html(heading("What they may touch"), quiet("The server keeps to it, whatever a browser sends."))
    for page, handles in handles_of(draft.network).items():
        _page(draft, page, handles)


def _page(draft: Draft, page: str, handles: dict[str, str]) -> None:
    only = draft.only.get(page)
    amount = ALL if only is None else NONE if not only else SOME

    def put(allowed: tuple[str, ...] | None) -> None:
        edit(lambda d: replace(d, only=_with(d.only, page, allowed)))

    def put_amount(picked: str) -> None:
        put({ALL: None, NONE: (), SOME: tuple(handles)[:1]}[picked])

    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        menu(PAGE_TITLES[page], field_key("only", page), _AMOUNTS, amount, put_amount)
    if amount == SOME:
        with right:
            label, key = f"What may be touched: {PAGE_TITLES[page]}", field_key("only", page, "these")
            _these(label, key, handles, only or (), put, hide_label=True)


def unseen() -> None:
    """Draw for each page which controls are not even shown there."""
    draft = drafting().draft
    chosen = sum(map(len, draft.hidden.values()))
    show_html(
        heading("What they do not see"), quiet("These controls are not sent to a student, and nobody can use them.")
    )
    with st.expander(f"Hide controls ({chosen})", key=field_key("hidden")):
        for page, handles in handles_of(draft.network).items():
            _unseen(draft, page, handles)


def _unseen(draft: Draft, page: str, handles: dict[str, str]) -> None:
    def put(hidden: tuple[str, ...]) -> None:
        edit(lambda d: replace(d, hidden=_with(d.hidden, page, hidden or None)))

    _these(f"Hidden: {PAGE_TITLES[page]}", field_key("hidden", page), handles, draft.hidden.get(page, ()), put)


def _these(
    label: str,
    key: str,
    handles: dict[str, str],
    now: tuple[str, ...],
    put: Callable[[tuple[str, ...]], None],
    *,
    hide_label: bool = False,
) -> None:
    """Draw a field for some of the handles."""
    # What a file names by a pattern stays as it is, and stands there to be taken away.
    words = handles | {each: each for each in now if each not in handles}

    def take() -> None:
        given = st.session_state.get(key)
        put(tuple(each for each in words if isinstance(given, list) and each in given)[:MOST_HANDLES])

    st.multiselect(
        label,
        list(words),
        list(now),
        key=key,
        format_func=words.__getitem__,
        label_visibility="collapsed" if hide_label else "visible",
        placeholder="none" if not hide_label else None,
        on_change=take,
    )


def _with(
    before: Mapping[str, tuple[str, ...]], page: str, named: tuple[str, ...] | None
) -> dict[str, tuple[str, ...]]:
    others = {name: handles for name, handles in before.items() if name != page}
    return others if named is None else others | {page: named}


def limits() -> None:
    """Draw how much may be trained."""
    given, server = drafting().draft.limits, settings()
    show_html(heading("How much they may train"), quiet("Empty: as much as this server allows."))
    fields = _fields(server)
    for place, (name, label, most) in zip(st.columns(len(fields)), fields, strict=True):
        with place:
            number_field(
                label,
                field_key("limit", name),
                getattr(given, name),
                (1, most),
                lambda v, name=name: edit(lambda d: replace(d, limits=_limited(d.limits, name, v))),  # type: ignore[misc]
                hint=f"{most:,}" if name != "trainings" else "any number",
            )


def _fields(server: Settings) -> tuple[tuple[str, str, int], ...]:
    return (
        ("epochs", "Epochs a training", server.max_epochs),
        ("params", "Parameters", server.max_params),
        ("minutes", "Minutes a training", int(server.max_minutes)),
        ("trainings", "Trainings a student", MOST_TRAININGS),
    )


def _limited(before: Limits, name: str, value: float | None) -> Limits:
    return replace(before, **{name: None if value is None else int(value)})
