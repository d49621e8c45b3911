"""Measure a class of thirty and of a hundred on the full architecture page."""

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from benchmarks.support import servers, uploaders
from benchmarks.support import visitors as visiting
from benchmarks.support.report import Line
from benchmarks.support.servers import ROOT, Server
from benchmarks.support.uploaders import Storm
from benchmarks.support.visitors import Task
from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import RunSpec, State

FILTERS = "layer0.filters"
SECONDS = 12.0
GRACE = 60.0


@dataclass(frozen=True)
class Answers:
    """Hold how long visitors waited, in milliseconds, how many errors they met, and the server's memory in MiB."""

    milliseconds: list[float]
    errors: list[str]
    memory: float

    @property
    def p95(self) -> float:
        """Return the 95th percentile in milliseconds; raise `RuntimeError` after an error."""
        if self.errors:
            raise RuntimeError(f"{len(self.errors)} visitors met an error, the first: {self.errors[0]}")
        return statistics.quantiles(self.milliseconds, n=20)[-1]


def classes() -> list[Line]:
    """Let a class move controls: thirty, thirty on a stock app, a hundred, and thirty while a training runs."""
    with servers.stock() as stock:
        peer = _answers(stock, Task(stock.url, visitors=30, seconds=SECONDS, control="slider"))
    with servers.app() as app:
        thirty = Task(app.url, "architecture", visitors=30, seconds=SECONDS, control=FILTERS)
        alone = _answers(app, thirty)
        hundred = _answers(app, replace(thirty, visitors=100, every=3.0))
        busy = _answers(app, replace(thirty, visitors=100, every=1.0))
        with training(app) as run_id:
            beside = _answers(app, thirty)
            if LocalEngine(Settings(home=app.home)).store.get(run_id).state != State.RUNNING:
                raise RuntimeError("The training beside the class had ended too early.")
    return [
        Line("30 students, one change a second, p95", alone.p95, "ms", 1 / 50, peer.p95, of_peer=True),
        Line("100 students, one change in three seconds, p95", hundred.p95, "ms", 200),
        Line("100 students, one change a second, p95", busy.p95, "ms", 30),
        Line("30 students while a training runs, p95", beside.p95, "ms", 2.0, alone.p95, of_peer=True),
        Line("web process memory with 100 sessions", hundred.memory, "MiB", 150),
        Line("web process memory after 230 sessions, 100 of them now", busy.memory, "MiB"),
    ]


@contextlib.contextmanager
def visitors(task: Task | Storm, *, waiting: bool = False) -> Iterator["subprocess.Popen[str]"]:
    """Start the visitors' process and wait until all of them have opened their page.

    They begin to act then, or, if `waiting`, when `go` is called.
    """
    kind = uploaders if isinstance(task, Storm) else visiting
    process = subprocess.Popen(
        [sys.executable, "-m", kind.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asdict(task)) + "\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("The visitors could not open their pages.")
        if not waiting:
            go(process)
        yield process
    finally:
        process.kill()
        process.wait()


def go(process: "subprocess.Popen[str]") -> None:
    """Let the visitors of a process begin to act."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _answers(server: Server, task: Task) -> Answers:
    with visitors(task) as process:
        time.sleep(task.seconds - 1)
        memory = server.memory
        said = process.communicate(timeout=GRACE)[0]
    result = json.loads(said.splitlines()[-1])
    return Answers([1e3 * seconds for seconds in result["seconds"]], result["errors"], memory)


def training_spec(
    epochs: int, augmentation: Augmentation, limit_per_class: int | None = None, size: int = 64
) -> RunSpec:
    """Return a training of the post's network on the bundled silhouettes, with our default settings.

    The pictures have `size` × `size` pixels.
    """
    return RunSpec(
        name="benchmark",
        network=Network.seed().with_image_size(size, size),
        data="silhouettes",
        data_name="silhouettes",
        augmentation=augmentation,
        epochs=epochs,
        limit_per_class=limit_per_class,
        threads=Settings.from_env().threads,
    )


@contextlib.contextmanager
def training(app: Server, size: int = 64) -> Iterator[str]:
    """Let the server train, from the moment its first epoch is under way; stop the training at the end."""
    engine = LocalEngine(Settings(home=app.home))
    run_id = engine.submit(training_spec(200, Augmentation.post(), size=size))
    try:
        deadline = time.monotonic() + GRACE
        while not engine.store.story(run_id).batches:
            if time.monotonic() > deadline or engine.store.get(run_id).is_terminal:
                raise RuntimeError("The training did not begin.")
            time.sleep(0.2)
        yield run_id
    finally:
        engine.stop(run_id)
        engine.store.close()
