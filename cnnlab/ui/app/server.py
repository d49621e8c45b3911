"""Do what the server does before its first visitor and after its last."""

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

import psutil
import streamlit as st
from streamlit.runtime import get_instance

from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.core.settings import Settings, SettingsError
from cnnlab.processes.home.files import forget_left
from cnnlab.runs.engine.caretaker import Caretaker
from cnnlab.runs.record import RunError
from cnnlab.ui.app.following import following
from cnnlab.ui.app.hosts import hosts
from cnnlab.ui.app.housekeeping import keep_house, return_large_pieces
from cnnlab.ui.app.places import SayOnce
from cnnlab.ui.session import services

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def refuse_wrong_settings() -> None:
    """End the program with one sentence and exit code 2 if a setting cannot hold."""
    try:
        Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"CNN Lab cannot start: {error}\n")
        sys.exit(2)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Hold the home while the server lives, take care of runs that wait, and warm the inference process."""
    try:
        caretaker = Caretaker(services.engine())
        home = services.settings().home
        caretaker.start(lambda is_alone: forget_left(home, alone=is_alone))
    except (RunError, OSError) as error:
        sys.stderr.write(f"CNN Lab cannot start: {error}\n")
        sys.stderr.flush()
        # An exception here would reach the administrator as a server's traceback.
        os._exit(2)
    _send_small_messages_at_once()
    asyncio.get_running_loop().set_exception_handler(SayOnce())
    hosts().learn_full_name()
    return_large_pieces()
    house = asyncio.create_task(keep_house())
    _call_when_told_to_end(following().close)
    try:
        services.browser_files().attach(cast("MemoryUploadedFileManager", get_instance().uploaded_file_mgr))
        # Whoever is too old in it is forgotten, also where nobody opens a class; pages say what is wrong with it.
        with suppress(ClassroomFault):
            services.classroom()
        services.inference().warm()
        services.reader().warm()
        yield None
    finally:
        following().close()
        house.cancel()
        with suppress(ClassroomFault):
            services.classroom().close()
        services.inference().close()
        services.jobs().close()
        services.fetches().close()
        services.reader().close()
        caretaker.close()


def _send_small_messages_at_once() -> None:
    """Turn Nagle's algorithm off for every connection that this server will accept.

    asyncio does that itself, but not for the socket that Streamlit makes: its protocol number is 0. Without this, a
    changed shape waits 40 ms for the acknowledgement of the message before it.
    """
    for connection in psutil.Process().net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.fd != -1:
            with socket.socket(fileno=os.dup(connection.fd)) as listening:
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _call_when_told_to_end(do: Callable[[], None]) -> None:
    """Call something in the loop when the process is told to end, before what the server does then.

    The server waits until every answer is complete, and one that tells of changes never is.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, lambda: loop.call_soon_threadsafe(do))


def _chain(number: signal.Signals, do: Callable[[], object]) -> None:
    before = signal.getsignal(number)

    def both(received: int, frame: FrameType | None) -> None:
        do()
        if callable(before):
            before(received, frame)

    # A program that starts the server in another thread handles signals itself.
    if callable(before) and threading.current_thread() is threading.main_thread():
        signal.signal(number, both)
