"""Measure how long it takes to change each letter of a sequence, against a loop of `predict`."""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.support.clock import seconds
from benchmarks.support.report import Line
from cnnlab.core.explain.asked import Target
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.settings import Settings
from cnnlab.processes.explain.sequences import mutations
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import RandomWeights, Weighted

LETTERS, SEQUENCES = 200, 5
WARM = 0.5  # seconds


def mutagenesis() -> list[Line]:
    """Change every letter of one sequence after the other to the three others."""
    network = primer().with_sides(LETTERS)
    subject = Weighted(network, RandomWeights())
    sequences = np.random.default_rng(0).integers(0, 4, (SEQUENCES + 1, LETTERS)).astype(np.uint8)
    with tempfile.TemporaryDirectory() as home:
        inside = Inside(Settings(Path(home)))
        try:
            taken = [seconds(lambda each=each: mutations(inside, subject, each, Target())) for each in sequences][1:]
        finally:
            inside.close()
    command = [sys.executable, "-m", "benchmarks.peers.mutate_by_hand"]
    peer = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])
    warm = statistics.median(taken)
    return [
        Line("mutagenesis of 200 letters, warm, median", warm, "s", WARM),
        Line("the same, against a loop of predict", warm, "s", 1 / 20, peer, of_peer=True),
    ]
