"""Draw what an exercise is: its title and message, by whom, how long, until when, for how many points."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from cnnlab.core.classroom.reading import LONGEST_BY, MOST_POINTS
from cnnlab.core.lessons.reading import LONGEST_TEXT
from cnnlab.core.lessons.tables import LONGEST_WORDS
from cnnlab.ui.classroom.give.form.drafting import drafting, edit, field_key
from cnnlab.ui.classroom.give.form.fields import line_field, number_field, text_field
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import quiet

MOST_MINUTES = 60
USUAL_HOUR, WEEK = time(18), timedelta(days=7)
LAST_DAY = date(2100, 12, 31)


def about() -> None:
    """Draw the fields."""
    draft = drafting().draft
    line_field("Title", field_key("title"), draft.title, LONGEST_WORDS, lambda v: edit(lambda d: replace(d, title=v)))
    text_field(
        "Message",
        field_key("message"),
        draft.message,
        LONGEST_TEXT,
        lambda v: edit(lambda d: replace(d, message=v)),
        help="Stands before the first step, in Markdown; may be empty.",
    )
    by, minutes, points = st.columns([2, 1, 1])
    with by:
        line_field(
            "By whom",
            field_key("by"),
            draft.by,
            LONGEST_BY,
            lambda v: edit(lambda d: replace(d, by=v)),
            hint="the name that students see",
        )
    with minutes:
        number_field(
            "Minutes",
            field_key("minutes"),
            draft.minutes,
            (1, MOST_MINUTES),
            lambda v: edit(lambda d: replace(d, minutes=int(v or d.minutes))),
            help="About how long it takes.",
        )
    with points:
        number_field(
            "Points",
            field_key("points"),
            draft.points,
            (0, MOST_POINTS),
            lambda v: edit(lambda d: replace(d, points=v)),
            whole=False,
            hint="one each",
            help="The most that can be had; empty gives one for each question and each goal.",
        )
    _due(draft.due)


def zone() -> tzinfo:
    """Return the time zone of the browser, UTC if it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, OSError, KeyError):
        return UTC


def said_time(moment: float) -> str:
    """Return a moment as it stands in a sentence, in the zone of the browser."""
    return f"{datetime.fromtimestamp(moment, zone()):%d %b %Y, %H:%M}"


def _due(due: float | None) -> None:
    """Draw until when it can be handed in."""
    key, day_key, hour_key = field_key("due"), field_key("due_day"), field_key("due_time")
    here = zone()
    at = datetime.fromtimestamp(due, here) if due is not None else None

    def take() -> None:
        moment = None
        if st.session_state.get(key) is True:
            usual = datetime.now(here) + WEEK
            day, hour = st.session_state.get(day_key), st.session_state.get(hour_key)
            day = day if isinstance(day, date) else usual.date()
            hour = hour if isinstance(hour, time) else USUAL_HOUR
            moment = datetime.combine(min(day, LAST_DAY), hour.replace(second=0, microsecond=0), here).timestamp()
        edit(lambda d: replace(d, due=moment))

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.toggle("Due date", due is not None, key=key, on_change=take)
        if at is not None:
            st.date_input("Day", at.date(), max_value=LAST_DAY, key=day_key, on_change=take, width=180)
            st.time_input("Time", at.time(), key=hour_key, on_change=take, width=140)
            show_html(quiet(f"Time zone: {here}. Afterwards nothing can be handed in."), width="content")
