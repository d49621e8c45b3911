"""Change every letter of 200 to the three others and ask `predict` each time; the seconds it takes go out."""

import time

import keras
import numpy as np

from cnnlab.core.network.sequence_presets import primer
from cnnlab.tf.build import build_model

LETTERS = 200


def main() -> None:
    """Ask once to warm up, then every change against the clock."""
    keras.utils.disable_interactive_logging()
    model = build_model(primer().with_sides(LETTERS), 0)
    sequence = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, LETTERS)]
    model.predict(sequence[None])
    start = time.perf_counter()
    for place in range(LETTERS):
        for letter in np.flatnonzero(sequence[place] == 0):
            changed = sequence.copy()
            changed[place] = np.eye(4, dtype=np.float32)[letter]
            model.predict(changed[None])
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
