"""Measure a class that uploads photographs: thirty at once, and one after the other for a long day."""

import io
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.support import servers
from benchmarks.support.report import Line
from benchmarks.support.servers import ROOT, Server
from benchmarks.support.uploaders import Storm, to_json

VISITORS = 30
FIRST, VISITS = 20, 300  # of a long day
PAGE = "feature_maps"
GRACE = 200.0
CLEARED = 75.0  # seconds after which the server has cleared up in a quiet moment
# What somebody would write first: decode, make small, show.
PEER = """import streamlit as st
from PIL import Image

file = st.file_uploader("Your picture", type=["jpg"])
if file is not None:
    picture = Image.open(file).convert("RGB").resize((150, 150))
    st.image(picture)
"""
# Width, height and grain of a photograph: one of 2 MB, and one of 12 megapixels from a telephone.
SIZES = {"2 MB": (2000, 1500, 32), "12 megapixels": (4000, 3000, 14)}


@dataclass(frozen=True)
class Uploaded:
    """Hold how long each visitor waited, in seconds, and the most memory of the web process meanwhile, in MiB."""

    seconds: list[float]
    memory: float

    @property
    def p95(self) -> float:
        """Return the 95th percentile in seconds."""
        return statistics.quantiles(self.seconds, n=20)[-1]


def storm() -> list[Line]:
    """Let thirty visitors upload a photograph of their own at once, here and on a stock app that decodes the same."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            *files, first = photographs(Path(folder), size, VISITORS + 1)
            with servers.stock(PEER) as stock:
                _upload(Storm(stock.url, (first,)), stock)
                peer = _upload(Storm(stock.url, tuple(files)), stock)
            with servers.app() as app:
                _upload(Storm(app.url, (first,), PAGE), app)
                ours = _upload(Storm(app.url, tuple(files), PAGE), app)
            what = f"{VISITORS} photographs of {size} at once"
            lines += [
                Line(f"{what} → last map sent, p95", ours.p95, "s", 1.0, peer.p95, of_peer=True),
                Line(f"{what}: web process meanwhile", ours.memory, "MiB", 400, peer.memory),
            ]
    return lines


def day() -> list[Line]:
    """Let visitors come, upload a photograph and leave, one after the other, and look at what stays in memory."""
    with tempfile.TemporaryDirectory() as folder, servers.app() as app:
        files = photographs(Path(folder), "2 MB", VISITORS)
        kept = []
        for visits in (FIRST, VISITS):
            _upload(Storm(app.url, tuple(files[i % len(files)] for i in range(visits)), PAGE, one_by_one=True), app)
            time.sleep(CLEARED)
            kept.append(app.memory)
    before, after = kept
    return [
        Line(f"web process after {VISITS} visits with uploads", after, "MiB", 1.3, before, of_peer=True),
        Line(f"web process after {VISITS} visits with uploads, in all", after, "MiB", 180),
    ]


def photographs(folder: Path, size: str, count: int) -> list[str]:
    """Write JPEG files with the size and the amount of detail of photographs, always the same ones."""
    width, height, grain = SIZES[size]
    paths = []
    for i in range(count):
        rng = np.random.default_rng([i, width])
        coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), np.uint8))
        smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int16)
        noise = rng.integers(-grain, grain + 1, (height, width, 1), np.int16)
        out = io.BytesIO()
        Image.fromarray(np.clip(smooth + noise, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=95)
        path = folder / f"{width}-{i}.jpg"
        path.write_bytes(out.getvalue())
        paths.append(str(path))
    return paths


def _upload(task: Storm, server: Server) -> Uploaded:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.support.uploaders"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    sizes, ended = [server.memory], threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            sizes.append(server.memory)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        said = process.communicate(to_json(task) + "\n", timeout=GRACE)[0]
    finally:
        process.kill()
        ended.set()
        watcher.join()
    found = json.loads(said.splitlines()[-1])
    if found["errors"]:
        raise RuntimeError(f"Not every photograph was shown: {found['errors'][0]}")
    return Uploaded(found["seconds"], max(sizes))
