"""Give memory back to the machine, in moments in which nobody waits for this process.

Python's full collection holds everybody up, so Streamlit's own one after every run is off; and what is freed stays with
this process until the C library is told to return it. Both are done here about once a minute.
"""

import asyncio
import ctypes
import gc
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import streamlit as st
from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from cnnlab.core.kept import forget_all
from cnnlab.runs.record import RunError
from cnnlab.runs.store.kept_trunks import forget_trunks
from cnnlab.ui.session.services import inference, store

PERIOD = 60.0  # seconds from one clearing up to the next
TRUNKS_PERIOD = 3_600.0  # seconds from one look for trunks that nobody needs to the next
IDLE = 600.0  # seconds after which TensorFlow, which nobody asks anything, gives its memory back
LATEST = 300.0  # seconds after which it is done in the midst of work as well
STEP = 1.0  # seconds over which is looked whether this process works
QUIET = 0.05  # of a core
LARGE = 1 << 17  # bytes of one allocation that goes back to the system as soon as it is freed
_MMAP_THRESHOLD = -3  # of glibc's mallopt


def return_large_pieces() -> None:
    """Let large pieces of memory go back to the system as soon as they are freed; glibc only.

    By default the first large piece that is freed makes glibc keep the next ones, up to 32 MiB each.
    """
    with suppress(OSError, AttributeError, ValueError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE)


def trim() -> None:
    """Return what the C library holds free to the system, where it can."""
    with suppress(OSError, AttributeError, ValueError):
        ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0))


def forget_unused_trunks() -> None:
    """Delete borrowed layers that no training needs; a home that cannot be used now is left as it is."""
    with suppress(RunError, OSError):
        forget_trunks(store())


def clear_up() -> None:
    """Let go of visits that ended, and of what was drawn for them once all have, and return the memory."""
    forget_ended_visits()
    gc.collect()
    forget_names()
    trim()


def forget_names() -> None:
    """Let Python's cache of attributes go: each of its thousands of names keeps a page of memory from going."""
    # The first from 3.13 on, the second before.
    (getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache)()


def forget_ended_visits() -> None:
    """Drop the sessions that can no longer be taken up again, and what was drawn for anybody when none is left.

    Streamlit keeps sessions for two minutes after their connection broke, but drops one only when another one ends.
    """
    if not runtime.exists():
        return
    # There is no public way; a test notices when a release of Streamlit changes this one.
    manager = runtime.get_instance()._session_mgr
    if isinstance(manager, WebsocketSessionManager) and isinstance(manager._session_storage, MemorySessionStorage):
        # Asking for its length makes the storage drop what has expired.
        left = len(manager._session_storage._cache)
        if not left and not manager.num_active_sessions():
            forget_all()
            st.cache_data.clear()
            _empty_last_visit()


def _empty_last_visit() -> None:
    """Drop what the last visitor had: Streamlit's loop remembers that session until another one comes."""
    for each in gc.get_objects():
        if type(each) is AppSession:
            each.session_state.clear()


async def keep_house(clear: Callable[[], None] = clear_up) -> None:
    """Clear up about once a minute in a quiet moment, at the latest after some minutes; for ever."""
    # What is here before the first visitor stays for ever, so no collection needs to look at it again.
    gc.freeze()
    last, looked = time.monotonic(), 0.0
    while True:
        before, began = time.process_time(), time.monotonic()
        await asyncio.sleep(STEP)
        now = time.monotonic()
        quiet = time.process_time() - before < QUIET * (now - began)
        if (quiet and now - last >= PERIOD) or now - last >= LATEST:
            clear()
            await asyncio.to_thread(inference().rest, IDLE)
            last = time.monotonic()
            if last - looked >= TRUNKS_PERIOD:
                await asyncio.to_thread(forget_unused_trunks)
                looked = last
