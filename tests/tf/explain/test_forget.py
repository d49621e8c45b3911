"""A network that forgets is drawn anew layer by layer, and remembers everything afterwards."""

import numpy as np
import pytest

from cnnlab.core.explain.asked import ExplainError
from cnnlab.tf.build import build_model
from cnnlab.tf.explain.answering import attribution
from cnnlab.tf.explain.attributions import EXPLAINING
from cnnlab.tf.explain.forget import forgotten
from tests.tf.explain.material import SMALL, built, picture

LAST_FIRST = (8, 3, 2, 0)


def test_each_layer_is_drawn_as_keras_draws_it_and_gets_its_weights_back() -> None:
    subject = built(SMALL)
    before = [w.copy() for w in subject.built.model.get_weights()]
    first, second = [], []
    for weights, count in ((first, 2), (second, 4)):
        with forgotten(subject.built, LAST_FIRST[:count], 5):
            weights += [layer.get_weights() for layer in subject.built.layers]
        for kept, now in zip(before, subject.built.model.get_weights(), strict=True):
            np.testing.assert_array_equal(kept, now)
    fresh = build_model(SMALL, 0)
    for row in LAST_FIRST:
        assert [w.shape for w in second[row]] == [w.shape for w in fresh.layers[row].get_weights()]
    # Batch normalization starts as it always does, a kernel within Glorot's bounds; biases are zero.
    assert [w.mean() for w in second[3]] == [1, 0, 0, 1]
    limit = np.sqrt(6 / (9 * 3 + 9 * 6))
    assert 0.8 * limit < np.abs(second[0][0]).max() <= limit
    assert not second[8][1].any()
    np.testing.assert_array_equal(first[8][0], second[8][0])
    np.testing.assert_array_equal(first[0][0], before[0])
    with forgotten(subject.built, LAST_FIRST[:1], 6):
        assert not np.array_equal(subject.built.layers[8].kernel, first[8][0])


@pytest.mark.parametrize("method", EXPLAINING)
def test_every_method_leaves_the_kept_model_as_it_was(method: str) -> None:
    subject = built(SMALL)
    before, pixels = subject.built.model.get_weights(), picture(SMALL.input_shape)
    asked = {"method": method, "unit": 1, "steps": 2, "samples": 2, "size": 20, "stride": 20}
    plain, arrays = attribution(subject, pixels, asked, [])
    other, changed = attribution(subject, pixels, asked, LAST_FIRST)
    again, same = attribution(subject, pixels, asked, [])
    for kept, now in zip(before, subject.built.model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    assert plain == again != other
    assert not np.allclose(arrays[0], changed[0])
    np.testing.assert_array_equal(arrays[0], same[0])


def test_the_model_is_as_it_was_after_a_refusal_too() -> None:
    subject = built(SMALL)
    before = subject.built.model.get_weights()
    with pytest.raises(ExplainError, match="no such answer"):
        attribution(subject, picture(SMALL.input_shape), {"unit": 9}, LAST_FIRST)
    for rows in ((8, 1), (0, 99), (-1,)):
        with pytest.raises(ExplainError, match="no weights of its own to forget"):
            attribution(subject, picture(SMALL.input_shape), {}, rows)
    for kept, now in zip(before, subject.built.model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    assert subject.built.layers[0].activation.__name__ == "relu"
