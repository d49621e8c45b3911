"""Say in a script whether TensorFlow takes oneDNN: it goes by the processor, and not every network runs either way."""

from collections.abc import Sequence

from cnnlab.core.inside.graph import Node, crashes_on_gradient
from cnnlab.core.network.layers import KINDS

_LINES = """
import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "{}"  # {}
"""


def onednn_lines(nodes: Sequence[Node]) -> str:
    """Return the lines that must stand before `import keras`, beginning with an empty one; "" for most networks."""
    if crashes_on_gradient(nodes):
        return _LINES.format(0, "TensorFlow 2.21 dies of this network's gradient without it")
    if any(_scatters_widely(node) for node in nodes):
        return _LINES.format(1, "TensorFlow 2.21 has no dilated transposed convolution without it")
    return ""


def _scatters_widely(node: Node) -> bool:
    return node.class_name in KINDS and KINDS[node.class_name].scatters and max(node.config["dilation_rate"]) > 1
