"""A training counts the classes in the order that was chosen for it."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from tests.tf.training.test_worker import SIZE, folder, spec, trained

__all__ = ["folder", "spec"]


@pytest.mark.slow
def test_a_turned_order_of_the_classes_turns_what_the_output_means(spec: RunSpec, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    linear = (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="sigmoid"))
    turned = replace(spec, network=Network((SIZE, SIZE, 3), linear), classes=("dark", "bright"), epochs=8)
    run, story = trained(replace(turned, augmentation=Augmentation.none()), settings)
    assert run.state == State.FINISHED
    assert story.first_start["classes"] == ["dark", "bright"]
    store = Store(settings.home)
    assert store.get(run.id).spec.classes == ("dark", "bright")
    model = keras.models.load_model(store.model_path(run.id))
    light, dark = (np.full((1, SIZE, SIZE, 3), level, np.float32) for level in (0.75, 0.2))
    assert float(model(light)[0, 0]) > float(model(dark)[0, 0]) + 0.1, "class 1 is bright now"
    store.close()
