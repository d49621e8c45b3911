"""Count the short words of a sequence, and learn from the counts alone: what a network has to beat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.core.sequences.letters import LETTERS, UNKNOWN, Codes, Values
from cnnlab.core.sequences.sequence_set import SequenceSplit

WORD = 3
PENALTY = 1.0
"""Half of it times the squared weights is added to the loss, as scikit-learn's C = 1 does."""
MOST_STEPS = 50
ENOUGH = 1e-9


@dataclass(frozen=True)
class Baseline:
    """Hold how often a logistic regression on counts of short words is right, and its area under the ROC curve."""

    accuracy: float
    auc: float


def word_shares(codes: Codes, word: int = WORD) -> Values:
    """Return how often each word of so many letters stands in sequences (n, length): shares (n, 4 ** word).

    Windows with an unknown letter are not counted.
    """
    places = codes.shape[1] - word + 1
    index = sum(codes[:, k : k + places].astype(np.int64) * len(LETTERS) ** (word - 1 - k) for k in range(word))
    known = np.all([codes[:, k : k + places] != UNKNOWN for k in range(word)], axis=0)
    counts = np.zeros((len(codes), len(LETTERS) ** word))
    rows = np.repeat(np.arange(len(codes)), places).reshape(len(codes), places)
    np.add.at(counts, (rows[known], np.asarray(index)[known]), 1)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def gc_share(codes: Codes) -> Values:
    """Return the share of G and C among the known letters of each sequence, (n,)."""
    return np.asarray(((codes == 1) | (codes == 2)).sum(axis=1) / np.maximum((codes != UNKNOWN).sum(axis=1), 1))


def fitted(features: Values, labels: np.ndarray, penalty: float = PENALTY) -> Values:
    """Return the weights (features + 1,) of a logistic regression for labels 0 and 1, the intercept last.

    Minimises Σ log(1 + e^−z) over the samples plus penalty / 2 · Σ w², without the intercept, by Newton's steps.
    """
    x = np.column_stack([features, np.ones(len(features))])
    ridge = np.full(x.shape[1], penalty)
    ridge[-1] = 1e-10
    weights = np.zeros(x.shape[1])
    for _ in range(MOST_STEPS):
        p = probability(x @ weights)
        slope = x.T @ (p - labels) + ridge * weights
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < ENOUGH:
            break
    return weights


def probability(logits: Values) -> Values:
    """Return 1 / (1 + e^−z), also for large numbers."""
    return np.asarray(0.5 * (1 + np.tanh(np.asarray(logits) / 2)))


def auc(scores: Values, labels: np.ndarray) -> float:
    """Return the chance that a positive scores higher than a negative, ties counted half."""
    order = np.unique(scores, return_inverse=True)[1]
    counts = np.bincount(order)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return 0.5
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def baseline(train: SequenceSplit, validation: SequenceSplit, classes: Sequence[str]) -> Baseline:
    """Return how well counts of three letters tell the last class from the others, on the validation split.

    The counts are brought to one scale with the mean and deviation of the training split.
    """
    target = len(classes) - 1
    features = word_shares(train.codes)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1)
    weights = fitted((features - mean) / scale, (train.labels == target).astype(float))
    scores = (word_shares(validation.codes) - mean) / scale @ weights[:-1] + weights[-1]
    truth = (validation.labels == target).astype(np.int64)
    return Baseline(float(((scores > 0) == truth).mean()), auc(scores, truth))
