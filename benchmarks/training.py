"""Compare a training that two visitors watch with the same `fit` in a plain script."""

import json
import os
import statistics
import subprocess
import sys
import time

from benchmarks.page.classroom import training_spec, visitors
from benchmarks.support import servers
from benchmarks.support.report import Line
from benchmarks.support.servers import ROOT, Server
from benchmarks.support.visitors import Task
from cnnlab.core.augment import Augmentation
from cnnlab.core.settings import Settings
from cnnlab.processes.limits.priority import come_last
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import RunSpec

EPOCHS = 5
PER_CLASS = 240
ROUNDS = 1


def watched() -> list[Line]:
    """Train by turns in a plain script and on a server with two visitors who watch, without augmentation."""
    spec = training_spec(EPOCHS, Augmentation(rescale=Augmentation.post().rescale), PER_CLASS)
    ours: list[float] = []
    peer = _plain(spec)
    with servers.app() as app:
        for _ in range(ROUNDS):
            ours += _ours(app, spec)
    peer += _plain(spec)
    return [
        Line(
            f"training with 2 visitors watching, {spec.threads} threads, batches a second",
            statistics.median(ours),
            "/s",
            1.0,
            statistics.median(peer),
            of_peer=True,
            at_least=True,
        )
    ]


def _plain(spec: RunSpec) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.plain_fit"],
        input=json.dumps(spec.to_dict()),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
        preexec_fn=come_last,  # as our workers: how much other programs get is not what is measured
        start_new_session=True,
    )
    rates: list[float] = json.loads(done.stdout.splitlines()[-1])
    return rates


def _ours(app: Server, spec: RunSpec) -> list[float]:
    """Return the batches a second of every epoch but the first, validation left out as in the plain script."""
    engine = LocalEngine(Settings(home=app.home))
    run_id = engine.submit(spec)
    try:
        with visitors(Task(app.url, "training", f"run={run_id}", visitors=2, seconds=100)):
            while not engine.store.get(run_id).is_terminal:
                time.sleep(0.2)
        last = [e for e in engine.store.story(run_id).batches if e["batch"] == e["batches"]]
        if len(last) != spec.epochs:
            raise RuntimeError(f"The training ended after {len(last)} epochs: {engine.store.get(run_id).message}")
        return [e["batches"] / e["seconds"] for e in last[1:]]
    finally:
        engine.stop(run_id)
        engine.store.close()
