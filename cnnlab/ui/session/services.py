"""Open, once a server, what all visitors share: settings, run store, classes, engine, inference, uploads, guards."""

import functools
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cnnlab.classroom.classroom import Classroom
from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from cnnlab.processes.data.arrivals import Arrivals
from cnnlab.processes.data.jobs import Jobs
from cnnlab.processes.home.files import forget_killed
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.processes.pictures.reader import PictureReader
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.ray.engine import RayEngine
from cnnlab.runs.record.ownership import Origins, TeacherKey
from cnnlab.runs.store import Store
from cnnlab.runs.store.recorded import ShownRuns
from cnnlab.ui.session.browser_files import BrowserFiles

Made = TypeVar("Made")
PATIENCE = 2.0  # seconds for which a page waits for a locked record before it says so


class Once(Generic[Made]):
    """Make something at the first call and give everybody the same afterwards; safe for many threads.

    It lives as long as the server: what stands in `st.cache_resource`, any visitor's message `clear_cache` throws out.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        functools.update_wrapper(self, make)
        self._make = make
        self._lock = threading.RLock()
        self._made: list[Made] = []

    def __call__(self) -> Made:
        """Return it, after making it if nobody has asked before."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def clear(self) -> None:
        """Forget it without closing it, so that the next call makes another one."""
        with self._lock:
            self._made.clear()


@Once
def settings() -> Settings:
    """Return the server's settings, read from the environment at the first call."""
    return Settings.from_env()


@Once
def store() -> Store:
    """Return the store of training runs."""
    return Store(settings().home, patience=PATIENCE)


@Once
def classroom() -> Classroom:
    """Return the record of the classes; raise `ClassroomFault` while the home cannot be used."""
    return Classroom(settings().home, settings().keep_days, patience=PATIENCE)


def runs() -> ShownRuns:
    """Return what reads every run that a page can show, and changes none."""
    return ShownRuns(store())


@Once
def engine() -> LocalEngine:
    """Return the engine that trains."""
    return (RayEngine if settings().engine == "ray" else LocalEngine)(settings(), store())


@Once
def inference() -> Inside:
    """Return who asks what is inside a network or a model; each process starts with the first request to it."""
    return Inside(settings())


@Once
def reader() -> PictureReader:
    """Return the client of the processes that decode uploaded pictures."""
    return PictureReader(settings())


@Once
def importer() -> ModelImporter:
    """Return what keeps other people's models and has them opened."""
    return ModelImporter(settings(), inference())


@Once
def library() -> Library:
    """Return the data sets that were uploaded to this server."""
    return Library(settings())


@Once
def jobs() -> Jobs:
    """Return the work on data sets that goes on beside the pages."""
    return Jobs(functools.partial(forget_killed, settings().home))


@Once
def fetches() -> Jobs:
    """Return the downloads, which may take hours and so keep no other work on data sets waiting."""
    return Jobs(functools.partial(forget_killed, settings().home))


@Once
def arrivals() -> Arrivals:
    """Return the archives that arrive past the pages."""
    return Arrivals()


@Once
def browser_files() -> BrowserFiles:
    """Return the guard of the files that browsers give to Streamlit."""
    return BrowserFiles(settings().max_upload_mb << 20)


@Once
def origins() -> Origins:
    """Return what writes network addresses down."""
    return Origins(settings().home, settings().shared_addresses)


@Once
def teacher_key() -> TeacherKey:
    """Return the guard of the teacher's key."""
    return TeacherKey(settings().teacher_key)
