"""The trunk's last layer in numpy is the one that Keras has, and the literature's data are no run's own."""

import numpy as np
import pytest

from cnnlab.core.trunks.lite0 import CLASSES, class_names
from cnnlab.core.trunks.literature import same_data
from cnnlab.core.trunks.naming import NAMED, _last_layer, names_of


def test_five_names_are_told_with_the_likeliest_first() -> None:
    kernel, bias = _last_layer()
    wanted = class_names().index("tabby cat")
    features = np.maximum(0, kernel[:, wanted]).reshape(1, 1, -1) * np.float32(4)
    named = names_of(features)
    assert len(named) == NAMED
    assert named[0].name == "tabby cat"
    assert [each.probability for each in named] == sorted((each.probability for each in named), reverse=True)
    logits = features.reshape(-1).astype(np.float64) @ kernel.astype(np.float64) + bias
    assert named[0].probability == pytest.approx(1 / np.exp(logits - logits[wanted]).sum(), rel=1e-4)
    assert bias.shape == (CLASSES,)


@pytest.mark.parametrize(
    ("classes", "train", "validation", "said"),
    [
        (("cats", "dogs"), (1000, 1000), (400, 400), "no, as far as can be told"),
        (("cats", "dogs"), (200, 200), (50, 50), "no, yours are 400 pictures"),
        (("ankle_boots", "sneakers"), (1000, 1000), (400, 400), "no, yours are other classes"),
        ((), (), (), "no, yours are other classes"),
    ],
)
def test_same_data_is_answered_no_unless_it_could_be(
    classes: tuple[str, ...], train: tuple[int, ...], validation: tuple[int, ...], said: str
) -> None:
    assert same_data(classes, train, validation).startswith(said)
