"""Say what an output of one number costs, and how strongly it is told to change, as Keras computes it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

EPSILON = np.float32(1e-7)
"""How near to 0 and 1 Keras lets a probability come before it takes the logarithm (`keras.config.epsilon`)."""

LOGITS = np.round(np.arange(-60, 61) / 10, 1).astype(np.float32)
ACTIVATIONS = ("sigmoid", "relu")

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class OutputLoss:
    """Hold, for every logit, the output, its binary cross-entropy, and the derivative of that by the logit."""

    output: Values
    loss: Values
    gradient: Values


def output_loss(logits: Values, activation: str, true_class: int) -> OutputLoss:
    """Return what binary cross-entropy makes of float32 logits behind a sigmoid or a ReLU; `true_class` is 0 or 1.

    As in Keras: the output is kept between 1e-7 and 1 − 1e-7, and no gradient passes where it had to be moved
    (`keras/src/backend/tensorflow/nn.py`, `binary_crossentropy`).
    """
    one = np.float32(1)
    if activation == "sigmoid":
        output = one / (one + np.exp(-logits))
        slope = output * (one - output)
    else:
        output = np.maximum(logits, np.float32(0))
        slope = (logits > 0).astype(np.float32)
    kept = np.clip(output, EPSILON, one - EPSILON)
    loss = -np.log(kept) if true_class else -np.log(one - kept)
    towards = -one / kept if true_class else one / (one - kept)
    gradient = np.where(output == kept, towards * slope, np.float32(0))
    return OutputLoss(output, loss, gradient)
