"""Look inside a network while it trains: dead channels, answers, and what it sees in one picture or sequence."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.training.answers import Answers
from cnnlab.runs.record.events import Event
from cnnlab.runs.record.findings import Frame, compact, write_frame
from cnnlab.tf.data.batches import Batches

LOOKED_AT = 32  # validation pictures
AT_ONCE = 8  # of them: the maps of all would take more memory than a step of the training
EARLY_BATCHES = (1, 3, 10, 30)
FLAT = 0.05  # of the steepest slope of sigmoid or tanh
MOST_FRAMES = 30  # of the epochs of one training


class LookInside(keras.callbacks.Callback):
    """After every epoch write a `look` event, and a frame of the followed picture where there is one.

    The event has, for each layer with a ReLU, the share of channels that are zero for 32 validation pictures, for
    each hidden layer with sigmoid or tanh the share of its outputs that are saturated, and how often each class was
    the answer. `probe` is a picture (height, width, channels), or a sequence (length, 4), as it is batched. Of a
    borrowed trunk the first `below` layers are, which are not looked at.
    """

    def __init__(
        self,
        validation: Batches,
        n_classes: int,
        write: Callable[[Event], None],
        probe: npt.NDArray[np.generic] | None,
        folder: Path,
        rescale: float,
        below: int = 0,
    ) -> None:
        super().__init__()
        self._below = below
        chosen = np.unique(np.linspace(0, len(validation.images) - 1, LOOKED_AT).astype(int))
        self._pictures = validation.images[chosen].astype(np.float32) * np.float32(rescale)
        self._probe = None if probe is None else probe[None].astype(np.float32) * np.float32(rescale)
        self._n_classes = n_classes
        self._write = write
        self._folder = folder
        self._early = False

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Keep what the untrained network sees."""
        self._early = not self._folder.exists()
        if self._early:
            self._frame(0, 0)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Follow the first epoch more closely."""
        self._early = self._early and epoch == 0

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Keep what the network sees after a few of the first batches."""
        if self._early and batch + 1 in EARLY_BATCHES:
            self._frame(1, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Look at the layers and the answers; keep every epoch's frame, or evenly spread ones of a long training."""
        dead, saturated, given = self._seen()
        counts = np.bincount(given.ravel(), minlength=self._n_classes).tolist()
        self._write({"type": "look", "epoch": epoch + 1, "dead": dead, "saturated": saturated, "predicted": counts})
        every = -(-self.params["epochs"] // MOST_FRAMES)
        if (epoch + 1) % every == 0 or epoch + 1 == self.params["epochs"]:
            self._frame(epoch + 1, 0)

    def _seen(self) -> tuple[dict[str, float], dict[str, float], npt.NDArray[np.int64]]:
        """Return by layer the share of dead channels and of saturated outputs, and which class each answer is."""
        silent: dict[str, npt.NDArray[np.bool_]] = {}
        flat: dict[str, float] = {}
        given = []
        for first in range(0, len(self._pictures), AT_ONCE):
            part = output = self._pictures[first : first + AT_ONCE]
            for layer, output in outputs_of(self.model, part, self._below):
                if getattr(layer, "activation", None) is keras.activations.relu:
                    zero = np.all(output == 0, axis=tuple(range(output.ndim - 1)))
                    silent[layer.name] = silent.get(layer.name, True) & zero
                elif layer is not self.model.layers[-1] and (share := saturated_share(layer, output)) is not None:
                    flat[layer.name] = flat.get(layer.name, 0.0) + share * len(part)
            given.append((output[:, 0] > 0.5).astype(int) if output.shape[-1] == 1 else np.argmax(output, axis=-1))
        dead = {name: float(np.mean(zero)) for name, zero in silent.items()}
        saturated = {name: share / len(self._pictures) for name, share in flat.items()}
        return dead, saturated, np.concatenate(given)

    def _frame(self, epoch: int, batch: int) -> None:
        if self._probe is None:
            return
        maps, limits, channels, output = {}, {}, {}, np.zeros(0, np.float32)
        for i, (_, output) in enumerate(outputs_of(self.model, self._probe, self._below)):
            if output.ndim in (3, 4):
                maps[i], limits[i] = compact(_flat(output[0]))
                channels[i] = output.shape[-1]
        kinds = keras.layers.Conv2D, keras.layers.Conv1D
        first = next((layer for layer in self.model.layers if isinstance(layer, kinds)), None)
        kernel = None if first is None else first.kernel.numpy()
        kernel = kernel[None] if kernel is not None and kernel.ndim == 3 else kernel
        write_frame(self._folder, Frame(epoch, batch, maps, limits, channels, kernel, output[0].ravel()))


def _flat(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return maps (height, width, channels), those of a sequence (length, channels) with height 1."""
    return values[None] if values.ndim == 2 else values


def saturated_share(layer: keras.layers.Layer, output: npt.NDArray[np.float32]) -> float | None:
    """Return the share of a layer's outputs at which its sigmoid or tanh is flat, None for any other activation.

    Flat means a slope below 5 % of the steepest: y (1 − y) < 0.05 / 4 for sigmoid, 1 − y² < 0.05 for tanh. That is
    the same place on both curves, as tanh(x) = 2 sigmoid(2 x) − 1.
    """
    activation = getattr(layer, "activation", None)
    if activation is keras.activations.sigmoid:
        return float(np.mean(4 * output * (1 - output) < FLAT))
    return float(np.mean(1 - output**2 < FLAT)) if activation is keras.activations.tanh else None


def outputs_of(
    model: keras.Model, pictures: npt.NDArray[np.float32], below: int = 0
) -> Iterator[tuple[keras.layers.Layer, npt.NDArray[np.float32]]]:
    """Yield each layer but the first `below` with its output for pictures, as when predicting."""
    value = keras.ops.convert_to_tensor(pictures)
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    for place, layer in enumerate(layers):
        value = layer(value, training=False)
        if place >= below:
            yield layer, value.numpy()


def answers_to(model: keras.Model, validation: Batches, classes: tuple[str, ...], names: tuple[str, ...]) -> Answers:
    """Return what the network answers to every validation picture, in their order."""
    outputs = [model.predict_on_batch(pictures) for pictures, _ in validation]
    labels = validation.labels.astype(np.int64).ravel()
    return Answers(classes, labels, np.concatenate(outputs).astype(np.float64), names)
