"""Follow one filter along a sequence: its answer at each place, and every product that one answer is made of."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.sliding import Sliding, sliding
from cnnlab.core.network import Network
from cnnlab.core.sequences.letters import Codes, SequenceError, text_of
from cnnlab.core.shapes import trace

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Place:
    """Hold one answer in full: the letters under the window (a dot where padding is), products (size, 4), bias, sums.

    `positions` are those of the sequence, −1 for padding; `answer` is the sum with the bias, `rectified` behind ReLU;
    `pool` is the place of the pooling window that takes it, and `pooled` what that gives, None without one.
    """

    positions: tuple[int, ...]
    letters: str
    products: Values
    bias: float
    answer: float
    rectified: float
    pool: int | None
    pooled: float | None


@dataclass(frozen=True, eq=False)
class Scan:
    """Hold a filter's answers along a sequence, float32 (places,), and how its window and the pooling's slide."""

    codes: Codes
    kernel: Values
    bias: float
    answers: Values
    window: Sliding
    pool: Sliding | None

    def at(self, place: int) -> Place:
        """Return one answer in full; raise `SequenceError` for a place that there is not."""
        if not 0 <= place < len(self.answers):
            raise SequenceError(f"There is no place {place}; the filter has {len(self.answers)} along this sequence.")
        products = np.zeros_like(self.kernel)
        positions = [-1] * len(self.kernel)
        for tap, position in self.window.met(place):
            positions[tap] = position
            if (letter := self.codes[position]) < self.kernel.shape[1]:
                products[tap, letter] = self.kernel[tap, letter]
        letters = "".join("." if p < 0 else text_of(self.codes[p : p + 1]) for p in positions)
        answer = float(products.sum(dtype=np.float32)) + self.bias
        pool, pooled = self._pooled(place)
        return Place(tuple(positions), letters, products, self.bias, answer, max(answer, 0.0), pool, pooled)

    def _pooled(self, place: int) -> tuple[int | None, float | None]:
        if self.pool is None or (seen := self.pool.windows_over()[place]) is None:
            return None, None
        within = list(self.pool.seen(seen[0]))
        return seen[0], float(self.answers[within].max())


def scan(network: Network, codes: Codes, kernels: Values, biases: Values, filter_: int) -> Scan:
    """Return how a filter of the network's first layer answers along a sequence (length,), before any activation.

    `kernels` is (size, 4, filters), `biases` (filters,). The pooling is the layer behind it, other activations than
    ReLU aside. Raises `SequenceError` where the first layer is no Conv1D, or the sequence has another length.
    """
    first = network.layers[0] if network.layers else None
    if first is None or first.class_name != "Conv1D" or network.input_shape != (len(codes), 4):
        raise SequenceError(
            "A filter is followed along a sequence where the network begins with Conv1D and takes sequences of "
            f"{len(codes):,} × 4; this one does not."
        )
    rows = trace(network)
    (window,) = sliding(first, rows[0])
    kernel, bias = kernels[:, :, filter_], float(biases[filter_])
    padded = np.vstack([kernel.T, np.zeros((1, len(kernel)), np.float32)])
    answers = np.array(
        [sum(padded[codes[p], tap] for tap, p in window.met(i)) + bias for i in range(len(window.starts))], np.float32
    )
    behind = next((i for i, layer in enumerate(network.layers[1:], 1) if layer.kind.family != "activation"), None)
    pool = None
    if behind is not None and network.layers[behind].class_name == "MaxPooling1D":
        (pool,) = sliding(network.layers[behind], rows[behind])
    return Scan(codes, kernel, bias, answers, window, pool)
