"""Know the layers that bend every value by itself."""

from cnnlab.core.network.layers.kind import Config, Effect, Kind, Shape
from cnnlab.core.network.layers.option import Option

ACTIVATIONS = ("relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "linear")


def activation_option(required: bool = False) -> Option:
    """Return the option `activation` of a layer; none given means linear, unless it is required."""
    default = None if required else "linear"
    return Option("text", default, required, choices=ACTIVATIONS, instead="relu")


def stays(config: Config, before: Shape) -> Effect:
    """Return the effect of a layer that keeps nothing and changes each value by itself."""
    return Effect(before)


def _bend(config: Config) -> str:
    """Return "relu" for a plain ReLU, and another word for one that is bent otherwise."""
    plain = config["max_value"] is None and not config["negative_slope"] and not config["threshold"]
    return "relu" if plain else "bent relu"


def _relu_label(config: Config) -> str:
    return "relu" if config["max_value"] is None else f"relu to {config['max_value']:g}"


KINDS = (
    Kind(
        "Activation",
        "activation",
        "activation",
        {"activation": activation_option(required=True)},
        stays,
        label=lambda config: str(config["activation"]),
        sample={"activation": "relu"},
        pointwise=True,
        linear=True,
    ),
    Kind(
        "ReLU",
        "re_lu",
        "activation",
        {
            "max_value": Option("float", least=0, offers=(None, 1.0, 6.0)),
            "negative_slope": Option("float", 0.0, least=0, bounds=(0.0, 1.0, 0.05)),
            "threshold": Option("float", 0.0, least=0, bounds=(0.0, 2.0, 0.1)),
        },
        stays,
        label=_relu_label,
        pointwise=True,
        activation=_bend,
    ),
)
