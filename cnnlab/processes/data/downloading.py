"""Let a file arrive: as much as was offered and no more, going on where it stopped, never waiting without end."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from cnnlab.core.data.offers.offer import Offer
from cnnlab.core.data.survey.reading import OnProgress
from cnnlab.processes.data.asking import Answer, FetchError, Interrupted, ask, forget, refused_for_good

_BLOCK = 1 << 18


@dataclass(frozen=True)
class Patience:
    """Hold how long a download may take without getting on.

    A connection ends after `silence` seconds without a byte, or if fewer than `slow_bytes` came in `slow_seconds`. It
    is made again after `pause` seconds; `tries` in a row that bring fewer than `slow_bytes` end the download, and so do
    `longest` seconds in all.
    """

    silence: float = 20.0
    slow_bytes: int = 64 << 10
    slow_seconds: float = 60.0
    pause: float = 2.0
    tries: int = 3
    longest: float = 12 * 3600.0


def download(
    offer: Offer,
    part: Path,
    on_progress: OnProgress = lambda done, total: None,
    on_written: Callable[[int], None] = lambda size: None,
    patience: Patience | None = None,
    plain_loopback: bool = False,
) -> None:
    """Fetch what is missing of a file until `part` has all bytes of it; one that is whole asks nobody.

    What has arrived stays when it ends early. `on_written` receives the size of every block; what it raises ends the
    download. Raises `FetchError` with one sentence. `plain_loopback` lets tests ask this machine over http.
    """
    patience = patience or Patience()
    part.parent.mkdir(parents=True, exist_ok=True)
    ends, failed = time.monotonic() + patience.longest, 0
    with _alone(offer, part):
        if _size(part) > offer.size:
            forget(part)
        while (have := _size(part)) < offer.size:
            try:
                answer = ask(offer, part, patience.silence, plain_loopback)
                _take(offer, part, answer, on_progress, on_written, patience)
            except Interrupted as why:
                failed = failed + 1 if _size(part) - have < patience.slow_bytes else 0
                if failed >= patience.tries or time.monotonic() > ends:
                    raise refused_for_good(offer, why) from why
                time.sleep(patience.pause)


def _take(
    offer: Offer,
    part: Path,
    answer: Answer,
    on_progress: OnProgress,
    on_written: Callable[[int], None],
    patience: Patience,
) -> None:
    """Write an answer behind what is there; raise `Interrupted` if it ends or slows down before the file is whole."""
    done, mark, marked = answer.start, answer.start, time.monotonic()
    with answer.response, part.open("r+b" if answer.start else "wb") as file:
        file.seek(answer.start)
        while block := _read(answer):
            done += len(block)
            if done > offer.size:
                file.close()
                forget(part)
                raise FetchError(
                    f"{offer.host} sent more than the {offer.size:,} bytes that were offered, so it is another file "
                    "and was thrown away."
                )
            file.write(block)
            file.flush()  # whoever ends this process finds what was said to be there
            on_written(len(block))
            on_progress(done, offer.size)
            if (now := time.monotonic()) - marked >= patience.slow_seconds:
                if done - mark < patience.slow_bytes:
                    raise Interrupted("it came too slowly")
                mark, marked = done, now
    if done < offer.size:
        raise Interrupted(f"the connection ended after {done:,} of {offer.size:,} bytes")


def _read(answer: Answer) -> bytes:
    try:
        return answer.response.read1(_BLOCK)
    except TimeoutError as error:
        raise Interrupted("the site stopped sending") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Interrupted("the connection broke") from error


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


@contextmanager
def _alone(offer: Offer, part: Path) -> Iterator[None]:
    """Keep other processes of this home from the file; raise `FetchError` if one is at it."""
    with part.with_name(f".{part.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FetchError(f"{offer.name} are being fetched by another process already; wait for it.") from None
        yield
