"""Train the network of one run on its data, as its spec says, and write everything into the run's folder."""

import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from cnnlab.core.augment import Augmentation
from cnnlab.core.datasets import DataSet, load, with_classes
from cnnlab.core.settings import Settings
from cnnlab.runs.events import EventWriter
from cnnlab.runs.record import Run, RunSpec, State, loss_for, problems
from cnnlab.runs.store import Store
from cnnlab.tf.batches import Batches
from cnnlab.tf.build import build_model
from cnnlab.tf.record_fit import RecordFit, TrainingFailed, TrainingStopped, save_model

PREFETCH = 2  # batches made while the network works on one
VALIDATION_BATCH = 32
OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
}


def train(run: Run, store: Store, settings: Settings, writer: EventWriter, should_stop: Callable[[], bool]) -> None:
    """Train to the end.

    Raises `TrainingStopped` if asked to stop (the weights so far are saved), `TrainingFailed`, `RunError` or
    `DataSetError` with one sentence.
    """
    spec = run.spec
    problem = problems(spec, settings)
    if problem is not None:
        raise TrainingFailed(problem)
    tf.config.threading.set_intra_op_parallelism_threads(spec.threads)
    tf.config.threading.set_inter_op_parallelism_threads(spec.threads)
    data = load(spec.data, settings.max_pixels, spec.limit_per_class, spec.seed)
    if spec.classes is not None:
        data = with_classes(data, spec.classes)
    loss = loss_for(spec.network, len(data.classes))
    training, validation = make_batches(spec, data, loss)
    if should_stop():
        raise TrainingStopped("Stopped on request before the first batch.")
    store.describe(run.id, data_fingerprint=data.fingerprint, versions=versions(), threads=spec.threads)
    writer.append(start_event(spec, data, training, validation))
    store.transition(run.id, State.RUNNING, source=State.STARTING)
    model = compiled_model(spec, loss)
    recorder = RecordFit(writer, store.model_path(run.id), len(training), should_stop)
    try:
        fit(model, spec, training, validation, recorder)
    except TrainingStopped:
        save_model(model, store.model_path(run.id))
        raise


def make_batches(spec: RunSpec, data: DataSet, loss: str) -> tuple[Batches, Batches]:
    """Return the training batches, shuffled and augmented, and the validation batches, only rescaled."""
    splits = []
    for split in (data.train, data.validation):
        labels: npt.NDArray[np.generic] = split.labels
        if loss == "binary_crossentropy":
            labels = labels.astype(np.float32)[:, None]
        splits.append((split.arrays(*spec.network.input_shape), labels))
    plain = Augmentation(rescale=spec.augmentation.rescale)
    return (
        Batches(*splits[0], spec.augmentation, spec.batch_size, spec.epochs, spec.seed),
        Batches(*splits[1], plain, VALIDATION_BATCH, shuffle=False),
    )


def compiled_model(spec: RunSpec, loss: str) -> keras.Model:
    """Return the network with weights drawn from the seed, ready for `fit`."""
    keras.utils.set_random_seed(spec.seed)
    model = build_model(spec.network, spec.seed)
    binary = loss == "binary_crossentropy"
    accuracy = keras.metrics.BinaryAccuracy if binary else keras.metrics.SparseCategoricalAccuracy
    model.compile(
        optimizer=OPTIMIZERS[spec.optimizer](learning_rate=spec.learning_rate),
        loss=loss,
        metrics=[accuracy(name="accuracy")],
    )
    return model


def fit(model: keras.Model, spec: RunSpec, training: Batches, validation: Batches, recorder: RecordFit) -> None:
    """Run `model.fit` with batches that are made while the network works."""
    model.fit(
        _as_dataset(training, spec.threads),
        epochs=spec.epochs,
        steps_per_epoch=len(training),
        validation_data=_as_dataset(validation, spec.threads),
        callbacks=[recorder],
        shuffle=False,
        verbose=0,
    )


def _as_dataset(batches: Batches, threads: int) -> tf.data.Dataset:
    label_type = tf.as_dtype(batches.labels.dtype)

    def make(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pictures, labels = tf.numpy_function(batches.at, [step], (tf.float32, label_type))
        return (
            tf.ensure_shape(pictures, (None, *batches.images.shape[1:])),
            tf.ensure_shape(labels, (None, *batches.labels.shape[1:])),
        )

    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    # One numpy call a batch costs half of what from_generator does.
    steps = tf.data.Dataset.range(len(batches) * batches.epochs)
    return steps.map(make).prefetch(PREFETCH).with_options(options)


def versions() -> dict[str, str]:
    """Return the versions that the numbers of a training depend on."""
    packages = {name: version(name) for name in ("keras", "numpy", "pillow")}
    return {"python": platform.python_version(), "tensorflow": tf.__version__, **packages}


def start_event(spec: RunSpec, data: DataSet, training: Batches, validation: Batches) -> dict[str, Any]:
    """Return the event that says what is trained with what."""
    return {
        "type": "start",
        "samples": len(training.images),
        "validation_samples": len(validation.images),
        "epochs": spec.epochs,
        "batches": len(training),
        "validation_batches": len(validation),
        "classes": list(data.classes),
        "data_fingerprint": data.fingerprint,
        "versions": versions(),
        "threads": spec.threads,
        "device": "GPU" if tf.config.list_physical_devices("GPU") else "CPU",
    }
