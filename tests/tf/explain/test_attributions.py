"""Attributions are what their formulas say, computed in another way."""

import numpy as np
import pytest

from cnnlab.core.explain.asked import Asked, ExplainError, windows
from cnnlab.core.explain.backgrounds import BASELINES
from cnnlab.core.network import Layer, Network
from cnnlab.tf.explain.attributions import EXPLAINING, Explained, probabilities
from cnnlab.tf.explain.score import Scorer
from tests.tf.explain.material import LINEAR, SMALL, built, question


def explain(network: Network, method: str, seed: int = 3, **options: object) -> Explained:
    return EXPLAINING[method](question(built(network, seed), method, **options))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_gradient_of_a_linear_network_is_its_weight(sign: int) -> None:
    asked = question(built(LINEAR), "gradient", sign=sign)
    weight = asked.subject.built.layers[1].kernel.numpy().reshape(LINEAR.input_shape)
    np.testing.assert_allclose(EXPLAINING["gradient"](asked).values, sign * weight, rtol=1e-6)
    times = EXPLAINING["gradient_times_input"](asked).values
    np.testing.assert_allclose(times, sign * weight * asked.picture, rtol=1e-6)
    smooth = EXPLAINING["smoothgrad"](question(asked.subject, "smoothgrad", sign=sign, noise=0.5)).values
    np.testing.assert_allclose(smooth, sign * weight, rtol=1e-5)


def test_the_score_is_what_goes_into_the_last_activation_wherever_it_stands() -> None:
    for end in (
        (Layer.make("Dense", units=3, activation="softmax"),),
        (Layer.make("Dense", units=3), Layer.make("Activation", activation="softmax")),
        (Layer.make("Dense", units=3), Layer.make("Activation", activation="sigmoid")),
        (Layer.make("Dense", units=3),),
    ):
        network = Network(LINEAR.input_shape, (Layer.make("Flatten"), *end))
        asked = question(built(network), "gradient", unit=2)
        dense = asked.subject.built.layers[1]
        wanted = asked.picture.ravel() @ dense.kernel.numpy()[:, 2] + dense.bias.numpy()[2]
        scores, outputs = asked.scorer.scores(asked.picture[None])
        np.testing.assert_allclose(scores[0], wanted, rtol=1e-5)
        np.testing.assert_allclose(outputs, asked.subject.built.model(asked.picture[None]), rtol=1e-5)
        np.testing.assert_allclose(EXPLAINING["gradient"](asked).values.ravel(), dense.kernel.numpy()[:, 2], rtol=1e-5)


@pytest.mark.parametrize("baseline", BASELINES)
def test_integrated_gradients_share_out_the_difference_of_the_scores(baseline: str) -> None:
    found = explain(SMALL, "integrated_gradients", unit=1, steps=300, baseline=baseline)
    assert found.completeness is not None
    score, before, added, error = found.completeness
    assert score != before
    assert error == pytest.approx(score - before - found.values.sum(dtype=np.float64), abs=1e-6)
    assert abs(error) < 0.02 * abs(score - before)
    assert added == pytest.approx(found.values.sum(dtype=np.float64), abs=1e-6)


def test_occlusion_is_what_hiding_each_window_by_hand_gives() -> None:
    asked = question(built(SMALL), "occlusion", unit=2, size=6, stride=5, fill="mean")
    found, laid = EXPLAINING["occlusion"](asked), windows(asked.asked, 20, 16)
    assert found.drops is not None
    assert laid.tops == (0, 5, 10, 15)
    assert laid.lefts == (0, 5, 10)
    hidden = np.repeat(asked.picture[None], 13, axis=0)
    cover = np.zeros((20, 16, 2))
    places = [(i, j) for i in range(4) for j in range(3)]
    for one, (i, j) in zip(hidden, places, strict=False):
        top, left = laid.tops[i], laid.lefts[j]
        one[top : top + 6, left : left + 6] = asked.picture.mean(axis=(0, 1))
        cover[top : top + 6, left : left + 6] += found.drops[0][i, j], 1
    *after, before = asked.subject.built.model.predict(hidden, verbose=0)[:, 2]
    np.testing.assert_allclose(found.drops[1].ravel(), before - np.array(after), atol=1e-6)
    assert cover[..., 1].min() >= 1
    np.testing.assert_allclose(found.values, cover[..., 0] / cover[..., 1], atol=1e-6)


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = built(SMALL)
    for method, options in (("smoothgrad", {"samples": 7}), ("integrated_gradients", {"steps": 6}), ("occlusion", {})):
        asked = question(subject, method, **options)
        whole = EXPLAINING[method](asked)
        with monkeypatch.context() as patch:
            patch.setattr("cnnlab.tf.explain.score.MOST_BATCH", 3)
            parts = EXPLAINING[method](asked)
        np.testing.assert_allclose(whole.values, parts.values, atol=1e-5)


