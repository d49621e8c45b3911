"""Hold the exercise that a teacher writes now: changes, undo, and what the browser's tab keeps for a reload."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from cnnlab.core.classroom.drafts.draft import Draft, DraftStep, put
from cnnlab.core.classroom.drafts.keeping import LONGEST_DRAFT, DraftError, read_draft, text_of
from cnnlab.core.words import Refusal
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import any_text
from cnnlab.ui.session.keys import Key
from cnnlab.viz.html import tag

MOST_PAST = 30
LONGEST_KEPT = LONGEST_DRAFT + 1000
LONGEST_ID = 100


@dataclass(frozen=True)
class Drafting:
    """Hold a draft, and which exercise it becomes a version of: `seen` is the newest that was looked at.

    `version` grows when the fields must take the draft's values; `past` is what undo gives back, each with what was
    done to it; `step` is open; `saved` is the draft as it was saved last.
    """

    draft: Draft
    exercise: str = ""
    seen: int = 0
    version: int = 0
    past: tuple[tuple[str, "Drafting"], ...] = ()
    step: int = 0
    saved: Draft | None = None

    @property
    def is_saved(self) -> bool:
        """Tell whether nothing was typed since it was saved."""
        return self.draft == self.saved


class KeepSends:
    """Declare what the tab gives back after a reload: the draft that it kept."""

    kept = Message(any_text(LONGEST_KEPT))


DRAFTING: Key[Drafting | None] = Key("drafting", None)
_KEEP = component("draft_keep", "classroom/keep_draft.js", html=tag("i", hidden=""), sends=KeepSends)


def drafting() -> Drafting:
    """Return the draft that is open."""
    found = DRAFTING.get()
    assert found is not None
    return found


def begin(draft: Draft, exercise: str = "", seen: int = 0, *, saved: bool = False) -> None:
    """Open a draft, for which all fields are drawn anew; undo gives back one that was not saved."""
    before = DRAFTING.get()
    version = before.version + 1 if before else 0
    past = () if before is None or before.is_saved else _past(before, "Another draft was opened")
    DRAFTING.set(Drafting(draft, exercise, seen, version, past, saved=draft if saved else None))


def close() -> None:
    """Put the draft away for good."""
    DRAFTING.set(None)


def edit(change: Callable[[Draft], Draft]) -> None:
    """Take what was typed into a field."""
    now = drafting()
    DRAFTING.set(replace(now, draft=change(now.draft)))


def edit_step(place: int, change: Callable[[DraftStep], DraftStep]) -> None:
    """Take what was typed into a field of a step."""
    edit(lambda draft: replace(draft, steps=put(draft.steps, place, change(draft.steps[place]))))


def restructure(done: str, change: Callable[[Draft], Draft], step: int | None = None) -> None:
    """Change which parts there are, so that it can be undone; `done` says what was done, `step` is opened then."""
    now = drafting()
    draft = change(now.draft)
    opened = min(now.step if step is None else max(step, 0), len(draft.steps) - 1)
    past = _past(now, done)
    DRAFTING.set(replace(now, draft=draft, version=now.version + 1, past=past, step=max(opened, 0)))


def _past(now: Drafting, done: str) -> tuple[tuple[str, Drafting], ...]:
    return (*now.past, (done, replace(now, past=())))[-MOST_PAST:]


def undo() -> None:
    """Give back the draft as it was before its parts were changed last."""
    now = drafting()
    if not now.past:
        return
    before = replace(now.past[-1][1], version=now.version + 1, past=now.past[:-1])
    if before.exercise == now.exercise:
        # What was saved meanwhile stays so.
        before = replace(before, seen=now.seen, saved=now.saved)
    DRAFTING.set(before)


def open_step(place: int) -> None:
    """Open a step."""
    DRAFTING.set(replace(drafting(), step=place))


def saved_as(exercise: str, version: int) -> None:
    """Know that the draft is kept as this version."""
    now = drafting()
    DRAFTING.set(replace(now, exercise=exercise, seen=version, saved=now.draft))


def look_past(version: int) -> None:
    """Let the draft go on top of a version that somebody else has saved."""
    DRAFTING.set(replace(drafting(), seen=version))


def field_key(*parts: object) -> str:
    """Return the key of a field of the draft; it is another one whenever the field must take the draft's value."""
    return "_".join(map(str, ("give", drafting().version, *parts)))


def keep_in_tab() -> None:
    """Let the browser's tab keep the draft, and give it back to a session that has none."""
    now = DRAFTING.get()
    text = ""
    if now is not None:
        with suppress(Refusal):
            text = json.dumps([text_of(now.draft), now.exercise, now.seen, now.is_saved])
    # A session that has closed its draft is not fresh: the tab forgets it.
    fresh = DRAFTING.name not in st.session_state
    _KEEP("draft_keep", [{"text": text, "fresh": fresh}], KeepSends.kept.to(_take_back))


def _take_back(text: str) -> None:
    if DRAFTING.name in st.session_state:
        return
    with suppress(Refusal, ValueError, TypeError):
        kept, exercise, seen, saved = json.loads(text)
        if not isinstance(exercise, str) or len(exercise) > LONGEST_ID or type(seen) is not int:
            raise DraftError("This is no draft of an exercise.")
        begin(read_draft(kept), exercise, seen, saved=saved is True)
