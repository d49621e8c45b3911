"""A trunk is what Keras says it is: rows, counts, cuts, and what stays frozen."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep
from cnnlab.core.trunks.lite0 import KEY, POOLED
from cnnlab.core.trunks.rows import TrunkRow, counts, cuts, known_rows, rows_of, shipped
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.tf.build import build_model
from cnnlab.tf.inside.cut import rows, trunk_content
from cnnlab.tf.trunks.build import front, trunk_model
from cnnlab.tf.trunks.known import known_model


def told(row: TrunkRow) -> dict[str, object]:
    return {
        "name": row.name,
        "class_name": row.class_name,
        "output_shape": list(row.output_shape),
        "params": row.params,
        "weights": row.weights,
        "macs": row.macs,
        "sources": list(row.sources),
    }


def test_the_rows_of_the_shipped_trunk_are_those_of_keras() -> None:
    ours = [told(row) for row in known_rows(KEY, 100, 130)]
    model = known_model(KEY, 100, 130, Path())
    theirs = [{key: row[key] for key in ours[0]} for row in rows(model)]
    assert ours == theirs


@pytest.mark.parametrize(
    "first", ["block7a_project_conv", *(pytest.param(first, marks=pytest.mark.slow) for first in (None, "stem_conv"))]
)
def test_what_is_frozen_is_counted_as_keras_counts(first: str | None, home: Path) -> None:
    trunk = Trunk(**{**vars(shipped(96)), "trainable_from": first})
    counted, model = counts(trunk, rows_of(trunk, home)), trunk_model(trunk, home)
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert (counted.frozen + counted.trainable, counted.trainable) == (model.count_params(), trainable)
    assert counted.frozen + counted.trainable == 3_413_024


def test_a_trunk_is_cut_after_any_layer_that_makes_maps(home: Path) -> None:
    names = cuts(known_rows(KEY, 96, 96))
    assert {"stem_conv", "block3b_add", "top_activation", POOLED} <= set(names)
    cut = shipped(96, "block3b_add")
    assert cut.feature_shape == (12, 12, 40)
    assert tuple(trunk_model(cut, home).output.shape[1:]) == cut.feature_shape
    for wrong in ("flatten", "predictions", "no_such_layer"):
        with pytest.raises(TrunkError, match="choose another layer"):
            shipped(96, wrong)
    with pytest.raises(TrunkError, match="96 to 224"):
        shipped(95)


def test_a_network_of_ones_own_becomes_a_trunk_that_keeps_its_weights_and_is_still_when_frozen(home: Path) -> None:
    network = Network(
        (20, 24, 3),
        (
            Layer.make("Conv2D", filters=6, kernel_size=3, activation="relu"),
            Layer.make("BatchNormalization"),
            Layer.make("Dropout", rate=0.5),
            Layer.make("MaxPooling2D"),
            Layer.make("Flatten"),
            Layer.make("Dense", units=1, activation="sigmoid"),
        ),
    )
    model = build_model(network, seed=3)
    content, shape = trunk_content(model, "max_pooling2d", network.input_shape)
    assert content == trunk_content(model, "max_pooling2d", network.input_shape)[0]
    key = keep(home, content, Settings(home).disk)
    trunk = Trunk(key, "mine", network.input_shape, "max_pooling2d", shape, 1 / 255, 0.0)
    built = front(trunk, home, 1 / 255)
    pictures = np.random.default_rng(0).random((4, 20, 24, 3), np.float32)
    expected = keras.Sequential([keras.Input((20, 24, 3)), *model.layers[:4]])(pictures, training=False)
    np.testing.assert_array_equal(built(pictures, training=True), expected)
    assert counts(trunk, rows_of(trunk, home)).frozen == 3 * 9 * 6 + 6 + 24
    with pytest.raises(TrunkError, match="makes no maps"):
        trunk_content(model, "flatten", network.input_shape)
    with pytest.raises(TrunkError, match="choose the trunk anew"):
        trunk_model(Trunk(**{**vars(trunk), "source": "0" * 64}), home)
