"""What is kept apart for a test is never learned from, and is the same for every training on these pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.training.subset import TEST_SHARE, chosen, kept_apart

LABELS = st.lists(st.integers(0, 3), min_size=1, max_size=60).map(lambda given: np.array(given, np.int64))


@given(LABELS, st.none() | st.integers(1, 20), st.integers(0, 5))
def test_nothing_is_both_learned_from_and_kept_apart(labels: np.ndarray, per_class: int | None, seed: int) -> None:
    apart = kept_apart(labels)
    used = chosen(labels, per_class, seed, apart=True)
    assert not set(apart) & set(used)
    if per_class is None:
        assert sorted([*apart, *used]) == list(range(len(labels)))
    for label in np.unique(labels):
        there, count = int((labels == label).sum()), int((labels[apart] == label).sum())
        assert count == (max(1, round(TEST_SHARE * there)) if there > 1 else 0)
        assert (labels[used] == label).any(), "every class is learned"


@given(LABELS)
def test_it_is_the_same_in_every_order_of_the_classes(labels: np.ndarray) -> None:
    turned = labels.max() - labels
    np.testing.assert_array_equal(kept_apart(labels), kept_apart(turned))


@pytest.mark.parametrize("per_class", [None, 3])
def test_without_a_test_the_choice_is_what_it_always_was(per_class: int | None) -> None:
    labels = np.repeat(np.arange(2), 10)
    rng = np.random.default_rng((2, 7))
    each = [rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in (0, 1)]
    np.testing.assert_array_equal(chosen(labels, per_class, 7), np.sort(np.concatenate(each)))
