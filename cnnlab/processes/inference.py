"""Ask a process of its own, in which TensorFlow lives, for the feature maps of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.heavy import MOST_PARAMETERS, too_heavy, too_many_pairs
from cnnlab.core.inside.likeness import Twins, twins_of
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import InvalidNetwork, trace
from cnnlab.processes.child import Child, ChildError, Words
from cnnlab.processes.environment import inference_command
from cnnlab.processes.frames import Array

TIMEOUT = 60.0  # seconds for one answer
MOST_SENT = 262_144  # input values of one window, 1 MiB: what a browser in a classroom receives at once
START_TIMEOUT = 120.0  # seconds to load TensorFlow, which a busy machine does slowly
WORDS = Words(
    "The process that computes feature maps",
    "The feature maps took too long, so the computation was ended; try a smaller network or picture.",
    "Too many people are asking for feature maps right now; try again in a moment.",
)


class InferenceError(RuntimeError):
    """Say in one sentence why there are no maps."""


@dataclass(frozen=True)
class RandomWeights:
    """Name fresh weights as Keras draws them, the same ones for the same seed."""

    seed: int = 0
    rescale: ClassVar[float] = 1 / 255


@dataclass(frozen=True)
class FileWeights:
    """Name the trained weights in a model file (.keras or .h5), and by what pixels were multiplied in training."""

    path: Path
    rescale: float = 1 / 255


Weights = RandomWeights | FileWeights


@dataclass(frozen=True, eq=False)
class Window:
    """Hold what one output channel of a layer is computed from, float32 without the batch.

    `inputs` (height, width, channels) are input channels from `first` on, and `kernel` (kernel height, kernel width,
    channels) is what they meet; it is empty for pooling. `others` (output height, output width) is what all other
    input channels contribute. `before` is the sum with the bias before any activation; `after` are the maps after
    the layer's own activation and after each following layer up to a pooling layer.
    """

    first: int
    bias: float
    inputs: Array
    kernel: Array
    others: Array
    before: Array
    after: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Look:
    """Hold what a network makes of one picture: every layer's output, float32 without the batch.

    `logits` is what went into the last activation, or None if nothing closes the network but its last layer.
    """

    outputs: tuple[Array, ...]
    logits: Array | None


@dataclass(frozen=True, eq=False)
class Kernel:
    """Hold one kernel of the layer at position `index`: `values` (height, width, input channels, filters), float32.

    `shape` is the full one; `values` may hold fewer filters and channels. `part` tells the two kernels of a separable
    convolution apart.
    """

    index: int
    part: str
    shape: tuple[int, int, int, int]
    values: Array
    bias: tuple[float, ...]


class InferenceClient:
    """Compute with one process, started when first needed and again after a crash; all threads share it."""

    def __init__(
        self,
        settings: Settings,
        timeout: float = TIMEOUT,
        command: Sequence[str] | None = None,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        self._max_params = settings.max_params
        self._child = Child(settings, command or inference_command(), "inference", WORDS, timeout, start_timeout)

    @property
    def pid(self) -> int | None:
        """Return the number of the process, or None if there is none now."""
        return self._child.pid

    def warm(self) -> None:
        """Start the process in the background, so that the first maps do not wait for it."""
        self._child.warm()

    def maps(
        self, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return the output of every layer for one picture, the network's own output last.

        `pixels` is uint8 in `network.input_shape` (height, width, channels), and is rescaled as in training;
        the outputs are float32 without the batch, one for each of `network.layers`. Raises `InferenceError`.
        """
        return tuple(self._ask_of("maps", network, weights, pixels)[1])

    def window(
        self,
        network: Network,
        weights: Weights,
        pixels: npt.NDArray[np.uint8],
        index: int,
        channel: int,
        first: int = 0,
    ) -> Window:
        """Return what one output channel of a convolution or pooling layer is computed from; `pixels` as for `maps`.

        Input channels are held from `first` on, as many as fit into `MOST_SENT` numbers. Raises `InferenceError`.
        """
        place = {"index": index, "channel": channel, "first": first, "most": MOST_SENT}
        return window_of(*self._ask_of("window", network, weights, pixels, place=place))

    def _ask_of(
        self, request: str, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8], **more: object
    ) -> tuple[dict[str, Any], list[Array]]:
        _refuse_wrong_pixels(network, pixels.dtype, pixels.shape)
        return self._ask(request, network, weights, [pixels], **more)

    def look(self, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8]) -> Look:
        """Return the output of every layer for one picture, as `maps` does, and the logits."""
        return look_of(*self._ask_of("look", network, weights, pixels))

    def activity(
        self, network: Network, weights: Weights, batch: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return for each layer the largest absolute value of each channel, (channels,), over a batch of pictures.

        `batch` is uint8 (n, height, width, channels). A channel with 0 is dead for all of them.
        """
        _refuse_wrong_pixels(network, batch.dtype, batch.shape[1:])
        return tuple(self._ask("activity", network, weights, [batch])[1])

    def twins(
        self, network: Network, weights: Weights, batch: npt.NDArray[np.uint8], least: float
    ) -> tuple[Twins, ...]:
        """Return for each layer which channels are alike over a batch of pictures, as `Likeness.twins` does.

        `batch` is as for `activity`. A layer without maps has no channels in the answer.
        """
        _refuse_wrong_pixels(network, batch.dtype, batch.shape[1:])
        return twins_of(self._ask("twins", network, weights, [batch], least=least)[1])

    def kernels(self, network: Network, weights: Weights) -> tuple[Kernel, ...]:
        """Return the kernels of every convolution of a network; raise `InferenceError`."""
        return kernels_of(*self._ask("kernels", network, weights))

    def summary(self, network: Network) -> tuple[str, list[str]]:
        """Return Keras' own `model.summary()` as text, and a sentence for every number that differs from our trace.

        Raises `InferenceError`.
        """
        answer = self._ask("summary", network, RandomWeights())[0]
        return answer["text"], answer["differ"]

    def close(self) -> None:
        """End the process, also in the middle of an answer."""
        self._child.close()

    def _ask(
        self, request: str, network: Network, weights: Weights, arrays: Sequence[Array] = (), **more: object
    ) -> tuple[dict[str, Any], list[Array]]:
        # A file has been sent or trained whole; random weights are made for everybody who asks.
        random = isinstance(weights, RandomWeights)
        most = self._max_params if random else max(self._max_params, MOST_PARAMETERS)
        header = {"request": request, "network": network.to_dict(), "weights": _weights_to_dict(weights), **more}
        try:
            problem = too_heavy(network, most)
            if request == "twins":
                problem = problem or too_many_pairs(row.output_shape for row in trace(network))
            if problem:
                raise InferenceError(problem)
            return self._child.ask(header, arrays)
        except (ChildError, InvalidNetwork) as error:
            raise InferenceError(str(error)) from None


def look_of(answer: Mapping[str, Any], arrays: Sequence[Array]) -> Look:
    """Read an answer to the request `look`."""
    return Look(tuple(arrays[:-1]), arrays[-1]) if answer["logits"] else Look(tuple(arrays), None)


def window_of(answer: Mapping[str, Any], arrays: Sequence[Array]) -> Window:
    """Read an answer to the request `window`."""
    inputs, kernel, others, before, *after = arrays
    return Window(answer["first"], answer["bias"], inputs, kernel, others, before, tuple(after))


def kernels_of(answer: Mapping[str, Any], arrays: Sequence[Array]) -> tuple[Kernel, ...]:
    """Read an answer to the request `kernels`."""
    return tuple(
        Kernel(found["index"], found["part"], tuple(found["shape"]), values, tuple(found["bias"]))
        for found, values in zip(answer["kernels"], arrays, strict=True)
    )


def _refuse_wrong_pixels(network: Network, dtype: Any, shape: tuple[int, ...]) -> None:
    if dtype != np.uint8 or shape != network.input_shape:
        raise InferenceError(
            f"The network takes a picture of {network.input_shape} with values 0 to 255, but got {shape} "
            f"of {dtype}; resize the picture first."
        )


def _weights_to_dict(weights: Weights) -> dict[str, Any]:
    if isinstance(weights, RandomWeights):
        return {"kind": "random", "seed": weights.seed, "rescale": weights.rescale}
    return {"kind": "file", "path": str(weights.path), "rescale": weights.rescale}
