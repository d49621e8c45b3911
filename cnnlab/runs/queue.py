"""Say who trains next and about when: every student's first run comes before anybody's second."""

import heapq
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.runs.progress import progress_of
from cnnlab.runs.record import ACTIVE, Run, RunSpec, State
from cnnlab.runs.store import Store

START_SECONDS = 5.0  # to load TensorFlow and the pictures
PACE_RUNS = 20  # how far back to look for a run whose pace is known


@dataclass(frozen=True)
class Place:
    """Hold where a run waits: `place` counts from 1; `seconds` until its start, None if that is not known."""

    place: int
    seconds: float | None


def fair_order(queued: Sequence[Run], active: Sequence[Run], served: Mapping[str, float]) -> list[Run]:
    """Return the waiting runs (oldest first) in the order in which they start.

    A run stands behind as many rounds as its owner has runs that train or wait before it; within a round the owner
    comes first whose last run started longest ago. `served` has the Unix seconds of that start; who never trained
    is not in it.
    """
    ahead = Counter(run.owner for run in active)
    rounds = []
    for run in queued:
        rounds.append((ahead[run.owner], run))
        ahead[run.owner] += 1
    # Sorting keeps the order in which they came where nothing else decides.
    return [run for _, run in sorted(rounds, key=lambda pair: (pair[0], served.get(pair[1].owner, 0.0)))]


@dataclass(frozen=True)
class Pace:
    """Hold how long an epoch of a run took."""

    spec: RunSpec
    seconds: float


def expected_seconds(spec: RunSpec, known: Sequence[Pace]) -> float | None:
    """Return about how long a training takes, scaled by multiply-adds from the best comparable pace; None without."""
    if not known:
        return None
    same = [pace for pace in known if _data_of(pace.spec) == _data_of(spec)]
    pace = (same or known)[0]
    ratio = _macs(spec.network) / max(1, _macs(pace.spec.network))
    return START_SECONDS + spec.epochs * pace.seconds * ratio


def starts(left: Sequence[float | None], durations: Sequence[float | None], slots: int) -> list[float | None]:
    """Return in how many seconds each waiting run starts.

    `left` is what the running ones still take, `durations` what the waiting ones will take, in their order.
    """
    free: list[float] = [0.0] * max(0, slots - len(left))
    unknown = 0
    for seconds in left:
        if seconds is None:
            unknown += 1
        else:
            free.append(seconds)
    heapq.heapify(free)
    found: list[float | None] = []
    for duration in durations:
        # Behind a run of unknown length nothing can be said.
        if unknown or not free:
            found.append(None)
            continue
        start = heapq.heappop(free)
        found.append(start)
        if duration is None:
            unknown += 1
        else:
            heapq.heappush(free, start + duration)
    return found


def places(store: Store, slots: int) -> dict[str, Place]:
    """Return for every waiting run its place and when it is expected to start."""
    active = store.in_state(*ACTIVE)
    order = fair_order(store.in_state(State.QUEUED), active, store.last_starts())
    known = paces(store)
    left = [_left(store, run, known) for run in active]
    seconds = starts(left, [expected_seconds(run.spec, known) for run in order], slots)
    return {run.id: Place(i + 1, when) for i, (run, when) in enumerate(zip(order, seconds, strict=True))}


def paces(store: Store) -> list[Pace]:
    """Return the pace of the newest runs that have trained an epoch, newest first."""
    found = []
    for run in store.runs(PACE_RUNS):
        epochs = [e["seconds"] for e in store.events(run.id) if e["type"] == "epoch"]
        if epochs:
            found.append(Pace(run.spec, sorted(epochs)[len(epochs) // 2]))
    return found


def _left(store: Store, run: Run, known: Sequence[Pace]) -> float | None:
    if run.state == State.PAUSED:
        return None
    left = progress_of(store.events(run.id), run.spec.epochs).seconds_left
    if left is not None:
        return left
    whole = expected_seconds(run.spec, known)
    return None if whole is None else max(0.0, whole - (time.time() - (run.started or time.time())))


def _data_of(spec: RunSpec) -> tuple[object, ...]:
    return spec.data, spec.limit_per_class, spec.train_per_class


@lru_cache(maxsize=256)
def _macs(network: Network) -> int:
    return sum(row.macs for row in trace(network))


def describe_wait(place: Place) -> str:
    """Say in words where a run waits and when it starts."""
    said = f"Place {place.place} in the queue"
    if place.seconds is None:
        return f"{said}."
    minutes = place.seconds / 60
    about = "in less than a minute" if minutes < 1 else f"in about {round(minutes)} min"
    return f"{said}, expected to start {about}."
