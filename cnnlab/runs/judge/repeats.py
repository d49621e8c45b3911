"""Take trainings that differ in their seed alone as repeats, and say whether two kinds differ by more than chance."""

from collections.abc import Sequence
from dataclasses import replace

from cnnlab.core.training.differences import between_means, between_shares, said_of
from cnnlab.core.training.story import Story
from cnnlab.core.words.numbers import percent
from cnnlab.runs.record import Run, RunSpec

REPEATS = 3


def without_seed(spec: RunSpec) -> RunSpec:
    """Return what a spec shares with its repeats."""
    return replace(spec, seed=0, name="", series="")


def repeats(runs: Sequence[Run]) -> list[list[int]]:
    """Return the positions of the runs that are repeats of each other, group by group."""
    groups: dict[RunSpec, list[int]] = {}
    for i, run in enumerate(runs):
        groups.setdefault(without_seed(run.spec), []).append(i)
    return list(groups.values())


def missing_repeats(runs: Sequence[Run]) -> tuple[RunSpec, ...]:
    """Return the trainings that each group still lacks to have `REPEATS` seeds."""
    found = []
    for group in repeats(runs):
        taken = {runs[i].spec.seed for i in group}
        free = (seed for seed in range(REPEATS + len(taken)) if seed not in taken)
        found += [replace(runs[group[0]].spec, seed=next(free), series="") for _ in range(REPEATS - len(taken))]
    return tuple(found)


def judged(runs: Sequence[Run], stories: Sequence[Story], names: Sequence[str]) -> list[str]:
    """Return what can be said of the validation accuracies after the last epoch: spreads, and a difference of two.

    With several seeds each the difference has Welch's t-interval over the seeds; with one each Newcombe's interval over
    the validation pictures.
    """
    last = [story.epochs[-1]["val_accuracy"] if story.epochs else None for story in stories]
    known = {i: float(value) for i, value in enumerate(last) if value is not None}
    # The same seed again gives the same curve, so that it says nothing of chance.
    once = [{runs[i].spec.seed: i for i in reversed(group) if i in known} for group in repeats(runs)]
    groups = [sorted(by_seed.values()) for by_seed in once if by_seed]
    values = [[known[i] for i in group] for group in groups]
    called = [names[group[0]] for group in groups]
    said = [
        f"{name}: {len(each)} seeds, mean {percent(sum(each) / len(each))}, from {percent(min(each))} to "
        f"{percent(max(each))}."
        for name, each in zip(called, values, strict=True)
        if len(each) > 1
    ]
    if len(groups) != 2:
        return said
    if all(len(each) > 1 for each in values):
        how = "Welch's t-interval over the seeds"
        return [*said, said_of(called[0], called[1], between_means(*values), how)]
    samples = {stories[group[0]].first_start.get("validation_samples", 0) for group in groups}
    if len(samples) == 1 and (n := samples.pop()):
        how = f"Newcombe's interval for {n:,} validation pictures"
        found = said_of(called[0], called[1], between_shares(values[0][0], values[1][0], n), how)
        return [*said, f"{found} How much the seed does is not in it; repeat both with other seeds."]
    return said
