"""Be the process that fetches what is offered: `python -m cnnlab.processes.data.fetch_job`, followed by its key.

Its output is that of `cnnlab.processes.data.data_job`: one JSON object a line. `done` and `total` are bytes while the
file arrives, is checked and unpacked, then pictures.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from cnnlab.core.data.archives.zip_archives import ArchiveError
from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.library import Entry, Library
from cnnlab.core.data.offers.files import FOLDER as ARRIVING
from cnnlab.core.data.offers.files import AlteredError, arrived, arriving, checked, fetched, keep_weights
from cnnlab.core.data.offers.keeping import keep_again, keep_set
from cnnlab.core.data.offers.offer import Contents, Offer
from cnnlab.core.data.offers.table import BREEDS, OFFERS
from cnnlab.core.settings import Settings
from cnnlab.processes.data.asking import FetchError, forget
from cnnlab.processes.data.data_job import MOST_MEMORY, Teller, answer, confine_to, limit_time, say
from cnnlab.processes.data.downloading import download
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.data.weight_file import vgg16_arrays
from cnnlab.processes.limits.memory import limit_memory
from cnnlab.processes.limits.priority import come_last
from cnnlab.processes.marks import lock

FETCHING, CHECKING, UNPACKING = "Fetching", "Checking", "Unpacking"


def main(arguments: list[str]) -> int:
    """Fetch one thing; a refusal is an answer, not a failure."""
    if len(arguments) != 1 or arguments[0] not in {*OFFERS, BREEDS.key}:
        return 2
    if arguments[0] == BREEDS.key:
        return run(lambda settings: _read(settings, lambda library: keep_again(BREEDS, library, Teller())))
    offer = OFFERS[arguments[0]]
    return run(lambda settings: fetch(offer, settings))


def run(work: Callable[[Settings], str]) -> int:
    """Do a piece of work with the settings of the environment, in a process of its own."""
    come_last()
    return answer(lambda: work(Settings.from_env()))


def fetch(offer: Offer, settings: Settings, plain_loopback: bool = False) -> str:
    """Fetch, check and keep a file, and return the reference of its set, or the name of a kept file.

    It is asked for only if it is not here, and with a limit on this process' memory once it is read. Raises `Refusal`.
    `plain_loopback` lets tests ask this machine over http.
    """
    known = Library(settings).of_offer(offer.key)
    if known is not None:
        if not known.shared:
            Library(settings).share(known, True)
        return known.reference
    if offer.contents is Contents.WEIGHTS and (weights := fetched(settings.home, offer)):
        return weights.name
    part = arriving(settings.home, offer)
    # Each web process of a home knows of its own downloads only.
    alone = lock(part.with_name(f"{part.name}.lock"))
    if alone is None:
        raise FetchError(f"{offer.name} is being fetched already; look again when it has arrived.")
    with alone:
        return _fetch(offer, part, settings, plain_loopback)


def _fetch(offer: Offer, part: Path, settings: Settings, plain_loopback: bool) -> str:
    digest = arrive(offer, settings, plain_loopback)
    if offer.contents is Contents.WEIGHTS:
        limit_time()
        confine_to(settings, settings.home / ARRIVING)
        limit_memory(MOST_MEMORY)
        weights = keep_weights(settings.home, offer, vgg16_arrays(part))
        forget(part)
        return weights.name
    reference = _read(settings, lambda library: keep(offer, part, digest, library))
    forget(part)
    return reference


def arrive(offer: Offer, settings: Settings, plain_loopback: bool = False) -> str:
    """Let a file arrive where it belongs and return its SHA-256; raise `DataSetError` with one sentence.

    One that is altered is thrown away; of one that ends early stays what has arrived.
    """
    part = arriving(settings.home, offer)
    _refuse_without_room(offer, settings)
    tell = Teller()
    say(what=FETCHING, done=arrived(settings.home, offer), total=offer.size)
    try:
        download(offer, part, tell, settings.disk.watch(FetchError), plain_loopback=plain_loopback)
    except OSError as error:
        raise FetchError(f"{offer.name} could not be written ({error.strerror}); free some space.") from error
    say(what=CHECKING, done=0, total=offer.size)
    try:
        return checked(part, offer, tell)
    except AlteredError:
        forget(part)
        raise


def keep(offer: Offer, part: Path, digest: str, library: Library) -> Entry:
    """Unpack and read a whole file, and say how far that is; one that turns out to be altered is thrown away."""
    written, tell, unpacked = 0, Teller(), Teller()

    def count(size: int) -> None:
        nonlocal written
        written += size
        unpacked(written, 0)

    say(what=UNPACKING, done=0, total=0)

    def read(done: int, total: int) -> None:
        if not tell.last:
            say(what="")
        tell(done, total)

    try:
        return keep_set(offer, part, digest, library, read, count)
    except (DataSetError, ArchiveError):
        # Without room for its pictures the file is as good as it was.
        if not library.settings.disk.problem():
            forget(part)
        raise


def _read(settings: Settings, make: Callable[[Library], Entry]) -> str:
    """Make a set and read all of it, within the limits of every job on data."""
    limit_time()
    confine_to(settings, settings.home / ARRIVING)
    with LimitedReading(settings) as reading:
        reading.warm()
        limit_memory(MOST_MEMORY)
        entry = make(Library(settings, reading))
        say(what="")
        cache, tell = settings.surveys, Teller()
        load(entry.reference, settings.max_pixels, tally=True, cache=cache, on_progress=tell, reading=reading)
    return entry.reference


def _refuse_without_room(offer: Offer, settings: Settings) -> None:
    """Raise `FetchError` if the file and its pictures find no room, in the home or on the disk."""
    more = offer.room - min(arrived(settings.home, offer), offer.size)
    if problem := settings.disk.problem(more):
        raise FetchError(problem)
    settings.home.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(settings.home).free) < more:
        raise FetchError(
            f"{offer.name} take {more / 1e6:,.0f} MB of the disk, and {free / 1e6:,.0f} MB are free; make room first."
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
