"""Let Keras itself summarise a network, and say which of its numbers are not ours."""

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.tf.build import build_model

WIDTH = 78


def summary(network: Network) -> tuple[str, list[str]]:
    """Return the text of `model.summary()`, and a sentence for every layer whose shape or count differs from ours.

    Raises `InvalidNetwork` for an impossible one.
    """
    rows = trace(network)
    model = build_model(network)
    lines: list[str] = []
    model.summary(line_length=WIDTH, print_fn=lambda text, **_: lines.append(text))
    differ = []
    for layer, row in zip(model.layers, rows, strict=True):
        theirs = (layer.name, tuple(layer.output.shape[1:]), layer.count_params())
        ours = (row.name, row.output_shape, row.params)
        if theirs != ours:
            differ.append(f"{row.name}: Keras says {theirs}, CNN Lab {ours}.")
    return "\n".join(lines), differ
