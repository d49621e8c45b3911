"""Measure a class of sixty in which everybody does something else, and a hundred who open a page at once."""

import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.page.classroom import FILTERS, GRACE, go, training, training_spec, visitors
from benchmarks.photographs import photographs
from benchmarks.support import servers
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from benchmarks.support.uploaders import Storm
from benchmarks.support.visitors import STRIP, Task
from cnnlab.core.augment import Augmentation
from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record.control import Mode

EACH = 15  # of the sixty, who do one of four things
SECONDS = 20.0
UPLOAD_EVERY = 10.0  # seconds between two photographs of one student
AT_ONCE = 100
PAGES = {"": "the home page", "architecture": "the architecture page"}


def sixty() -> list[Line]:
    """Let a class move sliders, select layers, upload photographs and watch a run: a paused one, then a training."""
    with tempfile.TemporaryDirectory() as folder, servers.app() as app:
        files = photographs(Path(folder), "2 MB", EACH)
        with paused(app):
            alone = _acted(app, files)
        with training(app):
            beside = _acted(app, files)
    what = f"{4 * EACH} students: sliders, layers, photographs, a watched run"
    return [
        Line(f"{what}, p95", _p95(alone), "ms", 500),
        Line(f"{what}, while a training runs, p95", _p95(beside), "ms", 2.0, _p95(alone), of_peer=True),
    ]


def opening() -> list[Line]:
    """Let a hundred open a page at the same moment."""
    lines = []
    with servers.app() as app:
        for page, name in PAGES.items():
            _together([Task(app.url, page, visitors=1, at_once=True)])
            taken = _together([Task(app.url, page, visitors=AT_ONCE, at_once=True)])
            lines.append(Line(f"{name} opened by {AT_ONCE} at once, p95", _p95(taken) / 1000, "s", 1.5))
    return lines


def students(url: str, files: Sequence[str], seconds: float) -> tuple[Task, Task, Task, Storm]:
    """Return four groups who do one thing each, with one student a file in each."""
    each = len(files)
    return (
        Task(url, "architecture", visitors=each, seconds=seconds, control=FILTERS),
        Task(url, "convolution", visitors=each, every=4.0, seconds=seconds, control=STRIP),
        Task(url, "training", visitors=each, seconds=seconds),
        Storm(url, tuple(files), "feature_maps", every=UPLOAD_EVERY, seconds=seconds),
    )


def _acted(app: Server, files: Sequence[str]) -> list[float]:
    return _together(students(app.url, files, SECONDS))


def _together(tasks: Sequence[Task | Storm]) -> list[float]:
    """Let several groups act at the same time, once all of them are there; return how long each answer took, in ms."""
    with ExitStack() as stack:
        groups = [stack.enter_context(visitors(task, waiting=True)) for task in tasks]
        for group in groups:
            go(group)
        said = [json.loads(group.communicate(timeout=SECONDS + GRACE)[0].splitlines()[-1]) for group in groups]
    if errors := [error for each in said for error in each["errors"]]:
        raise RuntimeError(f"{len(errors)} visitors met an error, the first: {errors[0]}")
    return [1e3 * taken for each in said for taken in each["seconds"]]


@contextmanager
def paused(app: Server) -> Iterator[None]:
    """Let a training stand still before its first batch, as one that a class looks at."""
    engine = LocalEngine(Settings(home=app.home))
    run_id = engine.submit(training_spec(200, Augmentation.post()), mode=Mode.PAUSE)
    try:
        yield
    finally:
        engine.stop(run_id)
        engine.store.close()


def _p95(milliseconds: Sequence[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]
