"""Keep what a training has made: its model, the weights that were best, and what it answers."""

import shutil
from dataclasses import dataclass
from functools import cached_property

import keras

from cnnlab.core.data.datasets import DataSet
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.core.training.subset import kept_apart
from cnnlab.runs.record import Run
from cnnlab.runs.record.findings import write_answers
from cnnlab.runs.record.test_split import SEALED
from cnnlab.runs.store.folders import WorkerStore
from cnnlab.tf.callbacks.look_inside import answers_to
from cnnlab.tf.callbacks.record_fit import Places, RecordFit
from cnnlab.tf.data.batches import Batches
from cnnlab.tf.training.borrowed import Features, head_places, keep_head, keep_whole


@dataclass(frozen=True)
class Work:
    """Hold one training with what it is validated on, and the features that it learns from, if any."""

    run: Run
    store: WorkerStore
    data: DataSet | SequenceSet
    validation: Batches
    features: Features | None
    test: Batches | None = None

    @cached_property
    def places(self) -> Places:
        """Return where its files are written: of a head that learns from features, the head alone."""
        found = places(self.store, self.run.id)
        return found if self.features is None else head_places(found)

    def keep(self, model: keras.Model) -> None:
        """Keep the head by itself and the whole model above a trunk, and the answers to the validation pictures."""
        if self.run.spec.trunk is not None:
            keep_head(model, self.store, self.run.id)
        if self.features is not None:
            keep_whole(self.features, model, self.store, self.run.id)
        if self.run.spec.series:
            shutil.rmtree(self.places.epochs, ignore_errors=True)  # dozens of trainings, of which the result counts
        answers = answers_to(model, self.validation, self.data.classes, self.data.validation.names)
        folder = self.store.folder(self.run.id)
        write_answers(folder / "evaluation.json", answers)
        if self.test is not None:
            names = tuple(self.data.train.names[i] for i in kept_apart(self.data.train.labels))
            write_answers(folder / SEALED, answers_to(model, self.test, self.data.classes, names))

    def early_end(self, recorder: RecordFit) -> str | None:
        """Give the best epoch's weights to a training with early stopping, and say so."""
        best, patience = recorder.best_epoch, self.run.spec.patience
        if patience is None or not self.places.best.exists():
            return None
        shutil.copyfile(self.places.best, self.places.model)
        kept = f"the weights kept are those of epoch {best}, which had the lowest validation loss."
        if recorder.epoch - best < patience:
            return f"All epochs are trained; {kept}"
        return f"Stopped early after epoch {recorder.epoch}; {kept}"


def places(store: WorkerStore, run_id: str) -> Places:
    """Return where a run's files are written."""
    folder = store.folder(run_id)
    return Places(
        model=store.model_path(run_id),
        checkpoint=store.checkpoint_path(run_id),
        best=folder / "best.keras",
        epochs=store.epochs_folder(run_id),
        tensorboard=folder / "tensorboard",
    )
