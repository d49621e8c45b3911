"""Ask a process of its own, in which TensorFlow lives, for the feature maps of a network."""

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.runs.environment import child_environment, inference_command
from cnnlab.runs.frames import Array, receive_frame, send_frame

TIMEOUT = 60.0  # seconds for one answer
MOST_SENT = 262_144  # input values of one window, 1 MiB: what a browser in a classroom receives at once
START_TIMEOUT = 120.0  # seconds to load TensorFlow, which a busy machine does slowly


class InferenceError(RuntimeError):
    """Say in one sentence why there are no maps."""


@dataclass(frozen=True)
class RandomWeights:
    """Name fresh weights as Keras draws them, the same ones for the same seed."""

    seed: int = 0


@dataclass(frozen=True)
class FileWeights:
    """Name the trained weights in a model file (.keras or .h5)."""

    path: Path


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


class InferenceClient:
    """Compute with one process, started when first needed and again after a crash; all threads share it."""

    def __init__(
        self,
        settings: Settings,
        timeout: float = TIMEOUT,
        command: Sequence[str] | None = None,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        self._settings = settings
        self._timeout = timeout
        self._start_timeout = start_timeout
        self._command = command or inference_command()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """Return the number of the process, or None if there is none now."""
        return self._process.pid if self._process else None

    def warm(self) -> None:
        """Start the process in the background, so that the first maps do not wait for it."""

        def ping() -> None:
            with contextlib.suppress(InferenceError):
                self._ask({"request": "ping"})

        threading.Thread(target=ping, name="warm-inference", daemon=True).start()

    def maps(
        self, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        """Return the output of every layer for one picture, the network's own output last.

        `pixels` is uint8 in `network.input_shape` (height, width, channels), and is divided by 255 as in training;
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
        answer, arrays = self._ask_of("window", network, weights, pixels, place=place)
        inputs, kernel, others, before, *after = arrays
        return Window(answer["first"], answer["bias"], inputs, kernel, others, before, tuple(after))

    def _ask_of(
        self, request: str, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8], **more: object
    ) -> tuple[dict[str, Any], list[Array]]:
        if pixels.dtype != np.uint8 or pixels.shape != network.input_shape:
            raise InferenceError(
                f"The network takes a picture of {network.input_shape} with values 0 to 255, but got {pixels.shape} "
                f"of {pixels.dtype}; resize the picture first."
            )
        header = {"request": request, "network": network.to_dict(), "weights": _weights_to_dict(weights), **more}
        return self._ask(header, [pixels])

    def model_network(self, path: Path) -> Network:
        """Return the network that a model file (.keras or .h5) holds; raise `InferenceError` if it cannot be shown."""
        return Network.from_dict(self._ask({"request": "model_network", "path": str(path)})[0]["network"])

    def summary(self, network: Network) -> tuple[str, list[str]]:
        """Return Keras' own `model.summary()` as text, and a sentence for every number that differs from our trace.

        Raises `InferenceError`.
        """
        answer = self._ask({"request": "summary", "network": network.to_dict()})[0]
        return answer["text"], answer["differ"]

    def close(self) -> None:
        """End the process, also in the middle of an answer."""
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._end()

    def _ask(self, header: Mapping[str, Any], arrays: Sequence[Array] = ()) -> tuple[dict[str, Any], list[Array]]:
        if not self._lock.acquire(timeout=self._timeout):
            raise InferenceError("Too many people are asking for feature maps right now; try again in a moment.")
        try:
            answer, results = self._exchange(header, arrays)
        finally:
            self._lock.release()
        if "error" in answer:
            raise InferenceError(answer["error"])
        return answer, results

    def _exchange(self, header: Mapping[str, Any], arrays: Sequence[Array]) -> tuple[dict[str, Any], list[Array]]:
        too_long = (
            f"The process that computes feature maps was not ready within {self._start_timeout:g} seconds; try again."
        )
        try:
            connection = self._ensure_process()
            too_long = "The feature maps took too long, so the computation was ended; try a smaller network or picture."
            deadline = time.monotonic() + self._timeout
            send_frame(connection, header, arrays, deadline)
            return receive_frame(connection, deadline)
        except TimeoutError:
            self._end()
            raise InferenceError(too_long) from None
        except (EOFError, OSError):
            code = self._end()
            raise InferenceError(
                f"The process that computes feature maps ended unexpectedly ({_exit(code)}); try again."
            ) from None
        except BaseException:
            # A half-read answer would be taken for the answer to the next question.
            self._end()
            raise

    def _ensure_process(self) -> socket.socket:
        if self._process is not None and self._connection is not None and self._process.poll() is None:
            return self._connection
        self._end()
        self._settings.home.mkdir(parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        with theirs, (self._settings.home / "inference.log").open("wb") as log:
            # The socket is its input and output, so it sees the end of this process as the end of its input.
            self._process = subprocess.Popen(
                self._command,
                env=child_environment(self._settings),
                cwd=self._settings.home,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=log,
                start_new_session=True,
            )
        self._connection = ours
        # The first answer waits for TensorFlow to load, which is not the fault of what is asked next.
        ready = time.monotonic() + self._start_timeout
        send_frame(ours, {"request": "ping"}, (), ready)
        receive_frame(ours, ready)
        return ours

    def _end(self) -> int | None:
        """End the process and return the exit code it had before, or the signal that ends it now."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection is not None:
            connection.close()
        if process is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            # A process that is crashing closes its socket a moment before its exit code is known.
            return process.wait(timeout=0.2)
        process.kill()
        return process.wait()


def _weights_to_dict(weights: Weights) -> dict[str, Any]:
    if isinstance(weights, RandomWeights):
        return {"kind": "random", "seed": weights.seed}
    return {"kind": "file", "path": str(weights.path)}


def _exit(code: int | None) -> str:
    if code is None:
        return "it never started"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
