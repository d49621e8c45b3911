"""Offer the experiments on sequences: what one filter finds, how long it must be, where it looks, and what is rare."""

from dataclasses import replace

from cnnlab.core.network import Layer, Network
from cnnlab.core.sequences.generator import RARE, STRANDS, Settings
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.loading import is_made
from cnnlab.runs.judge.experiments import Experiment
from cnnlab.runs.record import RunSpec

CONV = "Conv1D"
ONE, MANY = 1, 32  # filters
SHORT, LONG = 4, 12  # letters of a kernel
RARE_COUNT = 10_000  # sequences, of which forty have the motif


def _place(network: Network) -> int | None:
    return next((i for i, layer in enumerate(network.layers) if layer.class_name == CONV), None)


def _needs_convolution(spec: RunSpec) -> str | None:
    return None if _place(spec.network) is not None else f"It needs a network with a {CONV}."


def _needs_made(spec: RunSpec) -> str | None:
    return None if is_made(spec.data) else "It needs the sequences that are made here; choose motifs on the data page."


def _with(spec: RunSpec, name: str, option: str, value: int) -> RunSpec:
    place = _place(spec.network)
    return replace(spec, name=name, network=spec.network.with_option(place or 0, option, value))


def _filters(spec: RunSpec) -> tuple[RunSpec, ...]:
    return _with(spec, "one filter", "filters", ONE), _with(spec, f"{MANY} filters", "filters", MANY)


def _kernel(spec: RunSpec) -> tuple[RunSpec, ...]:
    return tuple(_with(spec, f"kernel of {size} letters", "kernel_size", size) for size in (SHORT, LONG))


def _position(spec: RunSpec) -> tuple[RunSpec, ...]:
    """Put the same head on the strongest answer of each filter, and on every place's."""
    network, place = spec.network, _place(spec.network) or 0
    head = next(i for i in range(len(network.layers) - 1, -1, -1) if network.layers[i].class_name == "Dense")

    def closed_by(name: str, closing: Layer) -> RunSpec:
        layers = (network.layers[place].with_option("activation", "relu"), closing, *network.layers[head:])
        return replace(spec, name=name, network=Network(network.input_shape, layers))

    return (
        closed_by("global max", Layer.make("GlobalMaxPooling1D")),
        closed_by("flatten", Layer.make("Flatten")),
    )


def _needs_head(spec: RunSpec) -> str | None:
    if _needs_convolution(spec) is None and any(layer.class_name == "Dense" for layer in spec.network.layers):
        return None
    return f"It needs a network with a {CONV} and a Dense at its end."


def _strands(spec: RunSpec) -> tuple[RunSpec, ...]:
    made = replace(Settings.from_text(spec.data), strand=STRANDS[1])
    return tuple(
        replace(spec, name=name, data=replace(made, both_strands=both).text)
        for name, both in (("one strand", False), ("both strands", True))
    )


def _rare(spec: RunSpec) -> tuple[RunSpec, ...]:
    made = replace(Settings.from_text(spec.data), positives=RARE, count=RARE_COUNT)
    rare = replace(spec, data=made.text)
    return (
        replace(rare, name="rare, as they are", class_weights=False),
        replace(rare, name="rare, with class weights", class_weights=True),
    )


def _needs_short(spec: RunSpec) -> str | None:
    if lacking := _needs_made(spec):
        return lacking
    try:
        replace(Settings.from_text(spec.data), count=RARE_COUNT).planted()
    except SequenceError as error:
        return str(error)
    return None


SEQUENCE_EXPERIMENTS = (
    Experiment(
        "filters", f"One filter against {MANY}", "How often one filter finds the motif.", _filters, _needs_convolution
    ),
    Experiment(
        "kernel",
        f"Kernel of {SHORT} letters against {LONG}",
        "A kernel shorter than the motif sees only a part of it at a time.",
        _kernel,
        _needs_convolution,
    ),
    Experiment(
        "position",
        "Global max against flatten",
        "The strongest answer counts wherever it stands; flatten has to learn the motif at each place anew.",
        _position,
        _needs_head,
    ),
    Experiment(
        "strands",
        "With and without the other strand",
        "The motif stands on either strand: does it help to show each training sequence from both?",
        _strands,
        _needs_made,
    ),
    Experiment(
        "rare",
        "Rare positives, with and without class weights",
        "Accuracy is high either way; look at recall under *Where is it wrong?*.",
        _rare,
        _needs_short,
    ),
)
