"""Compute features as a training does and with plain Keras, in turns: `plain_predict.py PICTURES SIZE ROUNDS`.

Prints a line a round: the seconds of ours, and those of `predict` on the same model.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from benchmarks.peers.plain_fit import use_threads
from cnnlab.core.kept.disk import Disk
from cnnlab.core.trunks.rows import shipped
from cnnlab.tf.trunks.build import front
from cnnlab.tf.trunks.features import BATCH, features_of
from cnnlab.tf.trunks.known import known_model


def main(count: int, size: int, rounds: int) -> None:
    """Time both ways, each after a first round that is not counted."""
    use_threads(1)
    trunk = shipped(size)
    pictures = np.random.default_rng(0).integers(0, 256, (count, size, size, 3), np.uint8)
    whole = known_model(trunk.source, size, size, Path())
    plain = keras.Sequential(
        [
            keras.Input((size, size, 3)),
            keras.layers.Rescaling(trunk.scale, trunk.offset),
            keras.Model(whole.inputs[0], whole.get_layer(trunk.cut).output),
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        ours = front(trunk, Path(folder), 1.0)
        for round_ in range(rounds + 1):
            begun = time.perf_counter()
            features_of(ours, pictures, 1.0, str(round_), Path(folder), Disk(Path(folder), 10_000), lambda *_: None)
            between = time.perf_counter()
            plain.predict(pictures.astype(np.float32), batch_size=BATCH, verbose=0)
            ended = time.perf_counter()
            if round_:
                sys.stdout.write(f"{between - begun} {ended - between}\n")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
