"""A followed sequence is kept at each moment with what every layer of Keras makes of it, and with the filters."""

from pathlib import Path

import keras
import numpy as np

from cnnlab.core.augment import Augmentation, only_rescaled
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.generator import Settings, make
from cnnlab.core.sequences.letters import one_hot
from cnnlab.runs.record.findings import frame_path, read_frame
from cnnlab.tf.build import build_model
from cnnlab.tf.callbacks.look_inside import LookInside
from cnnlab.tf.data.batches import Batches


def test_a_frame_holds_what_keras_makes_of_the_sequence(tmp_path: Path) -> None:
    made = make(Settings(count=40))
    given = one_hot(made.validation.codes)
    plain = only_rescaled(Augmentation.post())
    batches = Batches(given, made.validation.labels, plain, 8, shuffle=False)
    look = LookInside(batches, 2, lambda _: None, given[3], tmp_path / "probe", 1 / 255)
    model = build_model(primer(), 2)
    look.set_model(model)
    look.set_params({"epochs": 1})
    look.on_epoch_end(0)
    frame = read_frame(frame_path(tmp_path / "probe", 1, 0))
    np.testing.assert_array_equal(frame.kernel, model.layers[0].kernel.numpy()[None])
    sequence = given[3][None] / np.float32(255)
    np.testing.assert_allclose(frame.output, model(sequence).numpy()[0], atol=1e-6)
    theirs = keras.Model(model.inputs, model.layers[0].output)(sequence).numpy()
    assert list(frame.maps) == [i for i, layer in enumerate(model.layers) if len(layer.output.shape) == 3]
    np.testing.assert_allclose(frame.values(0), theirs, atol=frame.limits[0] / 254 + 1e-6)
