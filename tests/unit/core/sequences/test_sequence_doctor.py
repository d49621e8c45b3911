"""The doctor finds what would make numbers look better than the network is; the baseline is a true one."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from cnnlab.core.sequences.baseline import auc, baseline, fitted, word_shares
from cnnlab.core.sequences.doctor import examine
from cnnlab.core.sequences.generator import RARE, Settings, make
from cnnlab.core.sequences.letters import UNKNOWN, SequenceError, codes_of, reverse_complement
from cnnlab.core.sequences.reading import Read
from cnnlab.core.sequences.splitting import split


def kinds(found: Read) -> set[str]:
    return {finding.kind for finding in split(found, "set").findings}


def drawn(n: int = 200, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4, (n, 30)).astype(np.uint8)


def test_copies_and_other_strands_across_the_splits_are_found() -> None:
    codes, labels = drawn(100), np.arange(200) % 2
    assert "duplicates" in kinds(Read(np.concatenate([codes, codes]), labels, ("a", "b"), 0))
    assert "reverse complements" in kinds(
        Read(np.concatenate([codes, reverse_complement(codes)]), labels, ("a", "b"), 0)
    )
    assert kinds(Read(drawn(200), labels, ("a", "b"), 3)) == {"unknown letters", "baseline"}


def test_filled_sequences_are_counted_and_a_length_that_tells_the_class_is_serious() -> None:
    labels = np.arange(200) % 2
    lengths = np.where(np.arange(200) % 5 == 0, 20, 30)
    codes = np.where(np.arange(30) < lengths[:, None], drawn(200), UNKNOWN).astype(np.uint8)
    found = split(Read(codes, labels, ("a", "b"), 0, lengths), "set")
    (said,) = [each for each in found.findings if each.kind == "mixed lengths"]
    assert said.sentence.startswith("40 of 200 sequences are shorter than the longest, down to 20 of 30 letters")
    assert not said.serious
    told = split(Read(codes, (lengths == 30).astype(np.int64), ("a", "b"), 0, lengths), "set")
    assert "The length alone tells b from the rest (area under the ROC curve 1.00)" in told.findings[0].sentence


def test_other_strands_are_found_where_they_were_filled() -> None:
    short = drawn(100)[:, :20]
    both = np.concatenate([short, reverse_complement(short)])
    codes = np.hstack([both, np.full((200, 10), UNKNOWN, np.uint8)])
    assert "reverse complements" in kinds(Read(codes, np.arange(200) % 2, ("a", "b"), 0, np.full(200, 20)))


def test_a_class_that_is_told_by_its_share_of_g_and_c_is_serious() -> None:
    codes = drawn(200)
    codes[100:] = np.where(codes[100:] == 0, 1, codes[100:])
    found = split(Read(codes, (np.arange(200) >= 100).astype(np.int64), ("a", "b"), 0), "set")
    assert found.findings[0].kind == "gc"
    assert found.findings[0].serious


def test_rare_positives_are_told_with_what_always_no_reaches() -> None:
    sentence = next(
        f.sentence for f in examine(make(Settings(positives=RARE, count=5_000))).findings if f.kind == "imbalance"
    )
    assert "99.6%" in sentence


def test_words_of_three_letters_are_counted() -> None:
    shares = word_shares(codes_of(b"AAACNACG")[None])
    assert shares[0, 0] == pytest.approx(1 / 3)  # AAA, AAC, ACG; none with N
    assert shares.sum() == pytest.approx(1)


def test_the_regression_is_scikit_learns() -> None:
    made = make(Settings(count=400))
    features = word_shares(made.train.codes) * 50
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=5_000).fit(features, made.train.labels)
    ours = fitted(features, made.train.labels)
    np.testing.assert_allclose(ours, [*theirs.coef_[0], theirs.intercept_[0]], atol=1e-4)


def test_the_area_under_the_curve_is_scikit_learns_with_ties() -> None:
    rng = np.random.default_rng(2)
    scores, labels = rng.integers(0, 9, 200).astype(float), rng.integers(0, 2, 200)
    assert auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_the_baseline_of_nothing_is_chance_and_of_the_default_set_high() -> None:
    made = make(Settings(motif="NNNNN"))
    assert abs(baseline(made.train, made.validation, made.classes).auc - 0.5) < 0.1
    assert 0.85 < baseline(make().train, make().validation, make().classes).accuracy < 0.95


def test_the_split_is_the_same_for_the_same_seed_and_too_small_a_class_is_refused() -> None:
    found = Read(drawn(100), np.arange(100) % 2, ("a", "b"), 0)
    assert split(found, "set").fingerprint == split(found, "set").fingerprint != split(found, "set", 1).fingerprint
    assert len(split(found, "set").validation) == 20
    with pytest.raises(SequenceError, match="b has 1 sequences"):
        split(Read(drawn(20), np.array([0] * 19 + [1]), ("a", "b"), 0), "set")
