"""Train on JPEG files in five ways by turns: both of our families, the post's, Keras' layers, and arrays in memory.

The arrays are not augmented. Rounds and spec come as JSON; the median pictures a second of each way go out. One
process, one thread count.
"""

import json
import statistics
import sys
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from benchmarks.peers.plain_fit import Clock, use_threads
from cnnlab.core.augment import RandomLayers
from cnnlab.core.augment.code import as_keras_layers
from cnnlab.core.data.datasets import load
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec
from cnnlab.tf.training.train import compiled_model, fit, make_batches

LOSS = "binary_crossentropy"
WAYS = 5


def main() -> None:
    """Train, and print the rates; the first epoch of every turn, with its tracing and reading, is left out."""
    rounds, described = json.load(sys.stdin)
    spec = RunSpec.from_dict(described)
    use_threads(spec.threads)
    training, validation = make_batches(spec, load(spec.data, Settings.max_pixels), LOSS)
    with_layers = replace(training, augmentation=RandomLayers.like_the_post())
    flow, layers = _post_pipeline(spec), _layers_pipeline(spec)
    images = training.images.astype("float32") / 255
    models = [compiled_model(spec, LOSS, Settings.from_env().home) for _ in range(WAYS)]
    rates: list[list[float]] = [[] for _ in models]
    options = {"epochs": spec.epochs, "verbose": 0}
    for _ in range(rounds):
        clocks = [Clock() for _ in models]
        fit(models[0], spec, training, validation, [clocks[0]])
        models[1].fit(flow, callbacks=[clocks[1]], **options)
        models[2].fit(images, training.labels, batch_size=spec.batch_size, callbacks=[clocks[2]], **options)
        fit(models[3], spec, with_layers, validation, [clocks[3]])
        models[4].fit(layers, callbacks=[clocks[4]], **options)
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


def _layers_pipeline(spec: RunSpec) -> tf.data.Dataset:
    """Return Keras' own layers on Keras' own data set, as its guide puts them together."""
    made: dict[str, Any] = {}
    exec(as_keras_layers(RandomLayers.like_the_post(), spec.network.input_shape[:2]), made)
    pictures = keras.utils.image_dataset_from_directory(
        f"{spec.data}/train",
        image_size=spec.network.input_shape[:2],
        batch_size=spec.batch_size,
        label_mode="binary",
        verbose=False,
    )
    return pictures.map(lambda x, y: (made["augment"](x, training=True), y), tf.data.AUTOTUNE).prefetch(
        tf.data.AUTOTUNE
    )


if __name__ == "__main__":
    main()
