"""Say who trains next and about when: network addresses take turns, and so do the students behind each."""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.processes.clock import seconds_since
from cnnlab.runs.record import ACTIVE, Run, RunSpec, State
from cnnlab.runs.record.progress import progress_of
from cnnlab.runs.store import Store

START_SECONDS = 5.0  # to load TensorFlow and the pictures
PACE_RUNS = 20  # how far back to look for a run whose pace is known


@dataclass(frozen=True)
class Place:
    """Hold where a run waits and why: `place` counts from 1; `seconds` until its start, None if that is not known.

    So many runs of the same student (`own`) and of the same network address (`near`) train or wait before it.
    """

    place: int
    seconds: float | None
    own: int = 0
    near: int = 0


def fair_order(queued: Sequence[Run], active: Sequence[Run], served: Mapping[str, float]) -> list[Run]:
    """Return the waiting runs (oldest first) in the order in which they start.

    Students take turns, and then the network addresses that they sit at, so that who drops the browser's cookie gains
    nothing. In both a run stands behind as many rounds as its owner (its address) has runs that train or wait before
    it; within a round those come first whose last run started longest ago. The trainings of a series stand behind
    everything else of their owner. `served` has the Unix seconds of that start
    by owner and by origin; who never trained is not in it.
    """
    by_students = _take_turns(
        sorted(queued, key=lambda run: bool(run.spec.series)), active, served, lambda run: run.owner
    )
    return _take_turns(by_students, active, served, _origin_of)


def _take_turns(
    queued: Sequence[Run], active: Sequence[Run], served: Mapping[str, float], who: Callable[[Run], str]
) -> list[Run]:
    ahead = Counter(who(run) for run in active)
    rounds = []
    for run in queued:
        rounds.append((ahead[who(run)], run))
        ahead[who(run)] += 1
    # Sorting keeps the order in which they came where nothing else decides.
    return [run for _, run in sorted(rounds, key=lambda pair: (pair[0], served.get(who(pair[1]), 0.0)))]


def _origin_of(run: Run) -> str:
    # What was launched by an older version has no origin.
    return run.origin or run.owner


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
    owners, origins = Counter(run.owner for run in active), Counter(_origin_of(run) for run in active)
    found = {}
    for i, (run, when) in enumerate(zip(order, seconds, strict=True)):
        found[run.id] = Place(i + 1, when, owners[run.owner], origins[_origin_of(run)])
        owners[run.owner] += 1
        origins[_origin_of(run)] += 1
    return found


def ends(store: Store, slots: int) -> dict[str, float | None]:
    """Return for every run that trains or waits in how many seconds it is done, None if that is not known."""
    active = store.in_state(*ACTIVE)
    order = fair_order(store.in_state(State.QUEUED), active, store.last_starts())
    known = paces(store)
    left = [_left(store, run, known) for run in active]
    durations = [expected_seconds(run.spec, known) for run in order]
    begin = starts(left, durations, slots)
    waiting = [None if a is None or b is None else a + b for a, b in zip(begin, durations, strict=True)]
    return {run.id: seconds for run, seconds in zip((*active, *order), (*left, *waiting), strict=True)}


def paces(store: Store) -> list[Pace]:
    """Return the pace of the newest runs that have trained an epoch, newest first."""
    found = []
    for run in store.runs(PACE_RUNS):
        epochs = [epoch["seconds"] for epoch in store.story(run.id).epochs]
        if epochs:
            found.append(Pace(run.spec, sorted(epochs)[len(epochs) // 2]))
    return found


def _left(store: Store, run: Run, known: Sequence[Pace]) -> float | None:
    if run.state == State.PAUSED:
        return None
    left = progress_of(store.story(run.id), run.spec.epochs).seconds_left
    if left is not None:
        return left
    whole = expected_seconds(run.spec, known)
    return None if whole is None else max(0.0, whole - (seconds_since(run.clock) or 0.0))


def _data_of(spec: RunSpec) -> tuple[object, ...]:
    return spec.data, spec.limit_per_class, spec.train_per_class


@lru_cache(maxsize=256)
def _macs(network: Network) -> int:
    return sum(row.macs for row in trace(network))


def describe_wait(place: Place) -> str:
    """Say in words where a run waits, when it starts, and what comes before it."""
    said = f"Place {place.place} in the queue"
    if place.seconds is not None:
        minutes = place.seconds / 60
        said += f", expected to start {'in less than a minute' if minutes < 1 else f'in about {round(minutes)} min'}"
    if place.own:
        said += f". {_first(place.own, 'of the same student')}: students take turns"
    elif place.near:
        said += f". {_first(place.near, 'from the same network address')}: addresses take turns"
    return f"{said}."


def _first(count: int, whose: str) -> str:
    return f"One training {whose} comes first" if count == 1 else f"{count} trainings {whose} come first"
