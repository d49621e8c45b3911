"""Compare the features that a trunk's head learns from with `predict` in plain Keras, on one thread."""

import statistics
import subprocess
import sys

from benchmarks.support.report import Line
from benchmarks.support.servers import ROOT

PICTURES, SIZE, ROUNDS = 600, 160, 3


def of_pictures() -> list[Line]:
    """Compute the features of 600 pictures both ways, in turns, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.plain_predict", str(PICTURES), str(SIZE), str(ROUNDS)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=150,
    )
    seconds = [[float(value) for value in line.split()] for line in done.stdout.splitlines()[-ROUNDS:]]
    ours, peer = (PICTURES / statistics.median(each) for each in zip(*seconds, strict=True))
    what = f"features of {PICTURES} pictures at {SIZE} px, against predict in Keras"
    return [Line(what, ours, "pictures/s", 0.95, peer, of_peer=True, at_least=True)]
