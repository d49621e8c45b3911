"""Servers come and go, and the trainings of their home are looked after once, and once only."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from tests.browser.support.serving import Server, processes_of, until

SPEC = RunSpec(
    name="looked after",
    network=Network.seed().with_image_size(24, 24),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
    limit_per_class=40,
    epochs=200,
)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    home = tmp_path / "home"
    both = [Server(home), Server(home)]
    both[1].log = tmp_path / "second.log"
    yield both
    for server in both:
        if server.process is not None and server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(20)
    both[0].close()


def supervisors(home: Path) -> int:
    return sum("cnnlab.runs.engine.supervisor" in process.cmdline() for process in processes_of(home))


def workers(home: Path) -> int:
    """Return how many processes train or wait to train."""
    return sum("cnnlab.tf.training.worker" in process.cmdline() for process in processes_of(home))


@pytest.mark.slow
def test_two_servers_on_one_home_share_a_supervisor_and_either_may_die(servers: list[Server]) -> None:
    first, second = (server.start() for server in servers)
    store = Store(first.home)
    engine = LocalEngine(Settings(first.home), store)
    runs = [store.create(replace(SPEC, name=name)).id for name in ("one", "two")]
    until(lambda: store.get(runs[0]).state == State.RUNNING, "the first run did not start")
    assert supervisors(first.home) == 1
    assert store.get(runs[1]).state == State.QUEUED
    first.kill()
    known = len(store.story(runs[0]).records)
    until(lambda: len(store.story(runs[0]).records) > known, "the run stood still when one server died")
    engine.stop(runs[0])
    until(lambda: store.get(runs[1]).state == State.RUNNING, "the second run did not start")
    assert store.get(runs[0]).state == State.STOPPED
    assert supervisors(first.home) == 1
    second.kill()
    known = len(store.story(runs[1]).records)
    until(lambda: len(store.story(runs[1]).records) > known, "the run stood still without any server")
    engine.stop(runs[1])
    until(lambda: store.get(runs[1]).is_terminal, "the last run did not stop")
    # Without a server and without work nobody stays.
    until(lambda: supervisors(first.home) + workers(first.home) == 0, "a process stayed behind")
    store.close()
