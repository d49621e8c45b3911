"""Read the files of a stranger's data set in processes with limits: a bad one costs its own place, not the set."""

import contextlib
import os
import queue
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from cnnlab.core.data.archives.zip_archives import Skipped
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.data.survey.layouts import relative_name
from cnnlab.core.data.survey.reading import PictureFile, Read
from cnnlab.core.settings import Settings, decoders
from cnnlab.processes.child import Child, ChildError, Words
from cnnlab.processes.environment import ONE_THREAD, file_decoding_command
from cnnlab.processes.home.files import SCRATCH

TIMEOUT = 10.0  # seconds for one picture; one of 40 megapixels takes about one
START_TIMEOUT = 60.0  # seconds until Pillow is loaded on a busy machine
MOST_PROCESSES = 4
MOST_SLOW = 12  # pictures that may take too long, before the whole set is given up


class LimitedReading:
    """Be a `cnnlab.core.data.survey.reading.Reading` with processes of its own; a context that ends them.

    `timeout` is in seconds for one picture. The processes start when the first file is read, or with `warm`.
    """

    def __init__(self, settings: Settings, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._closed = False
        self._slow = 0
        words = Words(
            "The process that reads it",
            f"It took longer than {timeout:g} seconds to decode, so it was given up; save it again as JPEG or PNG.",
            "Too many pictures are being read right now; try again in a moment.",
        )
        self._children = [
            Child(
                settings,
                file_decoding_command(),
                f"{SCRATCH}/files-{os.getpid()}-{i}",
                words,
                timeout,
                START_TIMEOUT,
                ONE_THREAD,
            )
            for i in range(decoders(MOST_PROCESSES))
        ]
        self._logs = [settings.home / SCRATCH / f"files-{os.getpid()}-{i}.log" for i in range(len(self._children))]
        self._free: queue.SimpleQueue[Child] = queue.SimpleQueue()
        for child in self._children:
            self._free.put(child)

    def warm(self) -> None:
        """Start the processes in the background."""
        for child in self._children:
            child.warm()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes, also in the middle of a picture."""
        self._end()
        for log in self._logs:
            with contextlib.suppress(OSError):
                log.unlink()

    def __call__(self, paths: Sequence[Path], root: Path, max_pixels: int, tally: bool) -> Generator[Read]:
        """Give for each file what it holds; raise `DataSetError` once too many took too long.

        `max_pixels` is that of the settings, which the processes know.
        """
        left = len(paths)
        with ThreadPoolExecutor(len(self._children)) as pool:
            try:
                for read in pool.map(lambda path: self._read(path, root, tally), paths):
                    self._refuse_slowness()
                    left -= 1
                    yield read
            finally:
                if left:
                    pool.shutdown(wait=False, cancel_futures=True)
                    self._end()

    def _refuse_slowness(self) -> None:
        if self._slow > MOST_SLOW:
            raise DataSetError(
                f"More than {MOST_SLOW} pictures took longer than {self._timeout:g} seconds each to decode, so the set "
                "was given up; save these pictures again as JPEG or PNG."
            )

    def _read(self, path: Path, root: Path, tally: bool) -> Read:
        child = self._free.get()
        try:
            try:
                return self._ask(child, path, root, tally)
            except _Broken:
                # Once more, because a process can end for reasons that are none of the file's.
                return self._ask(child, path, root, tally)
        except _Broken as broken:
            return Skipped(relative_name(path, root), str(broken)), None
        finally:
            self._free.put(child)

    def _end(self) -> None:
        self._closed = True
        for child in self._children:
            child.close()

    def _ask(self, child: Child, path: Path, root: Path, tally: bool) -> Read:
        if self._closed:
            raise _Broken("The reading was ended.")
        began = time.monotonic()
        request = {"request": "read", "path": str(path), "root": str(root), "tally": tally}
        try:
            answer, arrays = child.ask(request)
        except ChildError as error:
            if time.monotonic() - began < self._timeout:
                raise _Broken(str(error)) from None
            self._slow += 1
            return Skipped(relative_name(path, root), str(error)), None
        if "skipped" in answer:
            return Skipped(*answer["skipped"]), None
        small, shares, thumbnail = arrays or (None, None, None)
        seen = None if small is None or shares is None or thumbnail is None else (small, shares, thumbnail)
        return PictureFile.of(path, answer["picture"]), seen


class _Broken(Exception):
    """Say why a process gave no answer, though there was time."""
