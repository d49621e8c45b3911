"""Say the description of a sequential model of Keras 1 or 2.0 to 2.2 in the words of Keras 3."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.core.exchange.imported import ModelFileError

GONE = frozenset(
    """
    Highway MaxoutDense Merge LocallyConnected1D LocallyConnected2D CuDNNLSTM CuDNNGRU ConvRecurrent2D
    AtrousConvolution1D AtrousConvolution2D Deconvolution2D Deconvolution3D Convolution3D ParametricSoftplus SReLU
    """.split()  # noqa: SIM905
)
"""Layers that older versions of Keras had and Keras 3 has not, or not as they were."""

_CLASSES = {"Convolution2D": "Conv2D"}
_RENAMED = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "init": "kernel_initializer",
    "bias": "use_bias",
    "output_dim": "units",
    "p": "rate",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
}
_KERAS_1 = frozenset([*_RENAMED, "nb_row", "dim_ordering", "mode", "input_dtype"])
# They matter for training alone, or are said by the input layer.
_DROPPED = frozenset(
    """
    W_regularizer b_regularizer gamma_regularizer beta_regularizer activity_regularizer W_constraint b_constraint
    input_dim input_length input_dtype batch_input_shape consume_less
    """.split()  # noqa: SIM905
)
_INITIALIZERS = {"zero": "zeros", "one": "ones", "normal": "random_normal", "uniform": "random_uniform"}
_GLOROT_UNIFORM = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}
_MODELS = ("Sequential", "Model", "Functional")
_SIMPLE = ("Convolution2D", "MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D", "Dense",
           "Dropout", "SpatialDropout2D", "ZeroPadding2D", "BatchNormalization", "Flatten", "Activation", "InputLayer",
           "LeakyReLU", "ELU")  # fmt: skip
"""Layers of Keras 1 that are known to mean the same under their new names."""


def modernised(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the checked config of a model as Keras 3 reads it, equal to `config` where that is so already.

    Until Keras 2.2.2 a Sequential was a bare list of layers whose first one knew the input's shape. Raises
    `ModelFileError` for a layer of Keras 1 that cannot be said otherwise; `name` is fit to be shown.
    """
    if config["class_name"] != "Sequential" or not isinstance(config.get("config"), Sequence):
        return dict(config)
    layers = [_layer(layer, name) for layer in config["config"]]
    if not layers:
        raise ModelFileError(f"{name} holds no layers, so there is nothing to see.")
    if layers[0]["class_name"] not in ("InputLayer", *_MODELS):
        shape = config["config"][0].get("config", {}).get("batch_input_shape")
        if not isinstance(shape, list):
            raise ModelFileError(
                f"{name} does not say what its first layer takes; give that layer an input_shape and save it again."
            )
        layers.insert(0, {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "input"}})
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}


def _layer(layer: Any, name: str) -> dict[str, Any]:
    config = layer.get("config") if isinstance(layer, Mapping) else None
    class_name = str(layer.get("class_name")) if isinstance(layer, Mapping) else ""
    if class_name in _MODELS and config:
        return modernised(layer, name)
    if not isinstance(config, Mapping):
        raise ModelFileError(f"{name} has a damaged description; save the model again with model.save.")
    if class_name in GONE or not _KERAS_1 & set(config):
        kept = {key: _initializer(value) for key, value in config.items() if key != "batch_input_shape"}
        return {**layer, "config": kept}
    if class_name not in _SIMPLE:
        raise ModelFileError(
            f"{name} has the layer {class_name} as Keras 1 wrote it, which cannot be read any more; load it with an "
            "older Keras and save it again."
        )
    return {"class_name": _CLASSES.get(class_name, class_name), "config": _translated(config, name)}


def _initializer(value: Any) -> Any:
    """Return glorot_uniform, Keras' default, by its name, where it is said by what it is; all else as it is."""
    if not isinstance(value, Mapping) or value.get("class_name") != "VarianceScaling":
        return value
    config = value.get("config")
    said = config if isinstance(config, Mapping) else {}
    is_default = all(said.get(key) == each for key, each in _GLOROT_UNIFORM.items())
    return {"class_name": "GlorotUniform", "config": {"seed": said.get("seed")}} if is_default else value


def _translated(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the arguments of a layer of Keras 1 under the names that they have had since Keras 2."""
    if config.get("dim_ordering", "tf") != "tf":
        raise ModelFileError(
            f"{name} takes the colours of a picture first and its rows and columns behind them (dim_ordering "
            f"{config['dim_ordering']!r}), as Theano did; only models that take them last can be shown."
        )
    if config.get("mode", 0) != 0:
        raise ModelFileError(
            f"{name} normalizes batches in mode {config['mode']}, which only Keras 1 could; train it with mode 0."
        )
    new = {_RENAMED.get(key, key): value for key, value in config.items() if key not in _DROPPED}
    for key in ("dim_ordering", "mode"):
        new.pop(key, None)
    if "nb_row" in new:
        new["kernel_size"] = [new.pop("nb_row"), new.pop("nb_col", None)]
    for key, value in new.items():
        if key.endswith("_initializer") and isinstance(value, str):
            new[key] = _INITIALIZERS.get(value, value)
    return new
