"""Keep what a training found out about itself beside its numbers: answers, and what it saw in one picture.

A sequence is followed as a picture is: `probe.npy` is (length, 4), and its maps have height 1.
`evaluation.json` holds the answers to the validation pictures; `probe.npy` the picture that is followed, and
`probe/` one frame an epoch and at a few early batches.
"""

import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.core.training.answers import Answers
from cnnlab.processes.home.files import replacing

FOLLOWED = "probe.npy"
FRAME = re.compile(r"(\d{4})-(\d{5})\.npz")
MOST_VALUES = 150_000  # of one layer in one frame; a layer with more shows its first channels only
STEPS = 127


def write_answers(path: Path, answers: Answers) -> None:
    """Write the answers as JSON."""
    data = {
        "classes": list(answers.classes),
        "labels": answers.labels.tolist(),
        "outputs": [[value if np.isfinite(value) else None for value in each] for each in answers.outputs.tolist()],
        "names": list(answers.names),
    }
    with replacing(path, alone=True) as new:
        new.write_text(json.dumps(data), encoding="utf-8")


def read_answers(path: Path) -> Answers | None:
    """Return the answers, or None if there are none (yet)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        outputs, labels = np.asarray(data["outputs"], np.float64), np.asarray(data["labels"], np.int64)
        classes, names = tuple(map(str, data["classes"])), tuple(map(str, data["names"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    fits = outputs.ndim == 2 and labels.shape == outputs.shape[:1] == (len(names),) and len(labels) > 0
    if not fits or outputs.shape[1] not in (1, len(classes)) or not 0 <= labels.min() <= labels.max() < len(classes):
        return None
    return Answers(classes, labels, outputs, names)


@dataclass(frozen=True, eq=False)
class Frame:
    """Hold what the network saw in the picture at one moment.

    `maps` has one array a layer, int8 (height, width, channels), by the layer's position; a value times its layer's
    `limits` entry / 127 is what Keras computed, to half a step. `kernel` is that of the first convolution, float32
    (height, width, input channels, filters), or None. `output` is the network's.
    """

    epoch: int
    batch: int
    maps: dict[int, npt.NDArray[np.int8]]
    limits: dict[int, float]
    channels: dict[int, int]
    kernel: npt.NDArray[np.float32] | None
    output: npt.NDArray[np.float32]

    def values(self, layer: int) -> npt.NDArray[np.float32]:
        """Return a layer's maps as float32."""
        return self.maps[layer].astype(np.float32) * np.float32(self.limits[layer] / STEPS)


def compact(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], float]:
    """Return maps (height, width, channels) in 127 steps to each side of zero, and the value of the last step."""
    kept = values[:, :, : max(1, MOST_VALUES // max(1, values.shape[0] * values.shape[1]))]
    limit = float(np.abs(kept).max(initial=0.0))
    if not np.isfinite(limit) or limit == 0:
        return np.zeros(kept.shape, np.int8), 0.0
    return np.rint(kept * (STEPS / limit)).astype(np.int8), limit


def write_frame(folder: Path, frame: Frame) -> None:
    """Write one frame; the file is always whole."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{frame.epoch:04}-{frame.batch:05}.npz"
    arrays: dict[str, npt.NDArray[np.generic]] = {f"map{i}": maps for i, maps in frame.maps.items()}
    arrays["places"] = np.array(list(frame.maps), np.int64)
    arrays["limits"] = np.array([frame.limits[i] for i in frame.maps], np.float64)
    arrays["channels"] = np.array([frame.channels[i] for i in frame.maps], np.int64)
    arrays["output"] = frame.output
    if frame.kernel is not None:
        arrays["kernel"] = frame.kernel
    with replacing(path, alone=True) as new, new.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read_frame(path: Path) -> Frame:
    """Return a frame; raise ValueError if the file is none."""
    named = FRAME.fullmatch(path.name)
    if named is None:
        raise ValueError(f"{path.name} is no frame of a probe.")
    try:
        with np.load(path, allow_pickle=False) as kept:
            places = [int(i) for i in kept["places"]]
            frame = Frame(
                int(named[1]),
                int(named[2]),
                {i: kept[f"map{i}"] for i in places},
                dict(zip(places, kept["limits"].tolist(), strict=True)),
                dict(zip(places, kept["channels"].tolist(), strict=True)),
                kept["kernel"] if "kernel" in kept.files else None,
                kept["output"],
            )
    except (OSError, KeyError, TypeError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path.name} is missing, damaged or cut short.") from error
    if frame.output.ndim != 1 or any(maps.ndim != 3 for maps in frame.maps.values()):
        raise ValueError(f"{path.name} is no frame of a probe.")
    return frame


def frames(folder: Path) -> list[tuple[int, int]]:
    """Return the (epoch, batch) of every frame; batch 0 is the end of the epoch, epoch 0 is before training."""
    found = [named for path in folder.glob("*.npz") if (named := FRAME.fullmatch(path.name))]
    # An epoch's early batches come before its end.
    return sorted(((int(n[1]), int(n[2])) for n in found), key=lambda moment: (moment[0], moment[1] == 0, moment[1]))


def read_followed(folder: Path, shape: tuple[int, ...]) -> npt.NDArray[np.uint8] | None:
    """Return the picture that a run in this folder follows, or None if there is none of this shape."""
    try:
        picture = np.load(folder / FOLLOWED, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return picture if picture.shape == shape and picture.dtype == np.uint8 else None


def frame_path(folder: Path, epoch: int, batch: int) -> Path:
    """Return the file of one moment."""
    return folder / f"{epoch:04}-{batch:05}.npz"
