"""Know the layers that bend every value by itself."""

from cnnlab.core.network.layers.kind import Config, Effect, Kind, Option, Shape

ACTIVATIONS = ("relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "linear")


def activation_option(required: bool = False) -> Option:
    """Return the option `activation` of a layer; none given means linear, unless it is required."""
    default = None if required else "linear"
    return Option("text", default, required, choices=ACTIVATIONS, instead="relu")


def stays(config: Config, before: Shape) -> Effect:
    """Return the effect of a layer that keeps nothing and changes each value by itself."""
    return Effect(before)


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
)
