"""ROC and precision-recall are what scikit-learn computes, also with ties, one class only, or two outputs."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from cnnlab.core.training.answers import Answers, at_thresholds
from cnnlab.core.training.roc import corners, precision_recall, roc


def answers(labels: np.ndarray, scores: np.ndarray, outputs: int = 1) -> Answers:
    given = scores[:, None] if outputs == 1 else np.column_stack([1 - scores, scores])
    return Answers(("cats", "dogs"), labels, given, tuple(map(str, range(len(labels)))))


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 300))
    labels = rng.integers(0, 2, n)
    labels[:2] = (0, 1)
    scores = np.round(rng.random(n) * 0.7 + labels * 0.3 * rng.random(n), int(rng.integers(1, 6)))
    return labels, scores


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("outputs", [1, 2])
def test_both_curves_and_their_areas_are_those_of_scikit_learn(seed: int, outputs: int) -> None:
    labels, scores = drawn(seed)
    ours = roc(answers(labels, scores, outputs))
    assert ours is not None
    x, y, _ = roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_allclose([ours.x, ours.y], [x, y])
    assert ours.area == pytest.approx(roc_auc_score(labels, scores))
    other = precision_recall(answers(labels, scores, outputs))
    assert other is not None
    precision, recall, _ = precision_recall_curve(labels, scores)
    # Its last point, precision 1 at recall 0, belongs to no threshold.
    np.testing.assert_allclose([other.x[::-1], other.y[::-1]], [recall[:-1], precision[:-1]])
    assert other.area == pytest.approx(average_precision_score(labels, scores))
    assert other.chance == pytest.approx(labels.mean())


def test_the_point_of_every_threshold_lies_on_the_curve() -> None:
    labels, scores = drawn(3)
    given = answers(labels, scores)
    curve = roc(given)
    assert curve is not None
    on_it = {(round(x, 9), round(y, 9)) for x, y in zip(curve.x, curve.y, strict=True)}
    for step in at_thresholds(given):
        (tn, fp), (fn, tp) = step.counts
        assert (round(fp / (fp + tn), 9), round(tp / (tp + fn), 9)) in on_it


@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1]])
def test_one_class_has_no_curve(labels: list[int]) -> None:
    given = answers(np.array(labels), np.array([0.1, 0.5, 0.7]))
    assert roc(given) is None
    assert precision_recall(given) is None


def test_outputs_that_are_no_numbers_or_three_classes_have_no_curve() -> None:
    assert roc(answers(np.array([0, 1]), np.array([0.5, np.nan]))) is None
    three = Answers(("a", "b", "c"), np.array([0, 1, 2]), np.eye(3), ("1", "2", "3"))
    assert roc(three) is None
    assert precision_recall(three) is None


def test_what_is_drawn_has_the_same_area_and_few_points() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 20_000)
    curve = roc(answers(labels, rng.random(20_000) + labels * 0.4))
    assert curve is not None
    points = np.array(corners(curve))
    assert len(points) <= 500
    assert (points[0].tolist(), points[-1].tolist()) == ([0, 0], [1, 1])
    assert np.sum(np.diff(points[:, 0]) * (points[1:, 1] + points[:-1, 1]) / 2) == pytest.approx(curve.area, abs=1e-3)
    small = roc(answers(*drawn(5)))
    assert small is not None
    turns = np.array(corners(small))
    area = np.sum(np.diff(turns[:, 0]) * (turns[1:, 1] + turns[:-1, 1]) / 2)
    assert area == pytest.approx(small.area, abs=1e-4)
