"""Say a moment as the clock on the visitor's wall shows it."""

import time
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def moment(seconds: float) -> str:
    """Return a moment in Unix seconds in the browser's zone, which is named if it is not known."""
    zone, name = _zone()
    return f"{datetime.fromtimestamp(seconds, zone):%a %d %b %Y, %H:%M}{name}"


def is_past(seconds: float | None) -> bool:
    """Tell whether a moment is over; None is none."""
    return seconds is not None and time.time() > seconds


def _zone() -> tuple[tzinfo, str]:
    try:
        return ZoneInfo(st.context.timezone or ""), ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC, " UTC"
