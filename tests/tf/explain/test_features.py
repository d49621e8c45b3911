"""Features are what Keras computes: means of maps, numbers of dense layers, and a trunk's forward pass."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.inside.feature_space import FeaturesError
from cnnlab.core.network import Layer, Network
from cnnlab.core.trunks.rows import shipped
from cnnlab.processes.explain.features import SMALL, Collected, collected, features_of
from cnnlab.processes.explain.strongest import Looked
from cnnlab.processes.subjects import RandomWeights, Weighted
from cnnlab.processes.trunks import Borrowed
from cnnlab.tf.build import build_model
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.features import features
from cnnlab.tf.trunks.build import front
from tests.inside_here import InsideHere

NETWORK = Network(
    (13, 16, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=3, activation="relu"),
        Layer.make("Dropout", rate=0.5),
        Layer.make("Flatten"),
        Layer.make("Dense", units=5),
        Layer.make("Dense", units=1, activation="sigmoid"),
    ),
)
SUBJECT = Weighted(NETWORK, RandomWeights(2))
PICTURES = np.random.default_rng(0).integers(0, 256, (37, *NETWORK.input_shape), dtype=np.uint8)


@pytest.mark.parametrize("row", [0, 2, 3])
def test_they_are_keras_outputs_averaged_over_places(row: int) -> None:
    told = list(collected(InsideHere(), SUBJECT, iter(PICTURES), 37, row))
    found = told[-1]
    assert isinstance(found, Collected)
    assert told[-2] == Looked(37, 37)
    model = build_model(NETWORK, 2)
    given = PICTURES.astype(np.float32) / 255
    expected = np.asarray(keras.Model(model.inputs, model.layers[row].output)(given, training=False))
    expected = expected.mean(axis=(1, 2)) if expected.ndim == 4 else expected
    np.testing.assert_allclose(found.features, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.answers, np.asarray(model(given, training=False)), rtol=1e-4, atol=1e-6)
    assert found.small.shape == (37, SMALL, SMALL, 3)
    assert (found.small[5, 0, 0] == PICTURES[5, 0, 0]).all()


def test_those_of_a_trunk_are_what_a_head_learns_from(tmp_path: Path) -> None:
    trunk = shipped(96)
    subject = Borrowed(trunk, tmp_path)
    pictures = np.random.default_rng(1).integers(0, 256, (3, 96, 96, 3), dtype=np.uint8)
    (found,) = features_of(InsideHere(), subject, pictures, (len(subject.rows) - 1,))
    expected = front(trunk, tmp_path, 1.0).predict_on_batch(pictures.astype(np.float32))
    np.testing.assert_allclose(found, expected[:, 0, 0], rtol=1e-4, atol=1e-5)
    assert [node.name for node in subject.graph.nodes] == [row.name for row in subject.rows]


def test_what_is_no_number_is_said() -> None:
    model = build_model(NETWORK, 2)
    model.layers[3].kernel.assign(np.full(model.layers[3].kernel.shape, 3e38, np.float32))
    from cnnlab.tf.inside.maps import Plain

    with pytest.raises(FeaturesError, match="too large for a number"):
        features(Subject(Plain(NETWORK, model), 1.0), PICTURES, (3,))
