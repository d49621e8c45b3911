"""Rank patches beside the pages: a few rankings at once, each found by its key and shared by whoever asks for it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cnnlab.core.explain.strongest import Ranking
from cnnlab.core.words import Refusal
from cnnlab.processes.explain.strongest import Looked

MOST_AT_WORK = 2
MOST_KEPT = 16  # works that have ended

Steps = Callable[[], Iterator[Looked | Ranking]]


class TooManyRankings(Refusal):
    """Say that no ranking is begun now."""


@dataclass(frozen=True)
class Standing:
    """Tell how far a ranking is: what it has looked at, its result, or the sentence why there is none."""

    looked: Looked | None = None
    ranking: Ranking | None = None
    refused: str = ""
    cancelled: bool = False

    @property
    def ended(self) -> bool:
        """Tell whether nothing goes on any more."""
        return self.ranking is not None or bool(self.refused) or self.cancelled


class RankingWork:
    """Take the steps of one ranking in a thread until it is there, refused or cancelled."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._cancelled = threading.Event()
        self.standing = Standing()
        self.thread = threading.Thread(target=self._work, name="ranking", daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        """End it before its next batch of pictures."""
        self._cancelled.set()

    def _work(self) -> None:
        try:
            for step in self._steps():
                if self._cancelled.is_set():
                    self.standing = Standing(cancelled=True)
                    return
                self.standing = Standing(looked=step) if isinstance(step, Looked) else Standing(ranking=step)
        except Refusal as refused:
            self.standing = Standing(refused=str(refused))
        except Exception:
            self.standing = Standing(refused="The ranking broke off; the server's log says why. Try again.")
            raise


class Rankings:
    """Hold the rankings of a server by their key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[str, RankingWork] = {}

    def start(self, key: str, steps: Steps) -> None:
        """Begin a ranking, unless it goes on or is there; raise `TooManyRankings`."""
        with self._lock:
            known = self._works.get(key)
            if known is not None and (not known.standing.ended or known.standing.ranking is not None):
                return
            at_work = sum(not work.standing.ended for work in self._works.values())
            if at_work >= MOST_AT_WORK:
                raise TooManyRankings(
                    f"{at_work} rankings are at work on this server, as many as may be; try again in a minute."
                )
            self._works.pop(key, None)
            self._works[key] = RankingWork(steps)
            ended = [old for old, work in self._works.items() if work.standing.ended]
            for old in ended[:-MOST_KEPT]:
                del self._works[old]

    def get(self, key: str) -> RankingWork | None:
        """Return the work under this key, also one that has ended."""
        with self._lock:
            return self._works.get(key)

    def clear(self) -> None:
        """Cancel everything and forget it."""
        with self._lock:
            for work in self._works.values():
                work.cancel()
            self._works.clear()
