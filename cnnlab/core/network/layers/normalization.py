"""Know the layers that keep training steady: values dropped by chance, and values brought to one scale."""

from collections.abc import Iterator
from math import prod

from cnnlab.core.network.layers.activation import stays
from cnnlab.core.network.layers.keras_keys import weighted
from cnnlab.core.network.layers.kind import Config, Effect, Kind, Said, Shape, Slip, a_slip
from cnnlab.core.network.layers.option import Option


def _batch_normalization(config: Config, before: Shape) -> Effect:
    channels = before[-1]
    return Effect(before, channels * config["scale"], channels * config["center"], non_trainable=2 * channels)


def _layer_normalization(config: Config, before: Shape) -> Effect:
    return Effect(before, before[-1] * config["scale"], before[-1] * config["center"])


def _layer_params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    none = "Nothing is kept from one picture to the next: there is no running mean and no running variance."
    yield a_slip("as BatchNormalization", effect.weights + effect.biases + 2 * before[-1], none)
    yield a_slip("one a place", prod(before) * (config["scale"] + config["center"]), "All places share gamma and beta.")
    yield a_slip("one a channel", before[-1], "Each channel has gamma and beta, where both are on.")


def _factors(config: Config, before: Shape, effect: Effect) -> Said:
    if not effect.weights:
        return Said("0", "0", "Without scale there is no factor (gamma).")
    return Said("channels", f"{effect.weights:,}", "One factor (gamma) for each channel.")


def _offsets(config: Config, before: Shape, effect: Effect) -> Said:
    if not effect.biases:
        return Said("0", "0", "Without center there is no offset (beta).")
    return Said("channels", f"{effect.biases:,}", "One offset (beta) for each channel.")


def _running(config: Config, before: Shape, effect: Effect) -> Said:
    words = "A running mean and a running variance for each channel are kept, but not trained by the gradient."
    return Said("2 · channels", f"2 · {before[-1]:,}", words)


def _some_a_channel(config: Config, before: Shape, effect: Effect) -> str:
    kept = effect.weights + effect.biases + effect.non_trainable
    return f"{kept // before[-1]}·{before[-1]}"


def _params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    kept = "The running mean and variance are kept as well."
    yield a_slip("only the trained", effect.weights + effect.biases, kept)
    each = "Each channel has gamma, beta, a running mean and a running variance."
    yield a_slip("one a channel", before[-1], each)


def _silence(config: Config, effect: Effect) -> str:
    if config["rate"] != 1:
        return ""
    shape = " × ".join(f"{n:,}" for n in effect.output_shape)
    return (
        f"rate 1 sets all {shape} values to 0 while training, so nothing before it can learn; 0.5 drops every second "
        "one."
    )


def _erased(config: Config, effect: Effect) -> str:
    if config["scale"]:
        return ""
    return f"scale 0 makes every value {config['offset']:g}, whatever comes in, so nothing before it can matter."


_NORMALIZES = {"center": Option("bool", True), "scale": Option("bool", True)}
_FIXED = weighted("beta", "gamma") | {"gamma_initializer": "ones"}

KINDS = (
    Kind(
        "BatchNormalization",
        "batch_normalization",
        "regularization",
        {"momentum": Option("float", 0.99), "epsilon": Option("float", 0.001)} | _NORMALIZES,
        _batch_normalization,
        label=lambda config: "batch norm",
        fixed=_FIXED
        | {"moving_mean_initializer": "zeros", "moving_variance_initializer": "ones", "axis": -1}
        | {"synchronized": False, "renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99},
        pointwise=True,
        linear=True,
        when_linear="batch normalization is linear when predicting",
        weights=_factors,
        biases=_offsets,
        kept=_running,
        params=_some_a_channel,
        params_slips=_params_slips,
    ),
    Kind(
        "LayerNormalization",
        "layer_normalization",
        "regularization",
        {"epsilon": Option("float", 0.001)} | _NORMALIZES,
        _layer_normalization,
        label=lambda config: "layer norm",
        # Keras writes a list once the layer is built.
        fixed=_FIXED | {"axis": (-1, [-1]), "rms_scaling": False},
        weights=_factors,
        biases=_offsets,
        params=_some_a_channel,
        params_slips=_layer_params_slips,
    ),
    Kind(
        "Dropout",
        "dropout",
        "regularization",
        {"rate": Option("float", required=True, least=0, most=1, instead=0.5, bounds=(0.0, 0.9, 0.05), main=True)},
        stays,
        label=lambda config: f"dropout {config['rate']:g}",
        sample={"rate": 0.5},
        fixed={"seed": None, "noise_shape": None},
        pointwise=True,
        linear=True,
        remark=_silence,
    ),
    Kind(
        "Rescaling",
        "rescaling",
        "regularization",
        {
            "scale": Option("float", required=True, bounds=(-4.0, 4.0, 0.1)),
            "offset": Option("float", 0.0, bounds=(-4.0, 4.0, 0.1)),
        },
        stays,
        label=lambda config: "rescale",
        sample={"scale": 2.0, "offset": -1.0},
        pointwise=True,
        linear=True,
        remark=_erased,
    ),
)
