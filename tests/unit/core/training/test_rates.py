"""ROC and precision-recall are what scikit-learn computes, also with ties, one class only, or two outputs."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from cnnlab.core.training.answers import Answers, at_thresholds
from cnnlab.core.training.rare import RareClass, rare_class, thresholds_along
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


@pytest.mark.parametrize("outputs", [1, 2])
def test_the_curves_of_the_first_class_are_those_of_the_second_with_the_classes_turned_round(outputs: int) -> None:
    labels, scores = drawn(7)
    for curve in (roc, precision_recall):
        ours, turned = curve(answers(labels, scores, outputs), 0), curve(answers(1 - labels, 1 - scores, outputs))
        assert ours is not None
        assert turned is not None
        np.testing.assert_allclose([*ours.x, *ours.y, ours.area], [*turned.x, *turned.y, turned.area])
        assert ours.chance == turned.chance


@pytest.mark.parametrize("of", [0, 1])
def test_the_point_of_every_threshold_lies_on_both_curves(of: int) -> None:
    labels, scores = drawn(3)
    given = answers(labels, scores)
    rates, precision = roc(given, of), precision_recall(given, of)
    assert rates is not None
    assert precision is not None
    on_roc, on_other = (
        {(round(x, 9), round(y, 9)) for x, y in zip(curve.x, curve.y, strict=True)} for curve in (rates, precision)
    )
    for step in at_thresholds(given, of=of):
        assert step.recall is not None
        others = step.counts[1 - of]
        assert (round(others[of] / sum(others), 9), round(step.recall, 9)) in on_roc
        assert step.precision is None or (round(step.recall, 9), round(step.precision, 9)) in on_other


@pytest.mark.parametrize(("of", "share"), [(1, 0.05), (0, 0.05), (1, 0.1), (1, 0.0)])
def test_a_class_below_a_tenth_is_rare_whichever_it_is_and_one_without_any_is_not(of: int, share: float) -> None:
    labels = np.where(np.arange(100) < 100 * share, of, 1 - of)
    found = rare_class(answers(labels, np.full(100, 0.5)))
    assert found == (RareClass(of, 0.05) if share == 0.05 else None)
    three = Answers(("a", "b", "c"), np.array([0, 1, *[2] * 50]), np.zeros((52, 3)), ("",) * 52)
    assert rare_class(three) is None


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


@pytest.mark.parametrize("of", [0, 1])
@pytest.mark.parametrize("seed", range(5))
def test_the_thresholds_of_a_rare_class_reach_each_of_its_points_in_few_decimals(of: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random(3_000) < 0.01, of, 1 - of)
    scores = 0.02 * rng.random(3_000) ** 4 + 0.01 * (labels == of)
    given = answers(labels, scores if of else 1 - scores)
    thresholds = thresholds_along(given, of)
    assert list(thresholds) == sorted(thresholds)
    assert {0.0, 0.5, 1.0} <= set(thresholds)
    found = [step.recall for step in at_thresholds(given, thresholds, of)]
    n = int((labels == of).sum())
    assert {round((each or 0.0) * n) for each in found} == set(range(n + 1))
    best = {round(step.recall or 0, 9): step.precision for step in at_thresholds(given, thresholds, of)}
    curve = precision_recall(given, of)
    assert curve is not None
    for recall in set(curve.x[curve.x < 1]):
        assert best[round(recall, 9)] == pytest.approx(curve.y[curve.x == recall].max())
    assert np.median([len(str(each)) for each in thresholds]) <= 10


def test_of_many_answers_to_a_rare_class_the_thresholds_are_evenly_spread() -> None:
    rng = np.random.default_rng(0)
    labels = (rng.random(20_000) < 0.05).astype(int)
    thresholds = thresholds_along(answers(labels, rng.random(20_000)), 1)
    assert 95 <= len(thresholds) <= 100
    assert max(np.diff(thresholds)) < 0.05
