"""Examine a set of sequences: what would make its numbers look better than the network is."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.sequences.baseline import auc, baseline, gc_share
from cnnlab.core.sequences.letters import Codes, reverse_complement
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.core.training.rare import RARE
from cnnlab.core.words.numbers import percent

GC_TELLS = 0.75
"""Area under the ROC curve from which the share of G and C alone tells the classes apart."""
MOST_MEASURED = 20_000
"""Sequences that the baseline learns from."""


def examine(found: SequenceSet, unknown: int = 0) -> SequenceSet:
    """Return the set with its findings, the serious ones first."""
    made = [*_twins(found), *_gc(found), *_imbalance(found), *_unknown(unknown), *_baseline(found)]
    return replace(found, findings=tuple(sorted(made, key=lambda each: not each.serious)))


def _twins(found: SequenceSet) -> Iterator[Finding]:
    """Find sequences of the validation split that training has too, as they are or as the other strand reads."""
    seen = set(_keys(found.train.codes))
    turned = set(_keys(reverse_complement(found.train.codes)))
    keys = _keys(found.validation.codes)
    same = [name for name, key in zip(found.validation.names, keys, strict=True) if key in seen]
    mirrored = [name for name, key in zip(found.validation.names, keys, strict=True) if key in turned - seen]
    if same:
        yield _finding("duplicates", same, len(keys), "stand in the training data as well")
    if mirrored:
        yield _finding("reverse complements", mirrored, len(keys), "are the other strand of a training sequence")


def _keys(codes: Codes) -> list[bytes]:
    return [row.tobytes() for row in codes]


def _finding(kind: str, names: list[str], of: int, said: str) -> Finding:
    sentence = f"{len(names):,} of {of:,} validation sequences {said}, so that knowing them by heart counts as right."
    return Finding(kind, sentence, "Split before you copy, and keep both strands in one split.", len(names),
                   tuple(names[:20]), serious=True)  # fmt: skip


def _gc(found: SequenceSet) -> Iterator[Finding]:
    last = (found.validation.labels == len(found.classes) - 1).astype(np.int64)
    area = auc(gc_share(found.validation.codes), last)
    area = max(area, 1 - area)
    if area >= GC_TELLS:
        yield Finding(
            "gc",
            f"The share of G and C alone tells {found.classes[-1]} from the rest (area under the ROC curve "
            f"{area:.2f}): a network may count letters and find no motif.",
            "Take negatives with the same share of G and C.",
            serious=True,
        )


def _imbalance(found: SequenceSet) -> Iterator[Finding]:
    counts = np.bincount(found.train.labels, minlength=len(found.classes))
    least = int(counts.argmin())
    share = counts[least] / counts.sum()
    if share < RARE:
        yield Finding(
            "imbalance",
            f"{found.classes[least]} is {percent(share)} of the sequences: who always says the other class is right "
            f"{percent(1 - share)} of the time, so accuracy says nothing here.",
            "Look at precision and recall; class weights make both classes count the same.",
            int(counts[least]),
        )


def _unknown(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            "unknown letters",
            f"{count:,} letters are N or stand for several; all four channels are 0 there.",
            "Nothing to do if they are few.",
            count,
        )


def _baseline(found: SequenceSet) -> Iterator[Finding]:
    few = replace(
        found.train,
        codes=found.train.codes[:: -(-len(found.train) // MOST_MEASURED)],
        labels=found.train.labels[:: -(-len(found.train) // MOST_MEASURED)],
    )
    told = baseline(few, found.validation, found.classes)
    yield Finding(
        "baseline",
        f"A logistic regression on counts of three letters is right for {percent(told.accuracy)} of the validation "
        f"sequences (area under the ROC curve {told.auc:.2f}), without any position or motif.",
        "A network has to beat this.",
    )
