"""Load the sequences of a training, and bring them into batches."""

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment import only_rescaled
from cnnlab.core.data.datasets import DataSet
from cnnlab.core.sequences.letters import SequenceError, reads_pictures
from cnnlab.core.sequences.loading import load_sequences
from cnnlab.core.sequences.sequence_set import SequenceSet, SequenceSplit, in_class_order
from cnnlab.core.settings import Settings
from cnnlab.core.training.subset import kept_apart, shuffled
from cnnlab.processes.data.limited_sequences import read_in_limits
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.losses import BINARY
from cnnlab.tf.data.batches import Batches

Data = DataSet | SequenceSet
"""What can be trained on: pictures or sequences, each with two splits of uint8 arrays."""
VALIDATION_BATCH = 256


def loaded_sequences(spec: RunSpec, settings: Settings) -> SequenceSet:
    """Return the sequences that a training names, in its order of classes; raise a `Refusal`."""
    found = load_sequences(spec.data, lambda path: read_in_limits(path, settings), spec.seed, spec.limit_per_class)
    return found if spec.classes is None else in_class_order(found, spec.classes)


def sequence_batches(spec: RunSpec, data: SequenceSet, loss: str) -> tuple[Batches, Batches]:
    """Return the training batches, shuffled, and the validation batches; raise a `Refusal` if they do not fit."""
    used = spec.learned(data.train.labels)
    labels = data.train.labels[used]
    if spec.shuffle_labels:
        labels = shuffled(labels, spec.seed)
    plain = only_rescaled(spec.augmentation)
    training = _arrays(data.train, spec)[used]
    return (
        Batches(training, _targets(labels, loss), plain, spec.batch_size, spec.epochs, spec.seed),
        Batches(
            _arrays(data.validation, spec),
            _targets(data.validation.labels, loss),
            plain,
            VALIDATION_BATCH,
            shuffle=False,
        ),
    )


def sequence_test(spec: RunSpec, data: SequenceSet, loss: str) -> Batches:
    """Return the batches of the test split, which nothing is learned from."""
    apart = kept_apart(data.train.labels)
    labels = _targets(data.train.labels[apart], loss)
    arrays = _arrays(data.train, spec)[apart]
    return Batches(arrays, labels, only_rescaled(spec.augmentation), VALIDATION_BATCH, shuffle=False)


def _arrays(split: SequenceSplit, spec: RunSpec) -> npt.NDArray[np.uint8]:
    if len(spec.input_shape) != 2:
        raise SequenceError(reads_pictures(spec.input_shape))
    length, channels = spec.input_shape
    return split.arrays(length, channels)


def _targets(labels: npt.NDArray[np.int64], loss: str) -> npt.NDArray[np.generic]:
    return labels.astype(np.float32)[:, None] if loss == BINARY else labels
