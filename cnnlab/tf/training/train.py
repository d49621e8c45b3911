"""Train the network of one run on its data, as its spec says, and write everything into the run's folder."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from cnnlab.core.augment import only_rescaled
from cnnlab.core.data.datasets import DataSet, load, with_classes
from cnnlab.core.data.stored import Pictures, in_memory
from cnnlab.core.kept.rows import StoredRows
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.core.settings import Settings
from cnnlab.core.training.subset import kept_apart, shuffled
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.runs.judge.causes import unscaled
from cnnlab.runs.record import Run, RunSpec, State, pick_loss, problems
from cnnlab.runs.record.control import ControlReader
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.record.findings import read_followed
from cnnlab.runs.store.folders import WorkerStore
from cnnlab.tf.callbacks.gradients import MeasureGradients
from cnnlab.tf.callbacks.look_inside import LookInside
from cnnlab.tf.callbacks.obey import Obey, Recorder
from cnnlab.tf.callbacks.overdue import Overdue, show_pause
from cnnlab.tf.callbacks.rates import learning_rate
from cnnlab.tf.callbacks.record_fit import RecordFit, TrainingFailed, TrainingStopped, save_model
from cnnlab.tf.data.batches import Batches
from cnnlab.tf.data.pipeline import as_dataset
from cnnlab.tf.training.borrowed import Features, below, built
from cnnlab.tf.training.continued import continued
from cnnlab.tf.training.keeping import Work
from cnnlab.tf.training.preparing import Preparing, stored_pictures
from cnnlab.tf.training.range_test import RecordRange, run_range_test
from cnnlab.tf.training.sequences import Data, loaded_sequences, sequence_batches, sequence_test

VALIDATION_BATCH = 32
OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
}


def train(
    run: Run, store: WorkerStore, settings: Settings, writer: EventWriter, should_stop: Callable[[], bool]
) -> str | None:
    """Train to the end, from the run's checkpoint if it has one; return a sentence if it ended early by itself.

    Raises `TrainingStopped` if asked to stop (the weights so far are saved), or a `Refusal`.
    """
    spec = run.spec
    if problem := problems(spec, settings):
        raise TrainingFailed(problem)
    tf.config.threading.set_intra_op_parallelism_threads(spec.threads)
    tf.config.threading.set_inter_op_parallelism_threads(spec.threads)
    data = _load(spec, settings)
    loss = pick_loss(spec.network, len(data.classes), spec.loss)
    splits = _prepared(spec, data, loss.name, settings, Preparing(writer, should_stop))
    training, validation = splits.training, splits.validation
    if should_stop():
        raise TrainingStopped("Stopped on request before the first batch.")
    model = compiled_model(spec, loss.name, settings.home)
    before = continued(run, store, data, model, writer)
    store.describe(run.id, data_fingerprint=data.fingerprint, **computer(spec))
    writer.append(start_event(spec, data, training, validation) | {"loss": loss.name, "reason": loss.reason})
    store.transition(run.id, State.RUNNING, source=State.STARTING)
    if spec.range_test:
        record = RecordRange(writer)
        stops = _obey(store, run, settings, record, writer, should_stop)
        run_range_test(model, training, spec.threads, _weights_of_classes(spec, training), [record, stops])
        return None
    work = Work(run, store, data, validation, splits.features, splits.test)
    recorder = RecordFit(
        writer, work.places, len(training), spec.patience, before.val_losses, unscaled(spec) is not None
    )
    recorder.epoch, recorder.batch = before.epoch, len(training) if before.epoch else 0
    callbacks = [
        recorder,
        _look(work, writer, below(model)),
        MeasureGradients(training, writer.append, before.epoch, below(model)),
        _obey(store, run, settings, recorder, writer, should_stop),
    ]
    try:
        fit(model, spec, training, validation, callbacks, before.epoch)
    except TrainingStopped:
        save_model(model, work.places.model)
        work.keep(model)
        raise
    said = work.early_end(recorder)
    work.keep(model if said is None else keras.models.load_model(work.places.model))
    return said


@dataclass(frozen=True)
class _Prepared:
    """Hold the splits in batches, of features where the training learns from them, with what makes these."""

    training: Batches
    validation: Batches
    test: Batches | None = None
    features: Features | None = None


def _prepared(spec: RunSpec, data: Data, loss: str, settings: Settings, preparing: Preparing) -> _Prepared:
    if isinstance(data, SequenceSet):
        return _Prepared(
            *sequence_batches(spec, data, loss), sequence_test(spec, data, loss) if spec.test_split else None
        )
    stored = stored_pictures(data, settings, preparing)
    training, validation = make_batches(spec, data, loss, stored)
    test = make_test(spec, data, loss, stored) if spec.test_split else None
    if spec.trunk is None or not spec.learns_from_features:
        return _Prepared(training, validation, test)
    features = Features(spec, spec.trunk, settings)
    whole = stored(data.train, "train", spec.picture_shape)
    made = features.batches(training, validation, data, whole, preparing)
    return _Prepared(*made, test and features.test(test, data, whole, preparing), features)


def _load(spec: RunSpec, settings: Settings) -> Data:
    if is_sequences(spec.data):
        return loaded_sequences(spec, settings)
    with LimitedReading(settings) as reading:
        data = load(
            spec.data,
            settings.max_pixels,
            spec.limit_per_class,
            spec.split_seed,
            cache=settings.surveys,
            reading=reading,
        )
    return data if spec.classes is None else with_classes(data, spec.classes)


def _obey(
    store: WorkerStore,
    run: Run,
    settings: Settings,
    recorder: Recorder,
    writer: EventWriter,
    should_stop: Callable[[], bool],
) -> Obey:
    return Obey(
        recorder,
        ControlReader(store.folder(run.id) / "control.json").read,
        should_stop,
        lambda standing: show_pause(store, run.id, standing),
        Overdue(store, settings, run),
        writer.append,
    )


def _look(work: Work, writer: EventWriter, below: int) -> LookInside:
    folder, validation = work.store.folder(work.run.id), work.validation
    picture = read_followed(folder, work.run.spec.input_shape)
    probe = picture if work.features is None else work.features.of_picture(picture)
    rescale = validation.augmentation.rescale
    return LookInside(validation, len(work.data.classes), writer.append, probe, folder / "probe", rescale, below)


def make_batches(spec: RunSpec, data: DataSet, loss: str, pictures: Pictures = in_memory) -> tuple[Batches, Batches]:
    """Return the training batches, shuffled and augmented, and the validation batches, only rescaled."""
    used = spec.learned(data.train.labels)
    labels = data.train.labels[used]
    if spec.shuffle_labels:
        labels = shuffled(labels, spec.seed)
    shape = spec.picture_shape
    whole = pictures(data.train, "train", shape)
    splits = [
        (whole.taken(used) if isinstance(whole, StoredRows) else whole[used], _targets(labels, loss)),
        (pictures(data.validation, "validation", shape), _targets(data.validation.labels, loss)),
    ]
    return (
        Batches(*splits[0], spec.augmentation, spec.batch_size, spec.epochs, spec.seed),
        Batches(*splits[1], only_rescaled(spec.augmentation), VALIDATION_BATCH, shuffle=False),
    )


def make_test(spec: RunSpec, data: DataSet, loss: str, pictures: Pictures = in_memory) -> Batches:
    """Return the batches of the test split, only rescaled, which nothing is learned from."""
    apart = kept_apart(data.train.labels)
    whole = pictures(data.train, "train", spec.picture_shape)
    taken = whole.taken(apart) if isinstance(whole, StoredRows) else whole[apart]
    labels = _targets(data.train.labels[apart], loss)
    return Batches(taken, labels, only_rescaled(spec.augmentation), VALIDATION_BATCH, shuffle=False)


def _targets(labels: npt.NDArray[np.int64], loss: str) -> npt.NDArray[np.generic]:
    return labels.astype(np.float32)[:, None] if loss == "binary_crossentropy" else labels


def class_weights(labels: npt.NDArray[np.generic]) -> dict[int, float]:
    """Return for each class n / (classes × n of the class), so that each weighs the same in the loss."""
    counts = np.bincount(labels.astype(np.int64).ravel())
    return {c: float(counts.sum() / (len(counts) * n)) for c, n in enumerate(counts) if n}


def _weights_of_classes(spec: RunSpec, training: Batches) -> dict[int, float] | None:
    return class_weights(training.labels) if spec.class_weights else None


def compiled_model(spec: RunSpec, loss: str, home: Path) -> keras.Model:
    """Return the network with weights drawn from the seed, ready for `fit`; `home` has what it borrows."""
    keras.utils.set_random_seed(spec.seed)
    model = built(spec, home)
    binary = loss == "binary_crossentropy"
    options = {"momentum": spec.momentum} if spec.optimizer == "sgd" else {}
    accuracy = keras.metrics.BinaryAccuracy if binary else keras.metrics.SparseCategoricalAccuracy
    model.compile(
        optimizer=OPTIMIZERS[spec.optimizer](learning_rate=learning_rate(spec), **options),
        loss=loss,
        metrics=[accuracy(name="accuracy")],
    )
    return model


def fit(
    model: keras.Model,
    spec: RunSpec,
    training: Batches,
    validation: Batches,
    callbacks: Sequence[keras.callbacks.Callback],
    first_epoch: int = 0,
) -> None:
    """Run `model.fit` after `first_epoch` epochs, with batches that are made while the network works."""
    model.fit(
        as_dataset(training, spec.threads, first_epoch),
        epochs=spec.epochs,
        initial_epoch=first_epoch,
        steps_per_epoch=len(training),
        validation_data=as_dataset(validation, spec.threads),
        class_weight=_weights_of_classes(spec, training),
        callbacks=list(callbacks),
        shuffle=False,
        verbose=0,
    )


def versions() -> dict[str, str]:
    """Return the versions that the numbers of a training depend on."""
    packages = {name: version(name) for name in ("keras", "numpy", "pillow")}
    return {"python": platform.python_version(), "tensorflow": tf.__version__, **packages}


def computer(spec: RunSpec) -> dict[str, Any]:
    """Return what the numbers of a training depend on besides its spec: machine, device, threads, versions."""
    return {"host": platform.node(), "device": device(), "threads": spec.threads, "versions": versions()}


def device() -> str:
    """Return what TensorFlow computes on: "CPU", or "GPU 0" with its name, the first that it sees."""
    found = tf.config.list_physical_devices("GPU")
    if not found:
        return "CPU"
    name = tf.config.experimental.get_device_details(found[0]).get("device_name")
    return f"GPU 0: {name}" if name else "GPU 0"


def start_event(spec: RunSpec, data: Data, training: Batches, validation: Batches) -> dict[str, Any]:
    """Return the event that says what is trained with what."""
    return {
        "type": "start",
        "samples": len(training.images),
        "validation_samples": len(validation.images),
        "epochs": spec.epochs,
        "batches": len(training),
        "validation_batches": len(validation),
        "classes": list(data.classes),
        "counts": np.bincount(training.labels.astype(np.int64).ravel()).tolist(),
        "validation_counts": np.bincount(data.validation.labels).tolist(),
        "data_fingerprint": data.fingerprint,
        **computer(spec),
    }
