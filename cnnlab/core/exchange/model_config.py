"""Judge the description of a model that somebody else made before anything is built from it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.old_keras import GONE
from cnnlab.core.pictures import shown_name

MOST_LAYERS = 1_000
LARGEST_NUMBER = 1_000_000
MOST_TEXT = 16 << 20  # bytes of JSON
_DEEPEST = 60

_LAYERS = """
    InputLayer Conv1D Conv2D Conv3D Convolution1D Convolution2D Conv2DTranspose DepthwiseConv1D DepthwiseConv2D
    SeparableConv1D SeparableConv2D SeparableConvolution2D Dense EinsumDense Embedding Activation ReLU LeakyReLU PReLU
    ELU Softmax ThresholdedReLU MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D
    AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalMaxPooling3D GlobalAveragePooling3D Flatten Reshape Permute RepeatVector Cropping1D Cropping2D ZeroPadding1D
    ZeroPadding2D UpSampling1D UpSampling2D BatchNormalization LayerNormalization GroupNormalization UnitNormalization
    SpectralNormalization Dropout SpatialDropout1D SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout
    ActivityRegularization Add Subtract Multiply Average Maximum Minimum Concatenate Dot Attention AdditiveAttention
    MultiHeadAttention Masking Identity Rescaling Resizing CenterCrop Normalization RandomFlip RandomRotation
    RandomZoom RandomContrast RandomBrightness RandomTranslation RandomCrop RandomHeight RandomWidth LSTM GRU
    SimpleRNN LSTMCell GRUCell SimpleRNNCell RNN Bidirectional TimeDistributed ConvLSTM2D
""".split()  # noqa: SIM905
_MODELS = ("Functional", "Sequential", "Model")
_PARTS = """
    DTypePolicy Policy FloatDTypePolicy Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling
    GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Orthogonal OrthogonalInitializer Identity
    IdentityInitializer L1 L2 L1L2 OrthogonalRegularizer MaxNorm NonNeg UnitNorm MinMaxNorm SeedGenerator
    __keras_tensor__ __tuple__ __ellipsis__
""".split()  # noqa: SIM905
_TRAINING = ("keras.optimizers", "keras.losses", "keras.metrics")
_KNOWN = frozenset([*_LAYERS, *_MODELS, *_PARTS])


def read_model_config(text: str | bytes, name: str) -> dict[str, Any]:
    """Return the config of a model from its JSON, checked; raise `ModelFileError`.

    Nothing in it names a class or function beyond those of Keras that run no code of their own, and no number in it
    is beyond reason. `name` is fit to be shown.
    """
    if len(text) > MOST_TEXT:
        raise ModelFileError(f"{name} has a description of {len(text):,} bytes, more than any model needs.")
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise ModelFileError(f"{name} has a damaged description; save the model again with model.save.") from None
    if not isinstance(config, dict) or config.get("class_name") not in _MODELS:
        raise ModelFileError(f"{name} does not describe a Sequential or functional Keras model; save it as one.")
    # How the model was trained is not read: it is opened without compiling.
    _check({key: value for key, value in config.items() if key != "compile_config"}, name)
    return config


def _check(config: Mapping[str, Any], name: str) -> None:
    layers = 0
    for found in _objects(config, name):
        class_name = str(found["class_name"])
        shown = shown_name(class_name)
        module = found.get("module")
        if class_name in ("Lambda", "__lambda__"):
            raise ModelFileError(
                f"{name} has a Lambda layer, which carries program code of its own, so it is not opened; replace it by "
                "Keras' layers and save the model again."
            )
        if class_name in GONE:
            raise ModelFileError(
                f"{name} has the layer {class_name}, which older versions of Keras had and Keras 3 has not, so it "
                "cannot be opened."
            )
        foreign = isinstance(module, str) and module != "keras" and not module.startswith("keras.")
        registered = found.get("registered_name")
        known = class_name in _KNOWN or module in _TRAINING
        if not known or foreign or (isinstance(registered, str) and ">" in registered):
            raise ModelFileError(
                f"{name} needs the custom class or function {shown}, whose code is not in the file, so it cannot be "
                "opened here; use only Keras' own layers."
            )
        layers += class_name in _LAYERS
        if layers > MOST_LAYERS:
            raise ModelFileError(f"{name} has more than {MOST_LAYERS:,} layers, the most that are opened here.")
        _check_numbers(found, shown, name)


def _check_numbers(found: Mapping[str, Any], shown: str, name: str) -> None:
    given = found.get("config")
    for key, value in given.items() if isinstance(given, Mapping) else ():
        numbers = value if isinstance(value, list) else [value]
        for number in numbers:
            is_number = isinstance(number, int | float) and not isinstance(number, bool)
            if is_number and abs(number) > LARGEST_NUMBER and "seed" not in str(key):
                raise ModelFileError(
                    f"{name} has a {shown} layer with {shown_name(str(key))} = {number:,}, and at most "
                    f"{LARGEST_NUMBER:,} can be looked into; use a smaller model."
                )


def _objects(value: Any, name: str, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield everything in a config that names a class, outermost first."""
    if depth > _DEEPEST:
        raise ModelFileError(f"{name} has a description that is nested too deep; use a plainer model.")
    if isinstance(value, Mapping):
        if "class_name" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner, name, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, name, depth + 1)