def test_guided_backpropagation_stops_what_is_negative_at_each_relu() -> None:
    network = Network(
        (2, 2, 1),
        (Layer.make("Flatten"), Layer.make("Dense", units=3, activation="relu"), Layer.make("Dense", units=1)),
    )
    asked = question(built(network), "guided_backpropagation")
    first, second = asked.subject.built.layers[1:]
    first.set_weights([np.array([[1, 2, 3], [1, -1, 1], [0, 1, 1], [2, 0, 1]], float), np.array([1, -9, 1], float)])
    second.set_weights([np.array([[-1.0], [2], [3]]), np.zeros(1)])
    # The first unit's gradient is negative, the second unit is off: only the third hands one down.
    wanted = 3 * np.array([3, 1, 1, 1], float).reshape(2, 2, 1)
    np.testing.assert_allclose(EXPLAINING["guided_backpropagation"](asked).values, wanted)
    plain = EXPLAINING["gradient"](question(asked.subject, "gradient")).values
    np.testing.assert_allclose(plain.ravel(), wanted.ravel() - [1, 1, 0, 2])


def test_what_cannot_be_explained_is_one_sentence() -> None:
    maps = Network((8, 8, 3), (Layer.make("Conv2D", filters=2, kernel_size=3),))
    burst = built(SMALL)
    burst.built.layers[0].set_weights([w * np.nan for w in burst.built.layers[0].get_weights()])
    linear = built(LINEAR)
    wrong = {
        "only an output that is a row of numbers": lambda: explain(maps, "gradient"),
        "no such answer: this network has 4 outputs": lambda: explain(SMALL, "gradient", unit=4),
        "sign −1": lambda: explain(SMALL, "gradient", unit=1, sign=-1),
        "not a finite number": lambda: EXPLAINING["gradient"](question(burst, "gradient")),
        "this network has none": lambda: explain(LINEAR, "guided_backpropagation"),
        "needs a layer with maps": lambda: explain(LINEAR, "grad_cam"),
        "Row 8 of this network has no maps": lambda: explain(SMALL, "grad_cam", row=8),
        "Row 99 of this network has no maps": lambda: explain(SMALL, "grad_cam", row=99),
        "at most 1,024 are tried": lambda: EXPLAINING["occlusion"](
            question(built(Network((40, 40, 1), LINEAR.layers)), "occlusion", size=1, stride=1)
        ),
        "leaves some of the picture out": lambda: EXPLAINING["occlusion"](
            question(linear, "occlusion", size=1, stride=2)
        ),
    }
    for said, call in wrong.items():
        with pytest.raises(ExplainError, match=said) as refused:
            call()
        assert "\n" not in str(refused.value)


def test_too_much_work_is_refused_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlab.tf.explain.score.MOST_WORK", 1000)
    monkeypatch.setattr(Scorer, "_run", lambda *_: pytest.fail("it was computed"))
    for method in EXPLAINING:
        with pytest.raises(ExplainError, match="at most 0 runs of about 52,785 multiply-adds are done"):
            explain(SMALL, method)


def test_a_probability_is_that_of_the_class_that_is_meant() -> None:
    single, many = np.array([[0.25]], np.float32), np.array([[0.5, 0.25, 0.25]], np.float32)
    assert probabilities(Asked(), single) == 0.25
    assert probabilities(Asked(sign=-1), single) == 0.75
    assert probabilities(Asked(unit=2), many) == 0.25
    assert np.isnan(probabilities(Asked(), many * 3)).all()
    assert np.isnan(probabilities(Asked(), single * 5)).all()
