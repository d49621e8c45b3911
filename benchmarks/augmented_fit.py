"""Train on JPEG files in three ways by turns: ours, the post's, and arrays in memory without augmentation.

Rounds and spec come as JSON; the median pictures a second of each way go out. One process, one thread count.
"""

import json
import statistics
import sys

import tensorflow as tf

from benchmarks.plain_fit import Clock, use_threads
from cnnlab.core.datasets import load
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec
from cnnlab.tf.train import compiled_model, fit, make_batches

LOSS = "binary_crossentropy"


def main() -> None:
    """Train, and print the rates; the first epoch of every turn, with its tracing and reading, is left out."""
    rounds, described = json.load(sys.stdin)
    spec = RunSpec.from_dict(described)
    use_threads(spec.threads)
    training, validation = make_batches(spec, load(spec.data, Settings.max_pixels), LOSS)
    flow = _post_pipeline(spec)
    images = training.images.astype("float32") / 255
    models = [compiled_model(spec, LOSS) for _ in range(3)]
    rates: list[list[float]] = [[], [], []]
    options = {"epochs": spec.epochs, "verbose": 0}
    for _ in range(rounds):
        clocks = [Clock() for _ in models]
        fit(models[0], spec, training, validation, [clocks[0]])
        models[1].fit(flow, callbacks=[clocks[1]], **options)
        models[2].fit(images, training.labels, batch_size=spec.batch_size, callbacks=[clocks[2]], **options)
        for kept, clock in zip(rates, clocks, strict=True):
            kept += clock.rates[1:]
    per_batch = len(images) / len(training)
    print(json.dumps([per_batch * statistics.median(kept) for kept in rates]))


def _post_pipeline(spec: RunSpec) -> object:
    """Return the post's generator, under its own name and with its own numbers."""
    generator = tf.keras.preprocessing.image.ImageDataGenerator(
        rescale=1 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    return generator.flow_from_directory(
        f"{spec.data}/train",
        target_size=spec.network.input_shape[:2],
        batch_size=spec.batch_size,
        class_mode="binary",
    )


if __name__ == "__main__":
    main()
