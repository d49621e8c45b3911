"""Networks and pictures that explanations are tried on, small enough to be tried often."""

from typing import Any

import keras
import numpy as np

from cnnlab.core.explain.asked import Asked
from cnnlab.core.network import Layer, Network
from cnnlab.tf.build import build_model
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.attributions import Question
from cnnlab.tf.inside.maps import Plain

LINEAR = Network(
    (6, 5, 3), (Layer.make("Flatten"), Layer.make("Dense", units=1), Layer.make("Activation", activation="sigmoid"))
)
SMALL = Network(
    (20, 16, 3),
    (
        Layer.make("Conv2D", filters=6, kernel_size=3, activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("Conv2D", filters=5, kernel_size=3),
        Layer.make("BatchNormalization"),
        Layer.make("Activation", activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("Flatten"),
        Layer.make("Dropout", rate=0.5),
        Layer.make("Dense", units=4, activation="softmax"),
    ),
)


def built(network: Network, seed: int = 3) -> Subject:
    """Return a network with weights of its own; biases too are drawn, so that nothing is zero by chance."""
    model = build_model(network, seed)
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        layer.set_weights([w + 0.05 * rng.normal(size=w.shape) for w in layer.get_weights()])
    return Subject(Plain(network, model), 1 / 255)


def picture(shape: tuple[int, int, int], seed: int = 0) -> Any:
    """Return a picture of even levels with some structure."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, shape, dtype=np.uint8)


def question(subject: Subject, method: str, **options: Any) -> Question:
    """Return a question about the one picture of the subject's shape."""
    model: keras.Model = subject.built.model  # type: ignore[attr-defined]
    return Question(subject, picture(model.input_shape[1:]), Asked(method, **options))
