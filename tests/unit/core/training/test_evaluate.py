"""Judging a classifier: counts that add up, rates as scikit-learn computes them, intervals as in the books."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from cnnlab.core.training.answers import (
    Answers,
    at_thresholds,
    compared_with_chance,
    confusion,
    in_cell,
    interval,
    interval_of,
    most_confident_mistakes,
)


def binary(labels: list[int], outputs: list[float]) -> Answers:
    names = tuple(f"picture {i}" for i in range(len(labels)))
    return Answers(("cats", "dogs"), np.array(labels), np.array(outputs)[:, None], names)


ANSWERS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 100)), min_size=1, max_size=60)


@given(ANSWERS, st.integers(0, 100))
def test_counts_and_rates_at_a_threshold_are_those_of_scikit_learn(answers: list[tuple[int, int]], at: int) -> None:
    labels, outputs = [a for a, _ in answers], [b / 100 for _, b in answers]
    found = at_thresholds(binary(labels, outputs))[at]
    given_ = [int(value > at / 100) for value in outputs]
    assert np.array(found.counts).tolist() == confusion_matrix(labels, given_, labels=[0, 1]).tolist()
    assert found.accuracy == pytest.approx(np.mean(np.array(labels) == given_))
    if sum(given_):
        assert found.precision == pytest.approx(precision_score(labels, given_, zero_division=0))
    else:
        assert found.precision is None
    if sum(labels):
        assert found.recall == pytest.approx(recall_score(labels, given_))
    else:
        assert found.recall is None


def test_an_output_of_exactly_the_threshold_is_class_0_as_in_keras_binary_accuracy() -> None:
    assert binary([0, 1], [0.5, 0.5001]).predicted().tolist() == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1, width=32)), min_size=1, max_size=60), st.integers(1, 99))
def test_two_outputs_have_the_threshold_of_one_and_at_a_half_the_larger_wins(
    answers: list[tuple[int, float]], at: int
) -> None:
    labels, second = np.array([a for a, _ in answers]), np.array([b for _, b in answers])
    two = Answers(("cats", "dogs"), labels, np.column_stack([1 - second, second]), ("",) * len(labels))
    assert two.predicted().tolist() == two.outputs.argmax(axis=1).tolist()
    clear = np.abs(second - at / 100) > 1e-9
    assert (two.predicted(at / 100) == (second > at / 100))[clear].all()
    assert at_thresholds(two)[50].counts == at_thresholds(binary(labels.tolist(), second.tolist()))[50].counts


def test_two_outputs_that_are_no_probabilities_have_no_threshold() -> None:
    scores = Answers(("cats", "dogs"), np.array([0, 1]), np.array([[3.0, -2.0], [-1.0, 4.0]]), ("a", "b"))
    assert not scores.has_threshold
    assert scores.predicted(0.9).tolist() == [0, 1]


def test_several_classes_are_counted_by_their_largest_output() -> None:
    outputs = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.1, 0.8, 0.1], [0.4, 0.35, 0.25]])
    answers = Answers(("a", "b", "c"), np.array([0, 1, 1, 2]), outputs, ("w", "x", "y", "z"))
    assert confusion(answers).tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert most_confident_mistakes(answers) == [1, 3]
    assert in_cell(answers, 1, 2) == [1]
    with pytest.raises(ValueError, match="two classes"):
        at_thresholds(answers)


def test_the_surest_mistake_comes_first() -> None:
    answers = binary([0, 0, 1, 1, 1], [0.6, 0.99, 0.2, 0.01, 0.9])
    assert most_confident_mistakes(answers) == [1, 3, 2, 0]
    assert most_confident_mistakes(answers, most=1) == [1]
    assert in_cell(answers, 1, 0) == [3, 2]
    assert in_cell(answers, 1, 0, threshold=0.005) == []


def test_an_accuracy_has_the_interval_of_its_count() -> None:
    assert interval_of(0.8, 800) == interval(640, 800)
    # All of n right: the lower end is n / (n + z²), so 200 pictures never tell more than to 1.9 points.
    assert interval_of(1.0, 200) == pytest.approx((200 / (200 + 1.96**2), 1.0))
    assert interval_of(0.0, 200) == pytest.approx((0.0, 1.96**2 / (200 + 1.96**2)))
    # Wilson's interval of 81 right of 263, a worked example in Newcombe 1998, table I.
    assert interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("right", "said"), [(180, "Better than chance"), (105, "Not shown to be better"), (60, "Worse than no network")]
)
def test_whether_it_beats_chance_is_said_with_the_interval(right: int, said: str) -> None:
    labels = [0] * 100 + [1] * 100
    outputs = [0.1 if (i < right) == (label == 0) else 0.9 for i, label in enumerate(labels)]
    verdict = compared_with_chance(binary(labels, outputs)).verdict
    assert verdict.startswith(said)
    assert f"{right / 200:.1%} right" in verdict
    assert "always answering cats would be right for 50.0%" in verdict
