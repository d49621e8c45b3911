"""Hand one case to a reader and say how its contract was broken: a fault, a hang, a file left, a write elsewhere."""

import faulthandler
import gc
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

SECONDS_OF_WALL = 120.0  # for one case, on however busy a machine; then the process ends with a traceback
_CREATING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CHANGING = ("os.mkdir", "os.remove", "os.rmdir", "os.symlink", "os.chmod", "os.truncate")
_NEVER = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "pickle.find_class",
)


@dataclass(frozen=True)
class Broken:
    """Say what a case broke, in one line that is the same for the same fault, and all that is known of it."""

    what: str
    detail: str = ""


class _Hang(BaseException):
    """End a case that takes too long, wherever it is."""


class Watch:
    """Watch one process: make one for a process only, because what listens to its effects stays for good."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self._temporary = self.home / "temporary"
        self._temporary.mkdir()
        tempfile.tempdir = str(self._temporary)
        self._effects: list[str] = []
        self._is_on = False
        sys.dont_write_bytecode = True
        sys.addaudithook(self._heard)
        signal.signal(signal.SIGPROF, _too_long)

    def case(
        self,
        read: Callable[[bytes, Path], object],
        data: bytes,
        refusals: tuple[type[Exception], ...],
        seconds: float,
        may_ask: bool = False,
    ) -> Broken | None:
        """Let a reader read; return what is wrong. `refusals` are what it may raise, `seconds` are of the processor.

        One that may ask has another process do its work, which it starts again when that has died.
        """
        home = Path(tempfile.mkdtemp(dir=self.home))
        before, self._effects, self._is_on = _open_files(), [], not may_ask
        try:
            with _at_most(seconds):
                read(data, home)
            broken = None
        except refusals as refused:
            broken = None if str(refused).strip() else Broken("a refusal without a word")
            refused.__traceback__ = None  # it holds the files of the reader open
        except _Hang:
            broken = Broken("a hang", traceback.format_exc())
        except BaseException as error:
            broken = Broken(_place_of(error), traceback.format_exc())
        self._is_on = False
        broken = broken or self._left(before + may_ask)
        shutil.rmtree(home, ignore_errors=True)
        return broken

    def _left(self, before: int) -> Broken | None:
        if self._effects:
            return Broken(f"a write or call that no reader needs: {self._effects[0]}")
        if left := [path.name for path in self._temporary.iterdir()]:
            shutil.rmtree(self._temporary)
            self._temporary.mkdir()
            return Broken("a temporary file left behind", str(left))
        if _open_files() > before:
            gc.collect()
            if _open_files() > before:
                return Broken("a file left open")
        return None

    def _heard(self, event: str, given: tuple[object, ...]) -> None:
        if not self._is_on:
            return
        if event in _NEVER:
            self._effects.append(event)
        elif event == "open" and isinstance(given[2], int) and given[2] & _CREATING:
            self._changed(given[0])
        elif event == "os.rename":
            self._changed(given[0], given[2])
            self._changed(given[1], given[3])
        elif event in _CHANGING:
            self._changed(given[0], given[-1])

    def _changed(self, path: object, folder: object = -1) -> None:
        """Note a change elsewhere; a path may be relative to an open folder."""
        if not isinstance(path, str | bytes | os.PathLike):
            return
        changed = Path(os.fsdecode(path))
        if isinstance(folder, int) and folder >= 0:
            changed = Path(f"/dev/fd/{folder}").resolve() / changed
        if not changed.resolve().is_relative_to(self.home) and str(changed) != os.devnull:
            self._effects.append(f"change of {changed}")


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise _Hang


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End what takes longer: by the processor's time, so that a busy machine ends nothing, at last by the wall's."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(SECONDS_OF_WALL, exit=True)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - thousands of times a second


def _place_of(error: BaseException) -> str:
    """Return the kind of an error and where in our code it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/cnnlab/" in frame.filename]
    place = (ours or list(frames))[-1]
    return f"{type(error).__name__} in {Path(place.filename).name}:{place.name}"
