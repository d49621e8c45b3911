"""Keep the pictures of one split with their labels, as files on disk or in memory, behind one interface."""

import io
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnlab.core.data.survey.reading import reading_pool
from cnnlab.core.pictures import Picture, PictureError, Pixels, decode, prepare
from cnnlab.core.words import Refusal

Labels = npt.NDArray[np.int64]
Sizes = npt.NDArray[np.int64]
AHEAD = 64  # pictures that are decoded while others are taken


class DataSetError(Refusal):
    """Say in one sentence why a data set cannot be used, and what to do; `tree` draws a layout not understood."""

    def __init__(self, sentence: str, tree: str = "") -> None:
        super().__init__(sentence)
        self.tree = tree


class Split(Protocol):
    """Give the pictures of one split and their labels, whatever they are kept in."""

    @property
    def labels(self) -> Labels:
        """Return the class index of each picture, int64 (n,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return a name to show for each picture."""

    @property
    def sizes(self) -> Sizes:
        """Return each picture's own width and height in pixels, int64 (n, 2)."""

    def __len__(self) -> int: ...

    def arrays(self, height: int, width: int, channels: int) -> Pixels:
        """Return all pictures resized as Keras does, uint8 (n, height, width, channels)."""

    def image(self, i: int) -> Pixels:
        """Return picture i at its own size, uint8 (height, width, 3)."""

    def picture(self, i: int) -> Picture:
        """Return picture i with what its file says about itself."""

    def name_of(self, i: int) -> str:
        """Return the name of picture i's file, without its folders."""

    def stored(self, i: int) -> bytes:
        """Return the content of picture i's file."""

    def relabelled(self, index: Labels) -> "Split":
        """Return the split with label i replaced by `index[i]`."""


@dataclass(frozen=True, eq=False)
class FileSplit:
    """Keep pictures as files on disk, decoded each time they are asked for."""

    labels: Labels
    names: tuple[str, ...]
    paths: tuple[Path, ...]
    sizes: Sizes
    max_pixels: int

    def __len__(self) -> int:
        return len(self.paths)

    def arrays(self, height: int, width: int, channels: int) -> Pixels:
        """Decode and resize all pictures on all cores; raise `DataSetError` if one has gone since the check."""
        out = np.empty((len(self), height, width, channels), np.uint8)
        for i, pixels in enumerate(self.prepared(height, width, channels)):
            out[i] = pixels
        return out

    def prepared(self, height: int, width: int, channels: int) -> Generator[Pixels]:
        """Yield every picture decoded and resized, on all cores and never many at once; raise `DataSetError`."""
        with reading_pool() as pool:
            waiting: deque[Future[Pixels]] = deque()
            try:
                for i in range(len(self)):
                    waiting.append(pool.submit(self._prepared, i, height, width, channels))
                    if len(waiting) == AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _prepared(self, i: int, height: int, width: int, channels: int) -> Pixels:
        return prepare(self.image(i), height, width, channels)

    def image(self, i: int) -> Pixels:
        """Decode picture i, uint8 (height, width, 3); raise `DataSetError` if it has gone since the check."""
        return self.picture(i).pixels

    def picture(self, i: int) -> Picture:
        """Decode picture i; raise `DataSetError` if it has gone since the check."""
        try:
            return decode(self.paths[i].read_bytes(), self.names[i], self.max_pixels)
        except (OSError, PictureError) as error:
            raise self._gone(i) from error

    def name_of(self, i: int) -> str:
        """Return the name of picture i's file, without its folders."""
        return self.paths[i].name

    def stored(self, i: int) -> bytes:
        """Return the file of picture i as it is; raise `DataSetError` if it has gone since the check."""
        try:
            return self.paths[i].read_bytes()
        except OSError as error:
            raise self._gone(i) from error

    def _gone(self, i: int) -> DataSetError:
        return DataSetError(
            f"{self.names[i]} could be read when the data set was checked but not any more; check it again."
        )

    def relabelled(self, index: Labels) -> "FileSplit":
        """Return the split with label i replaced by `index[i]`."""
        return replace(self, labels=index[self.labels])


@dataclass(frozen=True, eq=False)
class ArraySplit:
    """Keep pictures in memory, uint8 (n, height, width, 3)."""

    labels: Labels
    names: tuple[str, ...]
    images: Pixels

    def __len__(self) -> int:
        return len(self.images)

    @property
    def sizes(self) -> Sizes:
        """Return the one width and height of all pictures, int64 (n, 2)."""
        return np.tile(np.array(self.images.shape[2:0:-1], np.int64), (len(self), 1))

    def arrays(self, height: int, width: int, channels: int) -> Pixels:
        """Return all pictures resized as Keras does, uint8 (n, height, width, channels)."""
        if self.images.shape[1:] == (height, width, channels):
            return self.images
        return np.stack([prepare(image, height, width, channels) for image in self.images])

    def image(self, i: int) -> Pixels:
        """Return picture i as it is, uint8 (height, width, 3)."""
        return np.asarray(self.images[i])

    def picture(self, i: int) -> Picture:
        """Return picture i as if it had been a PNG file."""
        return decode(self.stored(i), self.names[i], self.images[i].size)

    def name_of(self, i: int) -> str:
        """Return the name that picture i would have as a PNG file."""
        return f"{int(self.names[i].rsplit('/', 1)[-1]):06}.png"

    def stored(self, i: int) -> bytes:
        """Return picture i as a PNG file."""
        out = io.BytesIO()
        Image.fromarray(self.images[i]).save(out, "PNG")
        return out.getvalue()

    def relabelled(self, index: Labels) -> "ArraySplit":
        """Return the split with label i replaced by `index[i]`."""
        return replace(self, labels=index[self.labels])
