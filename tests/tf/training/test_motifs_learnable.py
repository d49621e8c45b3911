"""The primer's network learns the default set of sequences, and one of its filters becomes the planted motif."""

import json
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network.sequence_presets import motif_detector, primer
from cnnlab.core.sequences.baseline import baseline
from cnnlab.core.sequences.generator import Settings, make
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.matching import from_hits, match
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.losses import loss_for
from cnnlab.runs.store.trained import SHIPPED_MOTIFS, shipped
from cnnlab.tf.inside.rounded import read_rounded
from cnnlab.tf.training.sequences import sequence_batches
from cnnlab.tf.training.train import compiled_model, fit

EPOCHS, SEEDS = 20, (0, 1, 2)
SPEC = RunSpec(
    name="motifs", network=primer(), data="motifs", data_name="motifs", augmentation=Augmentation.none(), epochs=EPOCHS
)


def trained(spec: RunSpec, home: Path) -> tuple[float, float]:
    """Train, and return the best validation accuracy and how well the best filter matches the motif."""
    data = make()
    loss = loss_for(spec.network, 2)
    training, validation = sequence_batches(spec, data, loss)
    model = compiled_model(spec, loss, home)
    fit(model, spec, training, validation, [])
    kernels = model.layers[0].kernel.numpy()
    motif = data.motifs[0].matrix
    logos = [from_hits(kernels[:, :, i], data.train.codes)[0] for i in range(kernels.shape[2])]
    return max(model.history.history["val_accuracy"]), max(match(logo, motif).correlation for logo in logos)


def test_batches_hold_one_hot_letters_and_a_training_on_them_learns(home: Path) -> None:
    spec = replace(SPEC, network=motif_detector(), epochs=3, learning_rate=0.02)
    training, validation = sequence_batches(spec, make(Settings(count=200)), "binary_crossentropy")
    letters, labels = training.at(0)
    assert letters.shape == (16, 50, 4)
    assert set(np.unique(letters)) == {0.0, 1.0}
    assert (letters.sum(axis=2) == 1).all()
    assert labels.shape == (16, 1)
    model = compiled_model(spec, "binary_crossentropy", home)
    fit(model, spec, training, validation, [])
    losses = model.history.history["loss"]
    assert losses[-1] < losses[0]
    with pytest.raises(SequenceError, match="50 letters long"):
        sequence_batches(replace(spec, network=primer().with_sides(40)), make(), "binary_crossentropy")


def test_the_shipped_weights_answer_the_validation_set_and_hold_the_motif() -> None:
    data, weights = make(), shipped()[SHIPPED_MOTIFS]
    model = read_rounded(weights.network, weights.path)
    answers = model.predict(data.validation.arrays(50, 4) * np.float32(1 / 255), verbose=0).argmax(axis=1)
    facts = json.loads(weights.path.with_suffix(".json").read_text(encoding="utf-8"))
    right = float((answers == data.validation.labels).mean())
    assert right == facts["rounded_val_accuracy"] >= 0.95
    assert weights.classes == data.classes
    kernels, motif = model.layers[0].kernel.numpy(), data.motifs[0].matrix
    logos = [from_hits(kernels[:, :, i], data.train.codes)[0] for i in range(kernels.shape[2])]
    assert max(match(logo, motif).correlation for logo in logos) >= 0.8


@pytest.mark.slow
def test_the_primers_network_finds_the_motif(home: Path) -> None:
    found = [trained(replace(SPEC, seed=seed), home) for seed in SEEDS]
    told = baseline(make().train, make().validation, make().classes)
    assert median(accuracy for accuracy, _ in found) >= 0.95 > told.accuracy
    assert median(correlation for _, correlation in found) >= 0.8
