"""Let a person fetch real photographs from the internet: what each is and whose is said before the press."""

import streamlit as st

from cnnlab.core.classroom.handles import DATA
from cnnlab.core.data.library import Entry
from cnnlab.core.data.offers.files import arrived, arriving
from cnnlab.core.data.offers.offer import Again, Offer
from cnnlab.core.data.offers.table import BREEDS, PHOTOGRAPHS
from cnnlab.processes.data.asking import forget
from cnnlab.processes.data.fetch_job import CHECKING, FETCHING, UNPACKING
from cnnlab.processes.data.jobs import STOPPED, Job, JobsError, JobState
from cnnlab.processes.environment import ONE_THREAD, child_environment, fetch_command
from cnnlab.ui.data.owner import visible_entries
from cnnlab.ui.data.work import QUICK_SECONDS, watch_job
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_locked
from cnnlab.ui.session.keys import FETCH_OPEN, FETCH_REFUSED, FETCHES_AWAITED
from cnnlab.ui.session.services import fetches, settings
from cnnlab.ui.session.visitor import asker, is_teacher
from cnnlab.viz.html import NOTHING, Html, bold, pairs, quiet, tag

BY_HAND = (
    "Without the internet, or if a site does not answer: fetch a file at its address on another computer. Upload it "
    "above, as a larger archive if need be; or copy it, as it is, into the folder ",
    tag("code", "fetched"),
    " of ",
    tag("code", "CNNLAB_HOME"),
    " on the server and press its button, which then asks nobody.",
)


def fetch_panel() -> None:
    """Draw what can be fetched, how far that is, and the way by hand; nothing where an exercise keeps its data set."""
    if is_locked(DATA, "data"):
        return
    _choose_finished()
    here = {entry.offer: entry for entry in visible_entries().values() if entry.offer}
    if any(_is_running(fetching(offer.key)) for offer in (*PHOTOGRAPHS, BREEDS)):
        FETCH_OPEN.set(True)  # also when it has ended, so that nobody looks for what became of it
    with st.expander("Fetch real photographs", expanded=FETCH_OPEN.get()), st.container(key="fetch_panel"):
        say_who_fetches()
        for offer in PHOTOGRAPHS:
            fetch_card(offer, here.get(offer.key))
            if offer.key == BREEDS.of.key and offer.key in here:
                fetch_card(BREEDS, here.get(BREEDS.key))
        show_html(quiet(*BY_HAND))


def say_who_fetches() -> None:
    """Say that only a press asks the internet, and whose that is."""
    show_html(quiet("Only a press of a button here asks the internet. One download serves everybody on this server."))
    if not may_fetch():
        show_html(quiet("On this server the teacher starts downloads."))


def may_fetch() -> bool:
    """Tell whether this visitor may start downloads: anybody, or the teacher where the server has a key."""
    return not settings().teacher_key or is_teacher()


def _facts(offer: Offer) -> Html:
    """Say all that is known of a file before anybody asks for it."""
    return pairs(
        (
            ("Address", offer.address),
            ("Size", f"{offer.size:,} bytes ({_megabytes(offer.size)} MB)"),
            ("Checksum", offer.hash or "no hash published"),
            ("Licence", offer.licence),
            *((("May send on to", ", ".join(offer.also)),) if offer.also else ()),
        ),
        "fetch-facts",
    )


def fetch_card(offer: Offer | Again, entry: Entry | None = None) -> None:
    """Draw one thing that can be fetched, in the state in which it is; `entry` is its data set, if that is here."""
    with st.container(key=f"fetch_{offer.key}", border=True):
        facts = _facts(offer) if isinstance(offer, Offer) else NOTHING
        show_html(tag("div", bold(offer.name), quiet(offer.about), facts, class_="fetch-card"))
        job = fetching(offer.key)
        if job is not None and job.state.running:
            watch_job(_key(offer.key), f"cancel_{offer.key}", _said, fetches)
            if may_fetch() and not job.is_waited_for_by(asker()):
                st.button("Wait for it too", key=f"join_{offer.key}", on_click=_press, args=(offer.key,))
        elif entry is not None:
            show_html(quiet("It is here, in the list of data sets."))
            if entry.reference != shared().data.reference:
                st.button("Choose it", key=f"choose_{offer.key}", on_click=_choose, args=(entry.reference,))
        else:
            _buttons(offer)
        _why_not(offer, job)


