"""Train a head above a borrowed trunk: on features that were computed once, or below the whole model."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.augment import Augmentation
from cnnlab.core.data.datasets import DataSet
from cnnlab.core.kept.rows import StoredRows
from cnnlab.core.pictures import Pixels
from cnnlab.core.settings import Settings
from cnnlab.core.training.subset import kept_apart
from cnnlab.core.trunks.files import pack
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.processes.home.files import replacing
from cnnlab.runs.record import RunSpec
from cnnlab.runs.store.folders import HEAD, WorkerStore
from cnnlab.tf.build import build_model
from cnnlab.tf.callbacks.record_fit import Places, save_model
from cnnlab.tf.data.batches import Batch, Batches, order
from cnnlab.tf.training.preparing import Preparing
from cnnlab.tf.trunks.build import BELOW, front, on_trunk, start_head
from cnnlab.tf.trunks.features import features_key, features_of

NOT_RESCALED = Augmentation(rescale=1.0)


class FeatureBatches(Batches):
    """Make batches of features, float32, which are taken as they are."""

    def at(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 through all epochs, in the order that pictures would have."""
        epoch, batch = divmod(int(step), len(self))
        n = len(self.images)
        indices = order(n, self.seed, epoch) if self.shuffle else np.arange(n)
        taken = indices[batch * self.batch_size : (batch + 1) * self.batch_size]
        return np.asarray(self.images[taken], np.float32), self.labels[taken]


def built(spec: RunSpec, home: Path) -> keras.Model:
    """Return what is trained: the network, the head alone where it learns from features, or both with the trunk."""
    head = build_model(spec.network, spec.seed, spec.l2)
    if spec.trunk is None:
        return head
    start_head(head, spec.trunk, home)
    return head if spec.learns_from_features else on_trunk(spec.trunk, home, spec.augmentation.rescale, head)


def below(model: keras.Model) -> int:
    """Return how many layers of a model lie below the head."""
    return sum(layer.name in BELOW for layer in model.layers)


class Features:
    """Make the features of a training's pictures, and complete its head to a whole model at the end."""

    def __init__(self, spec: RunSpec, trunk: Trunk, settings: Settings) -> None:
        self._spec, self._trunk, self._settings = spec, trunk, settings
        self._rescale = spec.augmentation.rescale
        self._front = front(trunk, settings.home, self._rescale)

    def batches(
        self, training: Batches, validation: Batches, data: DataSet, whole: Pixels | StoredRows, preparing: Preparing
    ) -> tuple[FeatureBatches, FeatureBatches]:
        """Return the same batches with features in place of pictures; `whole` are all pictures for training."""
        used = self._spec.learned(data.train.labels)
        made = []
        for name, pictures, batches in (("train", whole, training), ("validation", validation.images, validation)):
            rows = self._rows(pictures, name, data, preparing)
            made.append(
                FeatureBatches(
                    rows.taken(used) if name == "train" else rows,
                    batches.labels,
                    NOT_RESCALED,
                    batches.batch_size,
                    batches.epochs,
                    batches.seed,
                    batches.shuffle,
                )
            )
        return made[0], made[1]

    def test(self, test: Batches, data: DataSet, whole: Pixels | StoredRows, preparing: Preparing) -> FeatureBatches:
        """Return the batches of the test split with features in place of pictures."""
        rows = self._rows(whole, "train", data, preparing).taken(kept_apart(data.train.labels))
        return FeatureBatches(rows, test.labels, NOT_RESCALED, test.batch_size, shuffle=False)

    def _rows(self, pictures: Pixels | StoredRows, name: str, data: DataSet, preparing: Preparing) -> StoredRows:
        key = features_key(self._trunk, f"{data.fingerprint} {name}", self._rescale, self._spec.threads)
        place, disk = self._settings.features, self._settings.disk
        return features_of(self._front, pictures, self._rescale, key, place, disk, preparing.of("features"))

    def of_picture(self, picture: npt.NDArray[np.uint8] | None) -> npt.NDArray[np.float32] | None:
        """Return the features of one picture (height, width, channels), or None for none."""
        if picture is None:
            return None
        batch = picture[None].astype(np.float32) * np.float32(self._rescale)
        return np.asarray(self._front.predict_on_batch(batch))[0]

    def whole(self, head: keras.Model) -> keras.Model:
        """Return rescaling, trunk and head as one model, which takes pictures as other trainings' models do."""
        above = build_model(self._spec.network)
        above.set_weights(head.get_weights())
        return on_trunk(self._trunk, self._settings.home, self._rescale, above)


def head_places(places: Places) -> Places:
    """Return where a training of a head writes: every epoch's model is the head alone."""
    return replace(places, model=places.model.with_name("head.keras"))


def keep_head(model: keras.Model, store: WorkerStore, run_id: str) -> None:
    """Write the weights of the head of a trained model, with which another training can begin."""
    weights = [weight for layer in model.layers if layer.name not in BELOW for weight in layer.get_weights()]
    with replacing(store.folder(run_id) / HEAD, alone=True) as new:
        new.write_bytes(pack({"head": run_id}, weights))


def keep_whole(features: Features, head: keras.Model, store: WorkerStore, run_id: str) -> None:
    """Write the whole model of a head that learned from features."""
    save_model(features.whole(head), store.model_path(run_id))
