"""Ask processes of their own, in which TensorFlow lives, what is inside a network or a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.graph import crashes_on_gradient
from cnnlab.core.inside.heavy import too_many_pairs
from cnnlab.core.inside.likeness import Twins, twins_of
from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import InvalidNetwork
from cnnlab.core.words import Refusal
from cnnlab.processes.child import Child, ChildError, Words
from cnnlab.processes.environment import ONEDNN_OFF, importer_command, inference_command
from cnnlab.processes.frames import Array
from cnnlab.processes.subjects import RandomWeights, Subject, Weighted

TIMEOUT = 60.0  # seconds for one answer
MOST_SENT = 262_144  # input values of one window, 1 MiB: what a browser in a classroom receives at once
START_TIMEOUT = 120.0  # seconds to load TensorFlow, which a busy machine does slowly
NETWORKS = Words(
    "The process that computes feature maps",
    "The feature maps took too long, so the computation was ended; try a smaller network or picture.",
    "Too many people are asking for feature maps right now; try again in a moment.",
)
MODELS = Words(
    "The process that opens other people's models",
    "The model took too long to open or run, so it was given up; use a smaller one.",
    "Too many models are being opened right now; try again in a moment.",
)


CAREFUL = Words(
    "The process that takes gradients through 1 × 1 convolutions with strides, which TensorFlow can die of,",
    "The gradient took too long, so it was given up; ask for fewer samples or steps, or use a smaller network.",
    "Too many people are asking for such gradients right now; try again in a moment.",
)


class InferenceError(Refusal):
    """Say in one sentence why there are no maps."""


@dataclass(frozen=True, eq=False)
class Window:
    """Hold what one output channel of a layer is computed from, float32 without the batch.

    `inputs` (height, width, channels) are input channels from `first` on, and `kernel` (kernel height, kernel width,
    channels) is what they meet; it is empty for pooling. `others` (output height, output width) is what all other
    input channels contribute. `before` is the sum with the bias before any activation; `after` are the maps after
    the layer's own activation and after each following layer up to a pooling layer. `norms` has for each of these
    layers `gamma`, `beta`, `mean`, `variance` and `epsilon` if it is batch normalization, else None.
    """

    first: int
    bias: float
    inputs: Array
    kernel: Array
    others: Array
    before: Array
    after: tuple[Array, ...]
    norms: tuple[dict[str, float] | None, ...] = ()


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


class Inside:
    """Ask what is inside any subject: of one process for our networks, of another for models that somebody else made.

    Each is started when first needed and again after a crash; all threads share them. `command` is what starts instead.
    `careful` are two more, for gradients that would end the others.
    """

    def __init__(
        self,
        settings: Settings,
        timeout: float = TIMEOUT,
        command: Sequence[str] | None = None,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        self._max_params = settings.max_params
        self.networks = Child(settings, command or inference_command(), "inference", NETWORKS, timeout, start_timeout)
        self.models = Child(settings, command or importer_command(), "importer", MODELS, timeout, start_timeout)
        self.careful = {
            process: Child(
                settings, command or start, f"careful-{process}", CAREFUL, timeout, start_timeout, ONEDNN_OFF
            )
            for process, start in (("networks", inference_command()), ("models", importer_command()))
        }

    def warm(self) -> None:
        """Start the process for networks in the background, so that the first maps do not wait for it."""
        self.networks.warm()

    @property
    def is_there(self) -> bool:
        """Tell whether the process for networks lives now; else it rests, or starts."""
        return self.networks.pid is not None

    def wake(self) -> None:
        """Start the process for networks in the background if it rests."""
        self.networks.wake()

    def rest(self, idle: float) -> None:
        """End each process that nobody has asked anything for so many seconds."""
        for child in (self.networks, self.models, *self.careful.values()):
            child.rest(idle)

    def look(self, subject: Subject, pixels: Pixels) -> Look:
        """Return the output of every layer for one picture, and the logits.

        `pixels` is uint8 in `subject.input_shape` (height, width, channels), and is rescaled as the subject says;
        the outputs are float32 without the batch, one for each of `subject.rows`. Raises `InferenceError`.
        """
        answer, arrays = self.ask("look", subject, pixels)
        return Look(tuple(arrays[:-1]), arrays[-1]) if answer["logits"] else Look(tuple(arrays), None)

    def window(self, subject: Subject, pixels: Pixels, index: int, channel: int, first: int = 0) -> Window:
        """Return what one output channel of a convolution or pooling layer is computed from; `pixels` as for `look`.

        Input channels are held from `first` on, as many as fit into `MOST_SENT` numbers. Raises `InferenceError`.
        """
        answer, (inputs, kernel, others, before, *after) = self.ask(
            "window", subject, pixels, index=index, channel=channel, first=first, most=MOST_SENT
        )
        norms = tuple(answer["norms"])
        return Window(answer["first"], answer["bias"], inputs, kernel, others, before, tuple(after), norms)

    def activity(self, subject: Subject, batch: Pixels) -> tuple[npt.NDArray[np.float32], ...]:
        """Return for each layer the largest absolute value of each channel, (channels,), over a batch of pictures.

        `batch` is uint8 (n, height, width, channels). A channel with 0 is dead for all of them. Raises
        `InferenceError`.
        """
        return tuple(self.ask("activity", subject, batch)[1])

    def twins(self, subject: Subject, batch: Pixels, least: float) -> tuple[Twins, ...]:
        """Return for each layer which channels are alike over a batch of pictures, as `Likeness.twins` does.

        `batch` is as for `activity`. A layer without maps has no channels in the answer. Raises `InferenceError`.
        """
        if problem := self._problem(subject) or too_many_pairs(row.shape for row in subject.rows):
            raise InferenceError(problem)
        return twins_of(self.ask("twins", subject, batch, least=least)[1])

    def kernels(self, subject: Subject) -> tuple[Kernel, ...]:
        """Return the kernels of every convolution; raise `InferenceError`."""
        answer, arrays = self.ask("kernels", subject)
        return tuple(
            Kernel(found["index"], found["part"], tuple(found["shape"]), values, tuple(found["bias"]))
            for found, values in zip(answer["kernels"], arrays, strict=True)
        )

    def summary(self, network: Network) -> tuple[str, list[str]]:
        """Return Keras' own `model.summary()` as text, and a sentence for every number that differs from our trace.

        Raises `InferenceError`.
        """
        answer = self.ask("summary", Weighted(network, RandomWeights()))[0]
        return answer["text"], answer["differ"]

    def keras_file(self, subject: Weighted) -> bytes:
        """Return a network with its weights as the file that `model.save` writes; raise `InferenceError`."""
        return self.ask("keras_file", subject)[1][0].tobytes()

    def close(self) -> None:
        """End all processes, also in the middle of an answer."""
        for child in (self.networks, self.models, *self.careful.values()):
            child.close()

    def ask(
        self,
        request: str,
        subject: Subject,
        pixels: Pixels | None = None,
        *more: Array,
        gradient: bool = False,
        **asked: object,
    ) -> tuple[dict[str, Any], list[Array]]:
        """Return what the process of a subject answers to one of its `QUESTIONS`; raise `InferenceError`.

        `more` arrays are sent behind the pixels. With `gradient` the question takes gradients: where TensorFlow can
        die of them, a process of its own does, without what it dies of.
        """
        if pixels is not None:
            _refuse_wrong_pixels(subject, pixels)
        if problem := self._problem(subject):
            raise InferenceError(problem)
        arrays = [*([] if pixels is None else [pixels]), *more]
        child = {"networks": self.networks, "models": self.models}[subject.process]
        if gradient and crashes_on_gradient(subject.graph.nodes):
            child = self.careful[subject.process]
        try:
            return child.ask({"request": request, "subject": subject.described, "asked": asked}, arrays)
        except ChildError as error:
            raise InferenceError(str(error)) from None

    def _problem(self, subject: Subject) -> str | None:
        try:
            return subject.problem(self._max_params)
        except InvalidNetwork as error:
            return str(error)


def _refuse_wrong_pixels(subject: Subject, pictures: Pixels) -> None:
    """Refuse what is no picture, or batch of pictures, that the subject takes."""
    shape = pictures.shape[-3:]
    if pictures.dtype != np.uint8 or shape != subject.input_shape:
        raise InferenceError(
            f"The network takes a picture of {subject.input_shape} with values 0 to 255, but got {shape} "
            f"of {pictures.dtype}; resize the picture first."
        )
