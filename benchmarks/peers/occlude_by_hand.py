"""Cover a picture of 150 × 150 pixels at 225 places and ask `predict` each time; the seconds it takes go out."""

import time

import keras
import numpy as np

from cnnlab.core.network import Network
from cnnlab.tf.build import build_model

SIDE, PLACES = 10, 15


def main() -> None:
    """Ask once to warm up, then all places against the clock."""
    keras.utils.disable_interactive_logging()
    model = build_model(Network.seed(), 0)
    picture = np.random.default_rng(0).random((150, 150, 3), np.float32)
    model.predict(picture[None])
    start = time.perf_counter()
    for row in range(PLACES):
        for column in range(PLACES):
            covered = picture.copy()
            covered[SIDE * row : SIDE * (row + 1), SIDE * column : SIDE * (column + 1)] = 0.5
            model.predict(covered[None])
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
