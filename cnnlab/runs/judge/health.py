"""Tell from a run's events what ails the training: each remark has a cause and a remedy in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnlab.core.training.answers import interval_of
from cnnlab.core.training.story import Event, Story
from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.runs.judge.causes import far_above_chance, lagging, unscaled
from cnnlab.runs.record import RunSpec

Events = Sequence[Event]
DEAD_SHARE = 0.6  # of a layer's channels
PATIENCE = 3  # epochs before a curve says anything
GAP = 0.10
EXPLODED = 10.0  # times the loss of the first epoch
VANISHED = 1e-3  # of the last layer's gradient norm
GREW = 100.0  # times the gradient norm before training
LEARNED = 0.05  # a loss below which a weak gradient is a good sign
SATURATED_SHARE = 0.6  # of a layer's outputs
TOO_LARGE = ("nan", "exploding", "exploding_gradient", "collapse", "dead", "saturated")  # what pixels to 255 can do


@dataclass(frozen=True)
class Remark:
    """Name what was found, where it comes from, and what to try."""

    kind: str
    found: str
    cause: str
    remedy: str


def remarks(story: Story, spec: RunSpec) -> list[Remark]:
    """Return what can be said now, the gravest first."""
    epochs, looks, start, measured = story.epochs, story.looks, story.last_start, gradients(story)
    found = [_not_a_number(story), _exploding(epochs)]
    if lag := _lagging(measured, start, spec):
        found.append(lag)  # everything below is measured with the averages that lag
    else:
        found += [_exploding_gradient(measured), _vanishing(measured)]
        found += [_collapse(looks), _dead(looks), _saturated(looks)]
        if not any(remark and remark.kind == "collapse" for remark in found):
            found.append(_no_better_than_majority(epochs, start))
        found.append(_overfitting(epochs))
    return _with_raw_pixels([remark for remark in found if remark is not None], epochs, start, spec)


def _lagging(measured: Events, start: Event, spec: RunSpec) -> Remark | None:
    steps = measured[-1]["epoch"] * start.get("batches", 0) if measured else 0
    said = lagging(measured[-1], spec.network, steps) if steps else None
    return Remark("lagging", *said) if said else None


def _with_raw_pixels(found: list[Remark], epochs: Events, start: Event, spec: RunSpec) -> list[Remark]:
    """Return the remarks with pictures that are not rescaled as the cause of what these do."""
    raw = unscaled(spec)
    if raw is None:
        return found
    named = [replace(r, cause=raw[0], remedy=raw[1]) if r.kind in TOO_LARGE else r for r in found]
    losses = [e["loss"] for e in epochs if e["loss"] is not None]
    high = far_above_chance(losses, len(start.get("classes", ())))
    if high and not any(remark.kind in TOO_LARGE for remark in named):
        named.insert(0, Remark("unscaled", high, *raw))
    return named


def _not_a_number(story: Story) -> Remark | None:
    if not story.records or story.records[-1]["loss"] is not None:
        return None
    return Remark(
        "nan",
        "The loss is no number any more.",
        "A step was so large that the weights left the range of numbers.",
        "Divide the learning rate by ten.",
    )


def _exploding(epochs: Events) -> Remark | None:
    losses = [e["loss"] for e in epochs if e["loss"] is not None]
    if len(losses) < 2 or losses[-1] <= EXPLODED * max(losses[0], 1e-6):
        return None
    return Remark(
        "exploding",
        f"The loss grew from {two_digits(losses[0])} to {two_digits(losses[-1])}.",
        "Every step overshoots the valley it aims at.",
        "Divide the learning rate by ten.",
    )


def gradients(story: Story) -> list[Event]:
    """Return the measurements of the gradient in the order of their epochs, 0 for the untrained network."""
    return [e for _, e in sorted({e["epoch"]: e for e in story.gradients}.items())]


def _exploding_gradient(measured: Events) -> Remark | None:
    # A run that began in an older version and was resumed has no measurement from before training.
    if len(measured) < 2 or measured[0]["epoch"] != 0:
        return None
    first, last = measured[0]["norms"], measured[-1]["norms"]
    for name, norm in last.items():
        if norm is None or norm > GREW * max(first.get(name) or 0.0, LEARNED):
            was = f"{norm:,.0f}, and was {first.get(name) or 0.0:.2g} before training" if norm is not None else ""
            return Remark(
                "exploding_gradient",
                f"The gradient norm of {name} is {was or 'no number any more'}.",
                "The weights have grown so far that a small change of them changes the loss a lot.",
                "Divide the learning rate by ten, or add batch normalization.",
            )
    return None


def _vanishing(measured: Events) -> Remark | None:
    if not measured:
        return None
    norms = [(name, norm) for name, norm in measured[-1]["norms"].items() if norm is not None]
    solved = (measured[-1]["loss"] or 0.0) < LEARNED
    if not norms or solved:
        return None
    if max(norm for _, norm in norms) == 0:
        return Remark(
            "no_gradient",
            "The gradient is exactly 0 in every layer, so no step changes anything.",
            "For every picture measured, the output lies where its activation is flat.",
            "Give the output sigmoid or softmax, start anew with another seed, or try a smaller learning rate.",
        )
    (first, weak), (last, strong) = norms[0], norms[-1]
    if len(norms) < 2 or weak >= VANISHED * strong:
        return None
    weaker = f"{strong / weak:,.0f} times weaker than that of {last}" if weak else f"0, and that of {last} is not"
    return Remark(
        "vanishing",
        f"The gradient of {first} is {weaker}.",
        "On its way back each layer multiplies it by slopes and weights, and here they are far below 1.",
        "Use relu instead of sigmoid or tanh, batch normalization, or fewer layers.",
    )


def _worst(looks: Events, what: str, least: float) -> tuple[str, float] | None:
    """Return the layer with the largest share in the last look, and the share; None if it is below `least`."""
    shares: Mapping[str, float] = looks[-1].get(what, {}) if looks else {}
    worst = max(shares.items(), key=lambda item: item[1], default=None)
    return None if worst is None or worst[1] < least else worst


def _saturated(looks: Events) -> Remark | None:
    worst = _worst(looks, "saturated", SATURATED_SHARE)
    if worst is None:
        return None
    return Remark(
        "saturated",
        f"{percent(worst[1], 0)} of the outputs of {worst[0]} are saturated.",
        "There the curve is flat: its slope is below 5 % of the steepest, and hardly any gradient passes.",
        "Try relu, batch normalization before it, or a smaller learning rate.",
    )


def _collapse(looks: Events) -> Remark | None:
    if not looks or looks[-1]["epoch"] < 2:
        return None
    counts = looks[-1]["predicted"]
    if sum(count > 0 for count in counts) > 1:
        return None
    return Remark(
        "collapse",
        f"It gives the same answer to all {sum(counts)} validation pictures looked at.",
        "The last layers ignore the picture: their gradients are zero, or one class is far more frequent.",
        "Try a smaller learning rate, sigmoid or softmax on the output, or weigh the classes equally.",
    )


def _dead(looks: Events) -> Remark | None:
    worst = _worst(looks, "dead", DEAD_SHARE)
    if worst is None:
        return None
    return Remark(
        "dead",
        f"{percent(worst[1], 0)} of the channels of {worst[0]} are zero for every picture looked at.",
        "A ReLU whose input is never above zero has no gradient, so it cannot come back.",
        "Try a smaller learning rate, leaky_relu, or batch normalization.",
    )


def _no_better_than_majority(epochs: Events, start: Event) -> Remark | None:
    counts = start.get("validation_counts")
    if len(epochs) < PATIENCE or not counts:
        return None
    majority, n = max(counts) / sum(counts), sum(counts)
    best = max((e["val_accuracy"] or 0.0) for e in epochs[-PATIENCE:])
    if best > interval_of(majority, n)[1]:
        return None
    return Remark(
        "majority",
        f"After {epochs[-1]['epoch']} epochs validation accuracy is {percent(best)}.",
        f"Always answering the most frequent class is right for {percent(majority)}.",
        "Train longer, with more data, or with another learning rate.",
    )


def _overfitting(epochs: Events) -> Remark | None:
    losses = [e["val_loss"] for e in epochs]
    if len(epochs) <= PATIENCE or any(value is None for value in losses):
        return None
    best = losses.index(min(losses))
    last = epochs[-1]
    if last["accuracy"] is None or last["val_accuracy"] is None:
        return None
    gap = last["accuracy"] - last["val_accuracy"]
    if len(epochs) - 1 - best < PATIENCE or gap < GAP:
        return None
    return Remark(
        "overfitting",
        f"Training accuracy is {gap * 100:.0f} points above validation accuracy, and validation loss was lowest in "
        f"epoch {epochs[best]['epoch']}.",
        "It learns the training pictures by heart.",
        "Stop early, add dropout or augmentation, or use more pictures.",
    )
