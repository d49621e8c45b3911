"""Know the dense layer: every unit reads every number."""

from collections.abc import Iterator
from math import prod

from cnnlab.core.network.layers.activation import activation_option
from cnnlab.core.network.layers.keras_keys import biased, weighted
from cnnlab.core.network.layers.kind import Config, Effect, Kind, Said, Shape, Slip, a_slip
from cnnlab.core.network.layers.option import Option


def _dense(config: Config, before: Shape) -> Effect:
    units = config["units"]
    weights = before[-1] * units
    return Effect(
        (*before[:-1], units),
        weights,
        units * config["use_bias"],
        macs=prod(before[:-1]) * weights,
        sees_all=True,
    )


def _units(config: Config, before: Shape, effect: Effect) -> Said:
    return Said("units", f"{config['units']:,}", "Every unit gives one number.")


def _weights(config: Config, before: Shape, effect: Effect) -> Said:
    words = f"Each of the {config['units']:,} units has a weight for each of the {before[-1]:,} inputs."
    return Said("inputs · units", f"{before[-1]:,} · {config['units']:,}", words)


def _params(config: Config, before: Shape, effect: Effect) -> str:
    return f"({before[-1]:,}{' + 1' if effect.biases else ''})·{config['units']}"


def bias_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    """Yield slips in the number of biases."""
    if effect.biases:
        yield a_slip("forgot the bias", effect.weights, f"Each of the {effect.biases:,} outputs has a bias too.")
        yield a_slip("one bias", effect.weights + 1, f"Each of the {effect.biases:,} outputs has a bias of its own.")
        yield a_slip("bias of the input", effect.weights + before[-1], "Biases belong to the outputs.")


def _params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    yield from bias_slips(config, before, effect)
    yield a_slip("inputs alone", before[-1], "Every unit has a weight for every input.")


KINDS = (
    Kind(
        "Dense",
        "dense",
        "dense",
        {
            "units": Option("int", required=True, least=1, bounds=(1, 256, 1), main=True),
            "activation": activation_option(),
            "use_bias": Option("bool", True),
        },
        _dense,
        label=lambda config: f"dense {config['units']}",
        sample={"units": 64},
        fixed=biased() | weighted("kernel") | {"quantization_config": None},
        kernels=("kernel",),
        closes=True,
        linear=True,
        last=_units,
        weights=_weights,
        params=_params,
        params_slips=_params_slips,
    ),
)
