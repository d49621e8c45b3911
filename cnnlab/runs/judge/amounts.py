"""Ask how much data a training needs: the own network and one on a borrowed trunk, on more and more pictures."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnlab.core.augment import only_rescaled
from cnnlab.core.network import Network
from cnnlab.core.training.story import Story
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.runs.record import Run, RunSpec

SIZES = (20, 50, 100, 200, 400, 800)  # training pictures of all classes together
SEEDS = 3
HEAD_EPOCHS = 30
OWN, BORROWED = "own network", "borrowed trunk"


def per_class(sizes: Sequence[int], fewest: int, classes: int) -> tuple[int, ...]:
    """Return how many pictures of each class make these sizes, as far as a class with the `fewest` has them."""
    each = dict.fromkeys(max(1, round(size / classes)) for size in sizes)
    return tuple(count for count in each if count <= fewest)


def fewer(counts: Sequence[int]) -> tuple[int, ...]:
    """Return at most three of the sizes: the smallest, one in the middle, the largest."""
    return tuple(counts) if len(counts) <= 3 else (counts[0], counts[len(counts) // 2], counts[-1])


def fitting(counts: Sequence[int], seeds: int, most: int | None, kinds: int) -> tuple[tuple[int, ...], int]:
    """Return the sizes and the seeds of the largest series of so many kinds of at most `most` trainings.

    It is as asked for, or three sizes with one seed, or the smallest and the largest; no sizes if not even these fit.
    """
    asked = ((tuple(counts), seeds), (fewer(counts), 1), (tuple(dict.fromkeys((counts[0], counts[-1]))), 1))
    fits = (one for one in asked if most is None or kinds * len(one[0]) * one[1] <= most)
    return next(fits, ((), 0))


def amount_trainings(
    spec: RunSpec, network: Network, trunk: Trunk, counts: Sequence[int], classes: int, seeds: int, series: str
) -> tuple[RunSpec, ...]:
    """Return the trainings of a series from these settings, all sizes with the first seed before the next one.

    `network` is the own one; the smallest head is trained above the frozen `trunk`, on features. Both are judged on the
    same validation pictures after their last epoch.
    """
    plain = replace(spec, patience=None, limit_per_class=None, shuffle_labels=False, range_test=False, series=series)
    own = replace(plain, network=network, trunk=None)
    head = replace(
        plain,
        network=smallest_head(trunk, classes),
        trunk=replace(trunk, trainable_from=None, head=None),
        augmentation=only_rescaled(spec.augmentation),
        epochs=HEAD_EPOCHS,
        schedule=None,
        l2=0.0,
        loss=None,
    )
    return tuple(
        replace(one, name=f"{kind}, {count * classes} pictures", train_per_class=count, seed=seed)
        for seed in range(seeds)
        for count in counts
        for kind, one in ((BORROWED, head), (OWN, own))
    )


@dataclass(frozen=True)
class Amount:
    """Hold what one training reached: the validation accuracy after its last epoch, from so many pictures."""

    kind: str
    pictures: int
    seed: int
    accuracy: float


def amounts(runs: Sequence[Run], stories: Sequence[Story]) -> tuple[Amount, ...]:
    """Return what those trainings of a series reached that are finished, by kind, pictures and seed."""
    found = []
    for run, story in zip(runs, stories, strict=True):
        accuracy = story.epochs[-1]["val_accuracy"] if story.epochs else None
        if run.state == "finished" and accuracy is not None:
            kind = OWN if run.spec.trunk is None else BORROWED
            found.append(Amount(kind, int(story.first_start["samples"]), run.spec.seed, float(accuracy)))
    return tuple(sorted(found, key=lambda one: (one.kind, one.pictures, one.seed)))


def by_size(found: Sequence[Amount], kind: str) -> Mapping[int, tuple[float, ...]]:
    """Return the accuracies of one kind by the number of pictures, fewest first."""
    sizes = sorted({one.pictures for one in found if one.kind == kind})
    return {n: tuple(one.accuracy for one in found if (one.kind, one.pictures) == (kind, n)) for n in sizes}


def as_csv(found: Sequence[Amount]) -> str:
    """Return every training as a line of comma-separated values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("network", "training_pictures", "seed", "validation_accuracy"))
    writer.writerows((one.kind, one.pictures, one.seed, f"{one.accuracy:.6f}") for one in found)
    return out.getvalue()
