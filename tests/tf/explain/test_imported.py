"""Models of others are explained in whatever form they come."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.explain.asked import Asked, ExplainError, Target
from cnnlab.core.explain.rows import forgettable_rows, grad_cam_row
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.answering import attribution
from cnnlab.tf.explain.attributions import EXPLAINING, Question
from cnnlab.tf.explain.score import Scorer
from cnnlab.tf.inside.models import Imported
from tests.tf.explain.material import picture

PIXELS = picture((10, 10, 3))


def opened(model: keras.Model, folder: Path) -> Subject:
    model.save(folder / "theirs.keras")
    return Subject(Imported(folder / "theirs.keras", "theirs.keras"), 1 / 255)


def trunk() -> keras.Model:
    keras.utils.set_random_seed(0)
    entry = keras.Input((10, 10, 3))
    value = keras.layers.Conv2D(4, 3, name="inner", activation="relu")(entry)
    value = keras.layers.Dense(3, activation="softmax", name="said")(keras.layers.Flatten()(value))
    return keras.Model(entry, value, name="trunk")


def transferred(entry: keras.KerasTensor, inner: keras.Model | keras.Layer) -> keras.Model:
    """Return a model around an inner one, as a borrowed trunk stands in a new network."""
    value = inner(keras.layers.Conv2D(4, 3, activation="relu", name="outer")(entry))
    value = keras.layers.Dense(3, name="scores")(keras.layers.GlobalAveragePooling2D()(value))
    return keras.Model(entry, keras.layers.Softmax(name="last")(value))


def test_gradients_find_their_way_through_a_nested_model(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    inner = keras.layers.Conv2D(4, 3, activation="relu", name="inner")
    nested = keras.Sequential([keras.Input((8, 8, 4)), inner, keras.layers.MaxPooling2D()], name="trunk")
    subject = opened(transferred(keras.Input((10, 10, 3)), nested), tmp_path)
    names = [node.name for node in subject.built.nodes]
    forgetting = forgettable_rows(subject.built.nodes, [row.params for row in subject.built.rows])
    assert [names[row] for row in forgetting] == ["scores", "trunk/inner", "outer"]
    before, (plain, *_) = subject.built.model.get_weights(), attribution(subject, PIXELS, {"unit": 2}, [])[1]
    _, (other, *_) = attribution(subject, PIXELS, {"unit": 2}, forgetting[:2])
    assert not np.allclose(plain, other)
    for kept, now in zip(before, subject.built.model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    assert names[grad_cam_row(subject.built.nodes)] == "trunk/inner"
    cams = [EXPLAINING["grad_cam"](Question(subject, PIXELS, Asked(row=names.index(name)))) for name in names[:4]]
    assert all(cam.values.any() for cam in cams)
    # Grad-CAM of the maps that the nested model hands out is the same, seen from inside and from outside.
    np.testing.assert_array_equal(cams[2].values, cams[3].values)
    with pytest.raises(ExplainError, match="No gradient of the answer reaches last"):
        Scorer(subject.built, Target()).gradients(subject.rescaled(PIXELS)[None], len(names) - 1)


def test_the_score_of_a_model_that_ends_in_a_nested_one_is_that_one_s(tmp_path: Path) -> None:
    whole = trunk()
    entry = keras.Input((10, 10, 3))
    nested = opened(keras.Model(entry, whole(keras.layers.Rescaling(1.0)(entry))), tmp_path)
    alone = opened(trunk(), tmp_path)
    for method in EXPLAINING:
        asked = Asked(method, unit=1, steps=3, samples=3, size=5)
        ours, theirs = (EXPLAINING[method](Question(subject, PIXELS, asked)).values for subject in (nested, alone))
        assert ours.any()
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_a_grey_model_without_channels_is_explained_too(tmp_path: Path) -> None:
    entry = keras.Input((9, 7))
    value = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Flatten()(entry))
    subject = opened(keras.Model(entry, value), tmp_path)
    pixels = picture((9, 7, 1))
    weight = subject.built.model.layers[-1].kernel.numpy().reshape(9, 7, 1)
    found = EXPLAINING["gradient"](Question(subject, pixels, Asked(sign=-1)))
    np.testing.assert_allclose(found.values, -weight, rtol=1e-6)
