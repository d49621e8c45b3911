"""Open models that somebody else made in a process of its own, with limits, and look into them there."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.exchange.imported import ImportedModel, ImportedRow, ModelFileError, kind_of
from cnnlab.core.inside.likeness import Twins, twins_of
from cnnlab.core.network import Network
from cnnlab.core.pictures import shown_name
from cnnlab.core.settings import Settings
from cnnlab.processes.child import Child, ChildError, Words
from cnnlab.processes.environment import importer_command
from cnnlab.processes.faults import sentence_of
from cnnlab.processes.files import replacing
from cnnlab.processes.frames import Array
from cnnlab.processes.inference import MOST_SENT, InferenceError, Kernel, Look, Window, kernels_of, look_of, window_of
from cnnlab.processes.model_files import make_room

TIMEOUT = 60.0  # seconds for one answer
START_TIMEOUT = 120.0  # seconds to load TensorFlow, which a busy machine does slowly
WORDS = Words(
    "The process that opens other people's models",
    "The model took too long to open or run, so it was given up; use a smaller one.",
    "Too many models are being opened right now; try again in a moment.",
)


class ModelImporter:
    """Keep imported files below `settings.home`/models and ask one limited process about them."""

    def __init__(self, settings: Settings, timeout: float = TIMEOUT, command: Sequence[str] | None = None) -> None:
        self._folder = settings.home / "models"
        self._disk = settings.disk
        self._child = Child(settings, command or importer_command(), "importer", WORDS, timeout, START_TIMEOUT)

    @property
    def pid(self) -> int | None:
        """Return the number of the process, or None if there is none now."""
        return self._child.pid

    def open(self, data: bytes, name: str, owner: str = "nobody", origin: str = "here") -> ImportedModel:
        """Return the model in the bytes of a file; raise `ModelFileError`. A refused file leaves nothing behind.

        `owner` and `origin` say whose it is and where in the network they are, as names of folders.
        """
        shown = shown_name(name)
        kind = kind_of(data[:4096], shown)
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / origin / owner / f"{digest}.{kind}"
        known = path.exists()
        if known:
            path.touch()
        else:
            if problem := self._disk.problem(len(data)):
                raise ModelFileError(problem)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with replacing(path) as new:
                    new.write_bytes(data)
            except OSError as error:
                raise ModelFileError(sentence_of(error, self._folder.parent)) from None
        try:
            answer = self._ask("open", path, shown)[0]
            return _model_of(answer, shown, path, digest)
        except InferenceError as error:
            if not known:
                path.unlink(missing_ok=True)
            raise ModelFileError(str(error)) from None
        finally:
            make_room(self._folder, path)

    def look(self, model: ImportedModel, pixels: npt.NDArray[np.uint8], scale: float, offset: float) -> Look:
        """Return every row's output for `pixels * scale + offset`; raise `InferenceError`.

        `pixels` is uint8 in `model.input_shape`.
        """
        return look_of(*self._ask("look", model.path, model.name, [pixels], scale=scale, offset=offset))

    def window(
        self,
        model: ImportedModel,
        pixels: npt.NDArray[np.uint8],
        scale: float,
        offset: float,
        index: int,
        channel: int,
        first: int = 0,
    ) -> Window:
        """Return what one output channel of the convolution or pooling layer at row `index` is computed from.

        Otherwise as `InferenceClient.window`; raise `InferenceError`.
        """
        place = {"index": index, "channel": channel, "first": first, "most": MOST_SENT}
        return window_of(
            *self._ask("window", model.path, model.name, [pixels], scale=scale, offset=offset, place=place)
        )

    def activity(
        self, model: ImportedModel, batch: npt.NDArray[np.uint8], scale: float, offset: float
    ) -> tuple[Array, ...]:
        """Return for each row the largest absolute value of each channel over a batch; raise `InferenceError`."""
        return tuple(self._ask("activity", model.path, model.name, [batch], scale=scale, offset=offset)[1])

    def twins(
        self, model: ImportedModel, batch: npt.NDArray[np.uint8], scale: float, offset: float, least: float
    ) -> tuple[Twins, ...]:
        """Return for each row which channels are alike over a batch of pictures; raise `InferenceError`."""
        more = {"scale": scale, "offset": offset, "least": least}
        return twins_of(self._ask("twins", model.path, model.name, [batch], **more)[1])

    def kernels(self, model: ImportedModel) -> tuple[Kernel, ...]:
        """Return the kernels of every convolution; raise `InferenceError`."""
        return kernels_of(*self._ask("kernels", model.path, model.name))

    def close(self) -> None:
        """End the process, also in the middle of an answer."""
        self._child.close()

    def _ask(
        self, request: str, path: Path, name: str, arrays: Sequence[Array] = (), **more: object
    ) -> tuple[dict[str, Any], list[Array]]:
        if not path.is_file():
            raise InferenceError(f"{name} is no longer kept on this server; bring the file again.")
        try:
            return self._child.ask({"request": request, "path": str(path), "name": name, **more}, arrays)
        except ChildError as error:
            raise InferenceError(str(error)) from None


def _model_of(answer: dict[str, Any], name: str, path: Path, digest: str) -> ImportedModel:
    height, width, channels = answer["input_shape"]
    return ImportedModel(
        name=name,
        path=path,
        sha256=digest,
        input_shape=(height, width, channels),
        free_size=answer["free_size"],
        rows=tuple(map(_row_of, answer["rows"])),
        outputs=tuple(answer["outputs"]),
        params=answer["params"],
        network=None if answer["network"] is None else Network.from_dict(answer["network"]),
        why=answer["why"],
    )


def _row_of(row: dict[str, Any]) -> ImportedRow:
    options = tuple((name, _frozen(value)) for name, value in row["options"])
    shape, inputs, sources = (tuple(row[name]) for name in ("output_shape", "inputs", "sources"))
    return ImportedRow(row["name"], row["class_name"], shape, row["params"], inputs, sources, options)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
