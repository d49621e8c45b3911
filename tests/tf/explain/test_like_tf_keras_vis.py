"""Gradients, SmoothGrad, guided backpropagation and Grad-CAM are those of tf-keras-vis on the same score."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from cnnlab.core.explain.asked import Asked
from cnnlab.core.explain.rows import grad_cam_row
from cnnlab.core.network import Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.attributions import EXPLAINING, Question
from cnnlab.tf.inside.models import Imported
from tests.tf.explain.material import built, picture

with warnings.catch_warnings():
    # It imports from a namespace that scipy keeps until version 2.
    warnings.simplefilter("ignore", DeprecationWarning)
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation


def residual(folder: Path) -> Subject:
    """Return a model with a shortcut, opened as somebody else's."""
    keras.utils.set_random_seed(1)
    entry = keras.Input((18, 18, 3))
    value = shortcut = keras.layers.Conv2D(6, 3, padding="same", activation="relu")(entry)
    value = keras.layers.Conv2D(6, 3, padding="same")(value)
    value = keras.layers.BatchNormalization()(value)
    value = keras.layers.ReLU()(keras.layers.Add()([value, shortcut]))
    value = keras.layers.GlobalAveragePooling2D()(keras.layers.MaxPooling2D()(value))
    model = keras.Model(entry, keras.layers.Softmax()(keras.layers.Dense(3)(value)))
    model.save(folder / "residual.keras")
    return Subject(Imported(folder / "residual.keras", "residual.keras"), 1 / 127.5, -1.0)


def subject_of(name: str, folder: Path) -> Subject:
    if name == "residual":
        return residual(folder)
    lenet = next(preset.network for preset in PRESETS if preset.title.startswith("LeNet-5"))
    return built(Network((46, 46, 3), Network.seed().layers) if name == "seed" else lenet)


@pytest.mark.parametrize("name", ["seed", "LeNet-5", "residual"])
def test_attributions_are_those_of_another_library(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = subject_of(name, tmp_path)
    model: Any = subject.built.model  # type: ignore[attr-defined]
    pixels = picture(model.input_shape[1:])
    asked = Asked(unit=0, samples=4, noise=0.2, seed=11)
    row = grad_cam_row(subject.built.nodes)

    def ours(method: str) -> Any:
        return EXPLAINING[method](Question(subject, pixels, Asked(**asked.as_json | {"method": method})))

    mine = {method: ours(method) for method in ("gradient", "smoothgrad", "grad_cam")}
    if name == "seed":  # the next has no ReLU, and tf-keras-vis knows no layer that is itself one
        mine["guided_backpropagation"] = ours("guided_backpropagation")
    entry = subject.rescaled(pixels)[None]
    rng, deviation = np.random.default_rng(asked.seed), asked.noise * float(entry.max() - entry.min())
    noise = np.stack([rng.normal(0, deviation, entry.shape) for _ in range(asked.samples)])
    monkeypatch.setattr(np.random, "normal", lambda *_: noise)
    logits = _without_last_activation(model)
    plain = {"score": lambda outputs: outputs[:, 0], "seed_input": entry}
    map_ = plain | {"keepdims": True, "gradient_modifier": None, "normalize_map": False}
    close(mine["gradient"].values, Saliency(logits, clone=False)(**map_)[0])
    close(mine["smoothgrad"].values, Saliency(logits, clone=False)(**map_, smooth_samples=4, smooth_noise=0.2)[0])
    cam = Gradcam(logits, clone=False)(
        **plain,
        penultimate_layer=subject.built.layers[row],
        seek_penultimate_conv_layer=False,
        activation_modifier=None,
        expand_cam=False,
        normalize_cam=False,
    )
    close(mine["grad_cam"].low, cam[0])
    guided = Saliency(logits, model_modifier=GuidedBackpropagation(), clone=False)
    if name == "seed":
        close(mine["guided_backpropagation"].values, guided(**map_)[0])


def close(mine: Any, theirs: Any) -> None:
    theirs = np.asarray(theirs)
    assert theirs.any()
    np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


def _without_last_activation(model: keras.Model) -> keras.Model:
    """Return the same layers up to the score."""
    last = model.layers[-1]
    if isinstance(last, keras.layers.Activation | keras.layers.Softmax):
        return keras.Model(model.inputs, model.layers[-2].output)
    last.activation = keras.activations.linear
    return keras.Model(model.inputs, last(model.layers[-2].output))
