"""Write a network as Keras code that a student can take home, with nothing in it that Keras would assume anyway."""

from typing import Any

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace

LINE = 120


def arguments(layer: Layer) -> dict[str, Any]:
    """Return the options of a layer that differ from Keras' defaults, in order; equal pairs as one number."""
    given = {}
    for key, option in layer.kind.options.items():
        value = layer.config[key]
        follows = bool(option.follows) and value == layer.config[option.follows]
        if (option.required or value != option.default) and not follows:
            given[key] = _shortest(value)
    return given


def model_code(network: Network, l2: float = 0.0) -> str:
    """Return the statement `model = keras.Sequential([...])`; raise `InvalidNetwork` if it could not run.

    With `l2` every kernel has a regularizer.
    """
    rows = trace(network)
    lines = ["model = keras.Sequential(", "    [", f"        keras.Input({network.input_shape}),"]
    for layer, row in zip(network.layers, rows, strict=True):
        said = [f"{key}={literal(value)}" for key, value in arguments(layer).items()]
        kernels = layer.kind.kernels if l2 else ()
        said += [f"{kernel}_regularizer=keras.regularizers.L2({l2!r})" for kernel in kernels]
        lines += _call(f"keras.layers.{layer.class_name}", [*said, f"name={literal(row.name)}"])
    return "\n".join([*lines, "    ]", ")"])


def keras_script(network: Network, *, weights_file: str | None = None) -> str:
    """Return a Keras 3 script that rebuilds the network under the same names and prints its summary.

    With `weights_file` (a path that ends in .weights.h5) the script loads those weights as well. Raises
    `InvalidNetwork` for a network that Keras could not build.
    """
    total = sum(row.params for row in trace(network))
    parts = [
        f'"""A convolutional network with {total:,} parameters, exported from CNN Lab; needs Keras 3."""',
        "import keras",
        model_code(network),
    ]
    if weights_file is not None:
        parts.append(load_code(weights_file))
    return "\n\n".join([*parts, "model.summary()"]) + "\n"


def load_code(weights_file: str) -> str:
    """Return the statement that loads a weights file into the model."""
    return f"model.load_weights({literal(weights_file)})"


def literal(value: Any) -> str:
    """Return a value as Python source, texts in double quotes."""
    source = repr(value)
    return f'"{source[1:-1]}"' if source.startswith("'") and '"' not in source else source


def _call(name: str, given: list[str]) -> list[str]:
    """Return a call as one line of the list of layers, or one line an argument where it would be too long."""
    line = f"        {name}({', '.join(given)}),"
    if len(line) <= LINE:
        return [line]
    return [f"        {name}(", *(f"            {argument}," for argument in given), "        ),"]


def _shortest(value: Any) -> Any:
    """Return equal values as that value: (3, 3) and (3,) are 3, ((1, 1), (2, 2)) is (1, 2)."""
    if not isinstance(value, tuple):
        return value
    inner = tuple(_shortest(v) for v in value)
    if any(isinstance(v, tuple) for v in inner):
        return value
    return inner[0] if len(set(inner)) == 1 else inner