def _buttons(offer: Offer | Again) -> None:
    """Draw what starts, or goes on."""
    if isinstance(offer, Again):
        st.button(
            "Sort them by breed", key=f"get_{offer.key}", on_click=_press, args=(offer.key,), disabled=not may_fetch()
        )
        return
    have = min(arrived(settings().home, offer), offer.size)
    label = (
        f"Go on ({_megabytes(have)} of {_megabytes(offer.size)} MB are here)"
        if have
        else f"Fetch {_megabytes(offer.size)} MB"
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"buttons_{offer.key}"):
        st.button(label, key=f"get_{offer.key}", on_click=_press, args=(offer.key,), disabled=not may_fetch())
        if have and may_fetch():
            st.button(
                "Throw away what arrived", key=f"drop_{offer.key}", on_click=_drop, args=(offer,), type="tertiary"
            )


def _why_not(offer: Offer | Again, job: Job | None) -> None:
    """Draw what went wrong, for those who asked for it."""
    key, sentence = FETCH_REFUSED.get()
    if key == offer.key:
        refuse(sentence)
    elif job is not None and job.state.refused not in ("", STOPPED) and job.is_waited_for_by(asker()):
        refuse(job.state.refused)


def _key(offer: str) -> str:
    return f"fetch {offer}"


def fetching(offer: str) -> Job | None:
    """Return the download of an offer that goes on or has ended, or None."""
    return fetches().get(_key(offer))


def _is_running(job: Job | None) -> bool:
    return job is not None and job.state.running


def _press(key: str) -> None:
    """Start a download, or wait for the one that runs."""
    FETCH_REFUSED.set(("", ""))
    FETCH_OPEN.set(True)
    if not may_fetch() or is_locked(DATA, "data"):
        return
    try:
        job = fetches().start(_key(key), fetch_command(key), child_environment(settings()) | ONE_THREAD, asker())
    except JobsError as error:
        FETCH_REFUSED.set((key, str(error)))
        return
    FETCHES_AWAITED.set((*FETCHES_AWAITED.get(), key))
    with st.spinner("Asking…"):
        job.wait(QUICK_SECONDS)


def _drop(offer: Offer) -> None:
    """Take away what arrived of a file that nobody is fetching."""
    if may_fetch() and not _is_running(fetching(offer.key)):
        forget(arriving(settings().home, offer))


def _choose(reference: str) -> None:
    if reference in visible_entries():
        mine = shared()
        mine.data = mine.data.chosen(reference)


def _choose_finished() -> None:
    """Make what this visitor waited for the current set, once it is there."""
    for key in FETCHES_AWAITED.get():
        job = fetching(key)
        if _is_running(job):
            continue
        FETCHES_AWAITED.set(tuple(other for other in FETCHES_AWAITED.get() if other != key))
        if job is not None and job.is_waited_for_by(asker()) and job.state.reference in visible_entries():
            _choose(job.state.reference)
            st.rerun()


def _said(state: JobState) -> str:
    """Say how far a download is."""
    if state.what == UNPACKING:
        return f"Unpacking: {_megabytes(state.done)} MB"
    if state.what in (FETCHING, CHECKING):
        return f"{state.what}: {_megabytes(state.done)} of {_megabytes(state.total)} MB"
    return f"Reading the pictures: {state.done:,} of {state.total:,}" if state.total else "Beginning…"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}" if size >= 10e6 else f"{size / 1e6:.1f}"
