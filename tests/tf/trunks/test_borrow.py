"""Somebody else's model becomes a trunk too, residual or of any size, and what stands on it opens as such a model."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep
from cnnlab.core.trunks.rows import counts, rows_of
from cnnlab.core.trunks.trunk import TRUNK, Trunk, TrunkError
from cnnlab.tf.build import build_model
from cnnlab.tf.built import Subject
from cnnlab.tf.inside.answers import trunk
from cnnlab.tf.inside.models import Imported
from cnnlab.tf.trunks.build import front, on_trunk
from tests.tf.training.test_borrowed import head_of

layers = keras.layers
SHAPE = (20, 18, 3)


def residual(shape: tuple[int | None, int | None, int]) -> keras.Model:
    entry = keras.Input(shape)
    value = layers.Conv2D(5, 3, padding="same", name="first")(entry)
    inner = keras.Sequential([keras.Input((None, None, 5)), layers.Conv2D(5, 1, name="within")], name="nested")
    value = layers.Add(name="sum")([value, inner(layers.BatchNormalization(name="bn")(value))])
    return keras.Model(entry, layers.Dense(2)(layers.GlobalAveragePooling2D()(value)))


@pytest.mark.parametrize("shape", [SHAPE, (None, None, 3)], ids=["its size", "any size"])
def test_a_residual_model_is_cut_and_keeps_what_it_computes(
    shape: tuple[int | None, int | None, int], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.keras"
    model = residual(shape)
    model.save(path)
    subject = Subject(Imported(path, "theirs.keras"), 1.0)
    answer, (content,) = trunk(subject, "sum", list(SHAPE))
    assert answer["shape"] == (20, 18, 5)
    key = keep(home, content.tobytes(), Settings(home).disk)
    borrowed = Trunk(key, "theirs", SHAPE, "sum", (20, 18, 5), 1.0, 0.0)
    pictures = np.random.default_rng(0).random((3, *SHAPE), np.float32)
    theirs = keras.Model(model.inputs, model.get_layer("sum").output)(pictures, training=False)
    np.testing.assert_array_equal(front(borrowed, home, 1.0)(pictures), theirs)
    counted = counts(borrowed, rows_of(borrowed, home))
    assert counted.frozen == sum(model.get_layer(n).count_params() for n in ("first", "bn", "nested"))
    assert counted.macs == 20 * 18 * (9 * 3 * 5 + 5 * 5)
    for name in ("nested/within", "dense", "nothing"):
        with pytest.raises(TrunkError):
            trunk(subject, name, list(SHAPE))
    whole = tmp_path / "whole.keras"
    on_trunk(borrowed, home, 1 / 255, build_model(head_of(borrowed))).save(whole)
    opened = Imported(whole, "whole.keras").describe()
    assert opened["input_shape"] == list(SHAPE)
    assert {"trunk_rescaling", f"{TRUNK}/sum", TRUNK, "dense"} <= {row["name"] for row in opened["rows"]}
