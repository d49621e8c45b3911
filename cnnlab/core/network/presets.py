"""Offer a few networks to start from, each with one sentence why."""

from dataclasses import dataclass
from typing import Any

from cnnlab.core.network.height_one import with_height_one
from cnnlab.core.network.network import Layer, Network
from cnnlab.core.network.sequence_presets import dilated_stack, motif_detector, primer, sequence_seed


@dataclass(frozen=True)
class Preset:
    """Hold a network under a key and a title, and say in one sentence why somebody would look at it."""

    key: str
    title: str
    why: str
    network: Network


def _network(shape: tuple[int, int, int], *layers: tuple[str, dict[str, Any]]) -> Network:
    return Network(shape, tuple(Layer.make(name, **options) for name, options in layers))


_Entry = tuple[str, dict[str, Any]]


def _conv(filters: int, kernel_size: int = 3, **options: Any) -> _Entry:
    return "Conv2D", {"filters": filters, "kernel_size": kernel_size, **options}


def _act(activation: str) -> _Entry:
    return "Activation", {"activation": activation}


def _dense(units: int, **options: Any) -> _Entry:
    return "Dense", {"units": units, **options}


_POOL: _Entry = ("MaxPooling2D", {"pool_size": 2})
_MEAN: _Entry = ("AveragePooling2D", {"pool_size": 2})
_NORM: _Entry = ("BatchNormalization", {})
_FLAT: _Entry = ("Flatten", {})
_GLOBAL: _Entry = ("GlobalAveragePooling2D", {})


def _lenet() -> Network:
    return _network(
        (32, 32, 1),
        *(_conv(6, 5, activation="tanh"), _MEAN),
        *(_conv(16, 5, activation="tanh"), _MEAN),
        *(_conv(120, 5, activation="tanh"), _FLAT),
        *(_dense(84, activation="tanh"), _dense(10, activation="softmax")),
    )


def _tiny_vgg() -> Network:
    stage = (_conv(10), _act("relu"), _conv(10), _act("relu"), _POOL)
    return _network((64, 64, 3), *stage, *stage, _FLAT, _dense(10), _act("softmax"))


def _modern() -> Network:
    stages = []
    for filters in (16, 32, 64):
        stages += [_conv(filters, padding="same", use_bias=False), _NORM, _act("relu"), _POOL]
    return _network((64, 64, 3), *stages, _GLOBAL, _dense(1, activation="sigmoid"))


def _all_convolutional() -> Network:
    stages = []
    for filters in (16, 32, 64):
        stages += [
            _conv(filters, padding="same", activation="relu"),
            _conv(filters, padding="same", strides=2, activation="relu"),
        ]
    return _network((64, 64, 3), *stages, _conv(1, 1), _GLOBAL, _act("sigmoid"))


def _too_deep() -> Network:
    stages = []
    for filters in (16, 16, 32, 32, 64):
        stages += [_conv(filters), _act("relu"), _POOL]
    return _network((32, 32, 3), *stages, _FLAT, _dense(1, activation="sigmoid"))


PRESETS: tuple[Preset, ...] = (
    Preset(
        "post",
        "The post's network",
        "The network of the post, three times convolution, ReLU and pooling: "
        "97.6 % of its parameters sit in one dense layer.",
        Network.seed(),
    ),
    Preset(
        "lenet5",
        "LeNet-5 (1998)",
        "The network that read cheques (LeCun et al. 1998), here with plain average pooling without trained "
        "coefficients, every map connected to every map, plain tanh, and softmax for the radial output units.",
        _lenet(),
    ),
    Preset(
        "tiny_vgg",
        "Tiny VGG",
        "The network of CNN Explainer: two convolutions before each pooling see 5 × 5 pixels with fewer weights "
        "than one large kernel.",
        _tiny_vgg(),
    ),
    Preset(
        "modern",
        "Small and modern",
        "Batch normalization and global average pooling in place of the large dense layer: "
        "a fiftieth of the parameters of the post's network.",
        _modern(),
    ),
    Preset(
        "all_convolutional",
        "All convolutional",
        "No pooling at all: convolutions with strides of 2 shrink the maps and learn how to "
        "(after Springenberg et al. 2015).",
        _all_convolutional(),
    ),
    Preset(
        "too_deep",
        "Too deep for its input",
        "Impossible on purpose: after three stages 2 × 2 pixels are left, too few for a 3 × 3 kernel; "
        "see what the doctor offers.",
        _too_deep(),
    ),
    Preset(
        "motif_detector",
        "DNA: one motif detector",
        "One filter of twelve letters and its strongest answer: the smallest network that can find a motif, "
        "wherever it stands.",
        motif_detector(),
    ),
    Preset(
        "primer",
        "DNA: the primer's network",
        "The network of Zou et al., A primer on deep learning in genomics (2019): 32 filters of twelve letters read a "
        "sequence of fifty.",
        primer(),
    ),
    Preset(
        "sequence_post",
        "DNA: the post's network",
        "The post's layers with one axis in place of two: nothing else changes when pictures become sequences.",
        sequence_seed(),
    ),
    Preset(
        "dilated",
        "DNA: a dilated stack",
        "Dilation 1, 2, 4 and 8: four kernels of three letters see 31 positions together, without any pooling.",
        dilated_stack(),
    ),
    Preset(
        "height_one",
        "DNA as a picture of height one",
        "The primer's network in two dimensions: with the same weights it gives the same numbers, for a sequence is a "
        "picture one pixel high.",
        with_height_one(primer()),
    ),
)
