"""Train as a plain script does, arrays, layers, compile, fit; the spec comes as JSON, the batches a second go out."""

import json
import sys
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cnnlab.core.data.datasets import load
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec


class Clock(keras.callbacks.Callback):
    """Take the batches a second of every epoch, without its validation."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []
        self._start = self._rate = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Take the time."""
        self._rate = (batch + 1) / (time.perf_counter() - self._start)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the epoch's rate."""
        self.rates.append(self._rate)


def use_threads(threads: int) -> None:
    """Let TensorFlow use as many threads as a worker of ours does."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def main() -> None:
    """Train, and print the rates of every epoch but the first."""
    spec = RunSpec.from_dict(json.load(sys.stdin))
    use_threads(spec.threads)
    data = load(spec.data, Settings.max_pixels, spec.limit_per_class, spec.seed).train
    images = data.arrays(*spec.network.input_shape).astype("float32") / 255
    labels = np.asarray(data.labels, "float32")[:, None]
    model = keras.Sequential([keras.Input(spec.network.input_shape)])
    for layer in spec.network.layers:
        model.add(getattr(keras.layers, layer.class_name)(**layer.config))
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    clock = Clock()
    model.fit(images, labels, batch_size=spec.batch_size, epochs=spec.epochs, verbose=0, callbacks=[clock])
    print(json.dumps(clock.rates[1:]))


if __name__ == "__main__":
    main()
