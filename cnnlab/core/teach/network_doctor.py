"""Mend an impossible network in several ways, each tried before it is offered, and remark on a possible one.

Candidates are generated freely and then traced: only what makes the whole network possible, or gets further
along it, becomes a `Fix`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS, SEEN, Shape, sizes_of
from cnnlab.core.network.network import input_shape_of
from cnnlab.core.network.sequence_presets import sequence_seed
from cnnlab.core.shapes import InvalidNetwork, check, layer_names, trace_until_problem
from cnnlab.core.teach.brief import describe_pair
from cnnlab.core.teach.remarks import Remark, remarks

__all__ = ["Fix", "Remark", "fixes", "remarks", "smallest_input"]

MOST_FIXES = 5
LARGEST_SIDE = 4096
MOST_DROPPED = 20
CHANNELS = {1: (4,), 2: (1, 3, 4)}  # letters of DNA; of a picture grey, colours, colours with transparency


@dataclass(frozen=True)
class Fix:
    """Hold one way out: its kind, one short sentence, the mended network, and the shape it gives.

    `shape` is the mended layer's output without the batch, or that of the last layer that can be reached if the
    layer is gone. `whole` tells whether the whole network is possible then; if not, the label names what is next.
    """

    kind: str
    label: str
    network: Network
    shape: Shape
    whole: bool = True


@dataclass(frozen=True)
class _Candidate:
    """Hold an untried change; `order` gives for each of its layers the position it had before."""

    kind: str
    label: str
    network: Network
    order: tuple[int, ...]


def fixes(network: Network, problem: InvalidNetwork) -> tuple[Fix, ...]:
    """Return at most five different ways out of a problem that `check(network)` found, the best first.

    Every one makes the whole network possible, or at least moves the first problem further back and says so.
    """
    found: dict[Network, tuple[bool, int, Fix]] = {}
    for steps, candidate in _with_second_steps(network, problem):
        fix = _tried(candidate, network, problem)
        if fix is not None and candidate.network not in found:
            found[candidate.network] = (not fix.whole and steps > 0, steps, fix)
    best = sorted(found.values(), key=lambda entry: entry[:2])
    return tuple(fix for _, _, fix in best[:MOST_FIXES])


def _with_second_steps(network: Network, problem: InvalidNetwork) -> Iterator[tuple[int, _Candidate]]:
    """Yield every candidate; where the layer has a second problem behind the first, also what helps against both."""
    yield from ((0, candidate) for candidate in _channels_last(network))
    for first in _candidates(network, problem):
        yield 1, first
        again = check(first.network)
        if again is None or len(first.order) < len(network.layers) or first.order[again.index] != problem.index:
            continue
        if again.message == problem.message:
            continue
        for second in _candidates(first.network, again):
            if second.kind.startswith("drop"):
                continue
            label = f"{first.label}, and {second.label[0].lower()}{second.label[1:]}"
            order = tuple(first.order[i] for i in second.order)
            yield 2, _Candidate(second.kind, label, second.network, order)


def _channels_last(network: Network) -> Iterator[_Candidate]:
    """Turn an input that was written as (channels, height, width) or (channels, length), as PyTorch has it."""
    channels, *sides = network.input_shape
    known = CHANNELS[network.rank]
    if channels in known and min(sides) > max(known):
        label = f"Put the channels last: {describe_pair((*sides, channels))}"
        turned = replace(network, input_shape=input_shape_of((*sides, channels)))
        yield _Candidate("channels", label, turned, tuple(range(len(network.layers))))


def _tried(candidate: _Candidate, old: Network, problem: InvalidNetwork) -> Fix | None:
    """Return the candidate as a fix, or None if the network gets no further with it."""
    rows, again = trace_until_problem(candidate.network)
    where = candidate.order.index(problem.index) if problem.index in candidate.order else len(rows)
    reached = rows[min(where, len(rows) - 1)].output_shape if rows else candidate.network.input_shape
    if again is None:
        return Fix(candidate.kind, candidate.label, candidate.network, reached)
    if again.index < 0 or len(candidate.order) - again.index >= len(old.layers) - problem.index:
        return None
    following = layer_names(old)[candidate.order[again.index]]
    return Fix(candidate.kind, f"{candidate.label}, and then {following} is next", candidate.network, reached, False)


def _candidates(network: Network, problem: InvalidNetwork) -> Iterator[_Candidate]:
    if problem.index < 0:
        first = Layer.make(f"Conv{network.rank}D", filters=8, kernel_size=3, padding="same")
        start = (Network.seed() if network.rank == 2 else sequence_seed()).layers
        yield _Candidate("add", f"Add a {first.class_name} layer", replace(network, layers=(first,)), (0,))
        label = "Start from the post's layers"
        yield _Candidate("start", label, replace(network, layers=start), tuple(range(len(start))))
        return
    rows, _ = trace_until_problem(network)
    shape = rows[problem.index - 1].output_shape if problem.index else network.input_shape
    yield from _renamed(network, problem.index)
    yield from _legal(network, problem.index)
    yield from _other_rank(network, problem.index, shape)
    if len(shape) > 1:
        yield from _fitting(network, problem.index, shape)
    else:
        closing = next(i for i, row in enumerate(rows) if len(row.output_shape) == 1)
        yield from _unflattened(network, problem.index, closing)
    yield _without(network, "drop", {problem.index})
    yield from _all_that_fit(network)


def _changed(network: Network, index: int, kind: str, label: str, **options: Any) -> _Candidate:
    layer = network.layers[index]
    made = Layer.make(layer.class_name, name=layer.name, **(dict(layer.config) | options))
    return _replaced(network, index, kind, label, made)


def _replaced(network: Network, index: int, kind: str, label: str, layer: Layer) -> _Candidate:
    layers = (*network.layers[:index], layer, *network.layers[index + 1 :])
    return _Candidate(kind, label, replace(network, layers=layers), tuple(range(len(layers))))


def _without(network: Network, kind: str, gone: set[int]) -> _Candidate:
    names = layer_names(network)
    said = [names[i] for i in sorted(gone)]
    label = f"Leave out {said[0]}" if len(said) == 1 else f"Leave out {', '.join(said[:-1])} and {said[-1]}"
    if len(said) > 3:
        label = f"Leave out the {len(said)} layers that do not fit, from {said[0]} to {said[-1]}"
    order = tuple(i for i in range(len(names)) if i not in gone)
    return _Candidate(kind, label, replace(network, layers=tuple(network.layers[i] for i in order)), order)


def _renamed(network: Network, index: int) -> Iterator[_Candidate]:
    """Give another name to one of two layers that share one: to the one that was named by hand."""
    names = layer_names(network)
    if names[index] not in names[:index]:
        return
    for i in (index, names.index(names[index])):
        if network.layers[i].name is not None:
            name = next(n for k in range(1, len(names) + 1) if (n := f"{names[i]}_{k}") not in names)
            label = f"Call layer {i + 1} {name}"
            yield _replaced(network, i, "rename", label, replace(network.layers[i], name=name))


def _legal(network: Network, index: int) -> Iterator[_Candidate]:
    """Set every option that no layer of this class may have to the nearest legal value."""
    layer = network.layers[index]
    changes: dict[str, Any] = {}
    for option, value in layer.options:
        legal = layer.kind.options[option].legal(value)
        if legal != value:
            changes[option] = legal
    if changes:
        said = " and ".join(f"{option} to {_said(value)}" for option, value in changes.items())
        yield _changed(network, index, "legal value", f"Set {said}", **changes)
    if "padding" in changes and isinstance(changes["padding"], str):
        changes["padding"] = "same"
        said = " and ".join(f"{option} to {_said(value)}" for option, value in changes.items())
        yield _changed(network, index, "padding", f"Set {said}", **changes)
    if layer.kind.exclusive and all(max(layer.config[option]) > 1 for option in layer.kind.exclusive):
        for option in layer.kind.exclusive:
            yield _changed(network, index, option.removesuffix("_rate"), f"Set {option} to 1", **{option: 1})


def _said(value: Any) -> str:
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return " and ".join(describe_pair(sides) for sides in value)
    return describe_pair(value) if isinstance(value, tuple) else repr(value)


def _fitting(network: Network, index: int, shape: Shape) -> Iterator[_Candidate]:
    """Yield what helps a window that is larger than its input."""
    layer, name = network.layers[index], layer_names(network)[index]
    size = layer.kind.size
    if not size or layer.kind.rank != len(shape) - 1:
        return
    if layer.config["padding"] == "valid":
        yield _changed(network, index, "padding", f"Use padding 'same' in {name}", padding="same")
    sizes, dilation = sizes_of(layer.config, size)
    largest = tuple(max(1, min(k, (n - 1) // max(d, 1) + 1)) for k, d, n in zip(sizes, dilation, shape, strict=False))
    if largest != layer.config[size] and max(largest) > 1:
        word = size.removesuffix("_size")
        label = f"Make the {word} {describe_pair(largest)} in {name}"
        yield _replaced(network, index, word, label, layer.with_option(size, largest))
    yield from _larger_input(network, index)
    if max(dilation) > 1:
        yield _changed(network, index, "dilation", f"Set dilation_rate to 1 in {name}", dilation_rate=1)
    yield from _padded_everywhere(network)


def _padded_everywhere(network: Network) -> Iterator[_Candidate]:
    """Use padding 'same' in every layer with a window."""
    layers = tuple(x.with_option("padding", "same") if "strides" in x.config else x for x in network.layers)
    if sum(a != b for a, b in zip(layers, network.layers, strict=True)) > 1:
        label = "Use padding 'same' in every convolution and pooling"
        yield _Candidate("padding everywhere", label, replace(network, layers=layers), tuple(range(len(layers))))


def _larger_input(network: Network, index: int) -> Iterator[_Candidate]:
    """Find the smallest input by search: for the whole network, or else up to this layer."""
    for tried in (network, replace(network, layers=network.layers[: index + 1])):
        smallest = smallest_input(tried)
        if smallest is None:
            continue
        larger = tuple(map(max, network.input_shape[:-1], smallest))
        what = f"Take a {SEEN[network.rank]} of"
        label = f"{what} at least {describe_pair(smallest)}"
        if larger != smallest:
            label = f"{what} {describe_pair(larger)}; at least {describe_pair(smallest)} is needed"
        yield _Candidate("input", label, network.with_sides(*larger), tuple(range(len(network.layers))))
        return


def smallest_input(network: Network) -> tuple[int, ...] | None:
    """Return the smallest sides with which the network is possible, or None if no size up to 4096 helps."""
    largest = [LARGEST_SIDE] * network.rank
    if check(network.with_sides(*largest)) is not None:
        return None
    found = []
    for axis in range(network.rank):
        low, high = 1, LARGEST_SIDE
        while low < high:
            middle = (low + high) // 2
            size = (*largest[:axis], middle, *largest[axis + 1 :])
            low, high = (low, middle) if check(network.with_sides(*size)) is None else (middle + 1, high)
        found.append(low)
    return tuple(found)


def _other_rank(network: Network, index: int, shape: Shape) -> Iterator[_Candidate]:
    """Take the class of the same family that is for maps of as many axes as arrive."""
    layer, rank = network.layers[index], len(shape) - 1
    class_name = layer.class_name.replace(f"{layer.kind.rank}D", f"{rank}D")
    if layer.kind.rank in (0, rank) or class_name not in KINDS:
        return
    options = {key: _first(value) for key, value in layer.options if key in KINDS[class_name].options}
    label = f"Take {class_name} in place of {layer_names(network)[index]}"
    yield _replaced(network, index, "class", label, Layer.make(class_name, name=layer.name, **options))


def _first(value: Any) -> Any:
    """Return the first of several numbers, which then holds for every axis."""
    return _first(value[0]) if isinstance(value, tuple) else value


def _unflattened(network: Network, index: int, closing: int) -> Iterator[_Candidate]:
    """Yield what helps a layer that needs maps behind the layer at `closing`, which made a vector of them."""
    if not network.layers[index].kind.takes:
        return
    names = layer_names(network)
    if "keepdims" in network.layers[closing].config:
        label = f"Keep the dimensions in {names[closing]} (keepdims)"
        yield _changed(network, closing, "keepdims", label, keepdims=True)
    last = max(i for i, layer in enumerate(network.layers) if layer.kind.takes)
    if not network.layers[index].kind.closes:
        order = (*range(closing), *range(closing + 1, last + 1), closing, *range(last + 1, len(names)))
        moved = replace(network, layers=tuple(network.layers[i] for i in order))
        yield _Candidate("move", f"Move {names[closing]} behind {names[last]}", moved, order)
    yield _without(network, "drop flatten", {closing})


def _all_that_fit(network: Network) -> Iterator[_Candidate]:
    """Leave out one layer after the other until the rest is possible."""
    order = list(range(len(network.layers)))
    for _ in range(MOST_DROPPED):
        problem = check(replace(network, layers=tuple(network.layers[i] for i in order)))
        if problem is None:
            yield _without(network, "drop all", set(range(len(network.layers))) - set(order))
            return
        if problem.index < 0:
            return
        del order[problem.index]
