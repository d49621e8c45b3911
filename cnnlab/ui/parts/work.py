"""Let what takes many questions go on beside the pages: a few works at once, each shared by whoever asks for the same.

A page that is left or drawn again loses nothing of it. Only who asked for a work can cancel it, and it ends once all of
them have.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from cnnlab.core.kept import KeptByBytes
from cnnlab.core.words import Refusal
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.visitor import me

MOST_AT_WORK = 2
MOST_REMEMBERED = 16  # works that ended without a result
POLL_SECONDS = 0.5

T = TypeVar("T")


class TooMuchWork(Refusal):
    """Say that no work is begun now."""


@dataclass(frozen=True)
class Step:
    """Tell how far a work is, from 0 to 1, and in words."""

    share: float
    said: str


Steps = Callable[[], Iterator[Step | T]]
"""What does a work: it tells each step, and yields the result at last."""


@dataclass(frozen=True)
class Standing:
    """Tell the last step of a work, whether it has ended, and the sentence why there is no result, if it says one."""

    step: Step = Step(0.0, "Beginning…")
    ended: bool = False
    refused: str = ""


class Work(Generic[T]):
    """Take the steps in a thread until the result is there, refused or cancelled; `keep` receives it."""

    def __init__(self, steps: Steps[T], keep: Callable[[T], object], asker: str) -> None:
        self._steps, self._keep = steps, keep
        self._askers = {asker}
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self.standing = Standing()
        self.thread = threading.Thread(target=self._work, name="beside-pages", daemon=True)
        self.thread.start()

    def join(self, asker: str) -> None:
        """Let somebody else wait for it too."""
        with self._lock:
            self._askers.add(asker)

    def is_asked_by(self, asker: str) -> bool:
        """Tell whether somebody asked for it, and has not cancelled it."""
        return asker in self._askers

    def cancel(self, asker: str) -> None:
        """Wait for it no more; once nobody does, it ends before its next step."""
        with self._lock:
            self._askers.discard(asker)
            if not self._askers:
                self._cancelled.set()

    def _work(self) -> None:
        try:
            for step in self._steps():
                if self._cancelled.is_set():
                    break
                if isinstance(step, Step):
                    self.standing = Standing(step)
                else:
                    self._keep(step)
            self.standing = Standing(self.standing.step, ended=True)
        except Refusal as refused:
            self.standing = Standing(ended=True, refused=str(refused))
        except Exception:
            self.standing = Standing(ended=True, refused="The work broke off; the server's log says why. Try again.")
            raise


class Works(Generic[T]):
    """Hold one kind of work by its key, and the last results within `most_bytes`, as `size` counts them."""

    def __init__(self, most_bytes: int, size: Callable[[T], int]) -> None:
        self._kept: KeptByBytes[T] = KeptByBytes(most_bytes, size)
        self._lock = threading.Lock()
        self._works: dict[str, Work[T]] = {}

    def found(self, key: str) -> T | None:
        """Return the result of a key, if it is kept."""
        return self._kept.peek(key)

    def get(self, key: str) -> Work[T] | None:
        """Return the work under this key, also one that has ended."""
        with self._lock:
            return self._works.get(key)

    def start(self, key: str, steps: Steps[T], asker: str) -> None:
        """Begin a work, or join it if it goes on, unless its result is kept; raise `TooMuchWork`."""
        with self._lock:
            known = self._works.get(key)
            if self.found(key) is not None:
                return
            if known is not None and not known.standing.ended:
                known.join(asker)
                return
            at_work = sum(not work.standing.ended for work in self._works.values())
            if at_work >= MOST_AT_WORK:
                raise TooMuchWork(
                    f"{at_work} works of this kind go on on this server, as many as may be; try again in a minute."
                )
            self._works.pop(key, None)
            self._works[key] = Work(steps, lambda found: self._kept.get(key, lambda: found), asker)
            ended = [old for old, work in self._works.items() if work.standing.ended]
            for old in ended[:-MOST_REMEMBERED]:
                del self._works[old]

    def clear(self) -> None:
        """Forget everything; what goes on ends by itself."""
        with self._lock:
            self._works.clear()
        self._kept.clear()


def begin(works: Works[T], key: str, steps: Steps[T]) -> None:
    """Begin a work for a press; why it is not begun is said where it is awaited."""
    try:
        works.start(key, steps, me())
    except TooMuchWork as error:
        st.session_state[f"refused {key}"] = str(error)


def awaited(works: Works[T], key: str, name: str) -> T | None:
    """Return the result of a key; until it is there draw how far it is, or why there is none, and return None.

    `name` tells the button that cancels it from others on the page.
    """
    found = works.found(key)
    if found is not None:
        return found
    if sentence := st.session_state.pop(f"refused {key}", ""):
        refuse(sentence)
    work = works.get(key)
    if work is not None and not work.standing.ended:
        _watch(work, f"{name}_cancel")
    elif work is not None and work.standing.refused:
        refuse(work.standing.refused)
    return None


@st.fragment(run_every=POLL_SECONDS)
def _watch(work: Work[T], button: str) -> None:
    """Draw how far a work is until it ends; then run the page."""
    if work.standing.ended:
        st.rerun()
        return
    st.progress(work.standing.step.share, text=work.standing.step.said)
    if work.is_asked_by(me()):
        st.button("Cancel", key=button, on_click=lambda: work.cancel(me()))
