"""Be the process that fetches CIFAR-10's cats and dogs with Keras' own loader: `python -m cnnlab.tf.data.cifar10`.

Its output is that of `cnnlab.processes.data.data_job`: one JSON object a line.
"""

import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnlab.core.data.archives.zip_archives import ArchiveError, Skipped
from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from cnnlab.processes.data.data_job import NICE, Teller, say

KEY = "keras-cifar10-cats-and-dogs"
NAME = "CIFAR-10 cats and dogs"
CLASSES = {"cats": 3, "dogs": 5}  # their labels in CIFAR-10
ARCHIVE_BYTES = 170_498_071
SECONDS_WITHOUT_AN_ANSWER = 20
SECONDS_BETWEEN = 0.3
HOST = "www.cs.toronto.edu"

Split = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def fetch(settings: Settings, tell: Callable[[int, int], None]) -> str:
    """Fetch, keep and read the pictures, and return the reference; raise `DataSetError` with one sentence."""
    entry = Library(settings).add_made(KEY, NAME, lambda folder: _fill(folder, settings), tell)
    say(what="")
    load(entry.reference, settings.max_pixels, tally=True, cache=settings.surveys, on_progress=tell)
    return entry.reference


def _fill(folder: Path, settings: Settings) -> list[Skipped]:
    """Write the pictures of both classes as PNG files, the test set as validation."""
    home = settings.home / "keras"
    shutil.rmtree(home, ignore_errors=True)
    try:
        training, test = _downloaded(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    say(what="Writing the pictures", done=0, total=0)
    for split, (images, labels) in (("train", training), ("validation", test)):
        for name, label in CLASSES.items():
            place = folder / split / name
            place.mkdir(parents=True)
            for i, image in enumerate(images[labels[:, 0] == label]):
                Image.fromarray(image).save(place / f"{i:04}.png", compress_level=1)
    return []


def _downloaded(home: Path) -> tuple[Split, Split]:
    """Return what `keras.datasets.cifar10.load_data` gives, with a sentence for what may go wrong."""
    keras.config.disable_interactive_logging()  # its progress bar would be written between our lines
    socket.setdefaulttimeout(SECONDS_WITHOUT_AN_ANSWER)
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(home / "datasets", ended), daemon=True)
    watcher.start()
    try:
        training, test = keras.datasets.cifar10.load_data()
    except Exception as error:
        raise DataSetError(_sentence(error)) from error
    finally:
        ended.set()
        watcher.join()
    return training, test


def _sentence(error: Exception) -> str:
    """Say what went wrong; Keras raises a plain Exception when the network fails."""
    if "hash does not match" in str(error):
        return "CIFAR-10 arrived incomplete or changed: its checksum is not the one that Keras expects; try again."
    if isinstance(error, OSError) or "URL fetch failure" in str(error):
        return (
            f"CIFAR-10 could not be fetched from {HOST}: this computer seems to be offline, or the site does not "
            "answer; try again when it is online, or choose a bundled set."
        )
    return f"CIFAR-10 was fetched but could not be read ({type(error).__name__}); try again."


def _watch(folder: Path, ended: threading.Event) -> None:
    """Say how much of the archive has arrived until it is all there."""
    while not ended.wait(SECONDS_BETWEEN):
        arrived = sum(path.stat().st_size for path in folder.glob("*_archive"))
        total = ARCHIVE_BYTES >> 20
        say(what="Fetching CIFAR-10, MB", done=min(arrived >> 20, total), total=total)


def main() -> int:
    """Fetch the set; a refusal is an answer, not a failure."""
    os.nice(NICE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        reference = fetch(Settings.from_env(), Teller())
    except (DataSetError, ArchiveError) as error:
        say(refused=str(error))
        return 0
    say(reference=reference)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # TensorFlow's threads can keep an interpreter from ending, and everything is written.
    os._exit(code)
