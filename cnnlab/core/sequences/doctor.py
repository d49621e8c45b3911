"""Examine a set of sequences: what would make its numbers look better than the network is."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.sequences.baseline import auc, baseline, gc_share
from cnnlab.core.sequences.letters import UNKNOWN, Codes, Values, reverse_complement
from cnnlab.core.sequences.sequence_set import Labels, SequenceSet
from cnnlab.core.training.rare import RARE
from cnnlab.core.words.numbers import percent

GC_TELLS = 0.75
"""Area under the ROC curve from which one number, such as the share of G and C, tells the classes apart."""
MOST_MEASURED = 20_000
"""Sequences that the baseline learns from."""


def examine(found: SequenceSet, unknown: int = 0, lengths: tuple[Labels, Labels] | None = None) -> SequenceSet:
    """Return the set with its findings, the serious ones first.

    `lengths` is how many letters each sequence of training and of validation had before N filled it.
    """
    filled = () if lengths is None else _filled(found, *lengths)
    made = [*_twins(found), *_gc(found), *filled, *_imbalance(found), *_unknown(unknown), *_baseline(found)]
    return replace(found, findings=tuple(sorted(made, key=lambda each: not each.serious)))


def _twins(found: SequenceSet) -> Iterator[Finding]:
    """Find sequences of the validation split that training has too, as they are or as the other strand reads."""
    seen = set(_keys(found.train.codes))
    turned = set(_keys(reverse_complement(found.train.codes)))
    keys = _keys(found.validation.codes)
    same = [name for name, key in zip(found.validation.names, keys, strict=True) if key in seen]
    mirrored = [
        name for name, key in zip(found.validation.names, keys, strict=True) if key in turned and key not in seen
    ]
    if same:
        yield _finding("duplicates", same, len(keys), "stand in the training data as well")
    if mirrored:
        yield _finding("reverse complements", mirrored, len(keys), "are the other strand of a training sequence")


def _keys(codes: Codes) -> list[bytes]:
    """Return what tells sequences apart, without the unknown letters at either end, which may have filled them."""
    return [row.tobytes().strip(bytes([UNKNOWN])) for row in codes]


def _finding(kind: str, names: list[str], of: int, said: str) -> Finding:
    sentence = f"{len(names):,} of {of:,} validation sequences {said}, so that knowing them by heart counts as right."
    return Finding(kind, sentence, "Split before you copy, and keep both strands in one split.", len(names),
                   tuple(names[:20]), serious=True)  # fmt: skip


def _filled(found: SequenceSet, training: Labels, validation: Labels) -> Iterator[Finding]:
    every = np.concatenate([training, validation])
    short = int((every < found.length).sum())
    yield Finding(
        "mixed lengths",
        f"{short:,} of {len(every):,} sequences are shorter than the longest, down to {every.min():,} of "
        f"{found.length:,} letters: N fills their end, where all four channels are 0.",
        "Cut all to one length if their ends do not matter.",
        short,
    )
    area = _area(validation.astype(np.float64), found)
    if area >= GC_TELLS:
        yield Finding(
            "length",
            f"The length alone tells {found.classes[-1]} from the rest (area under the ROC curve {area:.2f}): a "
            "network may measure the empty end and find no motif.",
            "Take sequences of one length.",
            serious=True,
        )


def _area(values: Values, found: SequenceSet) -> float:
    """Return the area under the ROC curve of a number of each validation sequence for the last class, at least 0.5."""
    last = (found.validation.labels == len(found.classes) - 1).astype(np.int64)
    area = auc(values, last)
    return max(area, 1 - area)


def _gc(found: SequenceSet) -> Iterator[Finding]:
    area = _area(gc_share(found.validation.codes), found)
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
