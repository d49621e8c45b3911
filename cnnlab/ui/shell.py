"""Route every visit to its page; the launcher `app.py` starts this script."""

import sys
from pathlib import Path

import streamlit as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

# Streamlit puts only this script's folder on the path.
from cnnlab.core.lessons.lesson import PAGES as LESSON_PAGES  # noqa: E402
from cnnlab.ui.classroom.follow.follower import follow_line, follow_teacher, listen  # noqa: E402
from cnnlab.ui.classroom.follow.lead import lead_line, publish  # noqa: E402
from cnnlab.ui.classroom.watch.looking import looking_line  # noqa: E402
from cnnlab.ui.classroom.work.coming import follow_link, look, write_link  # noqa: E402
from cnnlab.ui.classroom.work.dock import work_dock  # noqa: E402
from cnnlab.ui.classroom.work.door import closed, door  # noqa: E402
from cnnlab.ui.lessons.course import follow_address, take_page, write_address  # noqa: E402
from cnnlab.ui.lessons.dock import dock  # noqa: E402
from cnnlab.ui.lessons.glossary import explain_terms  # noqa: E402
from cnnlab.ui.parts.ahead import start_ahead  # noqa: E402
from cnnlab.ui.parts.pages import TITLES, page  # noqa: E402
from cnnlab.ui.session.keys import LAST_PAGE  # noqa: E402

follow_address()
follow_link()
hindered = look()
chosen = st.navigation([page(name) for name in TITLES], position="top")
here = chosen.url_path or "home"
led = follow_teacher(here)
if (wanted := take_page()) not in ("", here):
    st.switch_page(page(wanted))
if here in LESSON_PAGES and here != "home":
    LAST_PAGE.set(here)
write_address()
write_link()
# Streamlit redraws by position: without places of their own, what comes and goes would show the rest twice meanwhile.
above, body = st.container(), st.container()
with body:
    is_at_door = door()
if not is_at_door:
    start_ahead(here)
    with above:
        looking_line()
        lead_line()
        follow_line(led)
    with body:
        if not closed(here):
            chosen.run()
    dock(here)
    work_dock(here, hindered)
explain_terms()
publish(here)
listen(led)
