"""Advise a learning rate from a range test: a short training whose rate rises with every batch.

The test is that of L. N. Smith, "Cyclical Learning Rates for Training Neural Networks" (WACV 2017), section 3.3, with
a rate that rises exponentially. How the loss is smoothed, when the test ends, and to take a tenth of the rate at the
lowest point follow the learning-rate finder of fastai (Howard and Gugger 2020), except that the average is shorter.

Where the loss falls at no rate, because a network needs longer than the test to leave its start, the place where the
loss begins to rise still bounds the rate from above.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LOWEST, HIGHEST = 1e-5, 1.0
BATCHES = 200
BETA = 0.95  # of the moving average of the loss
DIVERGED = 4.0  # times the lowest smoothed loss
FIRST = 10  # batches whose rate is still too small to change anything
SMALLEST_CHANGE = 0.01  # of the loss at the start
DIGITS = 2  # of an advised rate


def rising_rates(batches: int = BATCHES) -> tuple[float, ...]:
    """Return the learning rate of each batch, from 0.00001 to 1, each the same factor above the one before."""
    step = math.log(HIGHEST / LOWEST) / (batches - 1)
    return tuple(LOWEST * math.exp(step * i) for i in range(batches))


def smoothed(losses: Sequence[float]) -> list[float]:
    """Return the moving average of the losses, freed from its start at zero (as Adam's averages are)."""
    average, found = 0.0, []
    for i, loss in enumerate(losses):
        average = BETA * average + (1 - BETA) * loss
        found.append(average / (1 - BETA ** (i + 1)))
    return found


def has_diverged(losses: Sequence[float]) -> bool:
    """Tell whether the test may end: the loss is no number, or its average is four times its lowest value."""
    if losses and not math.isfinite(losses[-1]):
        return True
    averages = smoothed(losses)
    return len(losses) > FIRST and averages[-1] > DIVERGED * min(averages)


@dataclass(frozen=True)
class Advice:
    """Hold the advised learning rate, None if the test shows none, and why; `turn` is the batch it comes from."""

    rate: float | None
    reason: str
    turn: int | None = None


def advise(rates: Sequence[float], losses: Sequence[float]) -> Advice:
    """Return the advice from the finite losses of a test, one for each of the first rates.

    It is a tenth of the rate at the lowest smoothed loss, if the loss fell by more than single batches differ at the
    start, and by 1 %. Else there is none, but where the loss has risen by twice as much, the reason says from where.
    """
    if len(losses) <= FIRST:
        return Advice(None, f"The test has only {len(losses)} batches, which is too few to tell anything.")
    averages = smoothed(losses)
    start = sum(losses[:FIRST]) / FIRST
    spread = math.sqrt(sum((loss - start) ** 2 for loss in losses[:FIRST]) / FIRST)
    clear = max(spread, SMALLEST_CHANGE * start)
    lowest = min(range(FIRST, len(averages)), key=averages.__getitem__)
    if start - averages[lowest] > clear:
        return _below_the_lowest(rates, lowest)
    risen = next((i for i in range(FIRST, len(averages)) if averages[i] - start > 2 * clear), None)
    if risen is None:
        return Advice(
            None,
            f"At no rate did the loss change by more than single batches differ anyway ({spread:.2g}), so the test "
            "advises none; look whether the output and the labels fit, or use larger batches.",
        )
    return Advice(
        None,
        f"In these {len(losses)} batches the loss fell at no rate, so the test advises none: this network needs longer "
        f"to leave its start. From {rates[risen]:.2g} on the loss rose, so stay well below that.",
        risen,
    )


def _below_the_lowest(rates: Sequence[float], lowest: int) -> Advice:
    rate = rounded(rates[lowest] / 10)
    if lowest == len(rates) - 1:
        why = f"the loss still fell at {rates[lowest]:.2g}, the largest rate tested; this is a tenth of it"
    else:
        why = (
            f"the smoothed loss was lowest at {rates[lowest]:.2g}; from there on steps overshoot, and a tenth of it "
            "leaves room"
        )
    return Advice(rate, why, lowest)


def rounded(rate: float) -> float:
    """Return a rate with two digits, not below the lowest that is tested."""
    return max(LOWEST, float(f"{rate:.{DIGITS}g}"))
