"""Deletion and insertion are what changing the pixels by hand gives."""

import numpy as np
import pytest

from cnnlab.core.explain.asked import ExplainError
from cnnlab.core.explain.order import ranks_of
from cnnlab.tf.explain.answering import faithfulness
from tests.tf.explain.material import LINEAR, SMALL, built, picture


def test_pixels_are_deleted_and_inserted_one_after_the_other() -> None:
    subject, pixels = built(SMALL), picture(SMALL.input_shape)
    order = np.random.default_rng(4).permutation(320).reshape(20, 16)
    _, (found,) = faithfulness(subject, pixels, order, {"unit": 3}, 4, "white")
    (deleted_score, deleted), (_, inserted) = found
    changed = []
    for before, after in ((pixels, np.full_like(pixels, 255)), (np.full_like(pixels, 255), pixels)):
        changed += [np.where((order < 80 * step)[..., None], after, before) for step in range(5)]
    wanted = subject.built.model.predict(np.array(changed) / np.float32(255), verbose=0)[:, 3]
    np.testing.assert_allclose([*deleted, *inserted], wanted, atol=1e-6)
    assert deleted[0] == pytest.approx(inserted[-1], abs=1e-6)
    assert len(set(deleted_score)) == 5


def test_the_pixels_that_speak_for_an_answer_matter_more_than_those_against_it() -> None:
    subject, pixels = built(LINEAR), picture(LINEAR.input_shape)
    weight = subject.built.layers[1].kernel.numpy().reshape(LINEAR.input_shape)
    values = (weight * pixels).sum(axis=2)
    areas = [
        faithfulness(subject, pixels, ranks_of(order, (6, 5)), {}, 30, "black")[1][0][0, 1].mean()
        for order in (values, -values)
    ]
    assert areas[0] < areas[1]


def test_wrong_options_are_refused() -> None:
    subject, pixels = built(LINEAR), picture(LINEAR.input_shape)
    order = np.arange(30).reshape(6, 5)
    for steps, fill, ranks in ((51, "black", order), (3, "red", order), (0, "black", order), (3, "black", order.T)):
        with pytest.raises(ExplainError):
            faithfulness(subject, pixels, ranks, {}, steps, fill)
