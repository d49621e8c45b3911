"""Let Keras itself summarise a network, and say which of its numbers are not ours."""

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.tf.build import build_model

WIDTH = 78
MOST_PARAMS = 100_000_000  # 400 MB of weights, which Keras makes to count them


class SummaryError(ValueError):
    """Say in one sentence why there is no summary."""


def summary(network: Network) -> tuple[str, list[str]]:
    """Return the text of `model.summary()`, and a sentence for every layer whose shape or count differs from ours.

    Raises `SummaryError` for a network that is too large to build, `InvalidNetwork` for an impossible one.
    """
    rows = trace(network)
    params = sum(row.params for row in rows)
    if params > MOST_PARAMS:
        raise SummaryError(
            f"Keras has to build all {params:,} parameters to summarise them; at most {MOST_PARAMS:,} are built here."
        )
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
