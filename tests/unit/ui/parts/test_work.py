"""A work goes on beside the pages: shared, cancelled, refused in one sentence, and only a few at once."""

import threading
from collections.abc import Iterator

import pytest

from cnnlab.core.explain.strongest import StrongestError
from cnnlab.ui.parts.work import MOST_AT_WORK, Step, TooMuchWork, Work, Works

PATIENCE = 10.0
ME, YOU = "me", "you"


def works() -> Works[str]:
    return Works(1000, len)


def ended(work: Work[str] | None) -> Work[str]:
    assert work is not None
    work.thread.join(PATIENCE)
    assert work.standing.ended
    return work


class Held:
    """Be the steps of a work that waits for a sign after its first one."""

    def __init__(self) -> None:
        self.go_on, self.begun, self.times = threading.Event(), threading.Event(), 0

    def __call__(self) -> Iterator[Step | str]:
        self.times += 1
        yield Step(0.25, "one of four")
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        yield "done"


def test_a_work_tells_how_far_it_is_and_its_result_stays_for_whoever_asks_next() -> None:
    of, steps = works(), Held()
    of.start("a", steps, ME)
    assert steps.begun.wait(PATIENCE)
    work = of.get("a")
    assert work is not None
    assert (work.standing.step.share, work.standing.step.said) == (0.25, "one of four")
    assert of.found("a") is None
    of.start("a", steps, ME)
    steps.go_on.set()
    ended(work)
    assert of.found("a") == "done"
    of.start("a", steps, ME)
    assert of.get("a") is work
    assert steps.times == 1


def test_a_cancelled_work_gives_nothing_and_can_be_begun_again() -> None:
    of, steps = works(), Held()
    of.start("a", steps, ME)
    assert steps.begun.wait(PATIENCE)
    work = of.get("a")
    assert work is not None
    work.cancel(ME)
    steps.go_on.set()
    assert ended(work).standing.refused == ""
    assert of.found("a") is None
    of.start("a", steps, ME)
    ended(of.get("a"))
    assert of.found("a") == "done"


def test_nobody_cancels_what_somebody_else_waits_for() -> None:
    of, steps = works(), Held()
    of.start("a", steps, ME)
    assert steps.begun.wait(PATIENCE)
    work = of.get("a")
    assert work is not None
    work.cancel(YOU)
    of.start("a", steps, YOU)
    assert work.is_asked_by(YOU)
    work.cancel(YOU)
    assert not work.is_asked_by(YOU)
    assert work.is_asked_by(ME)
    steps.go_on.set()
    ended(work)
    assert of.found("a") == "done"


def test_what_is_refused_is_said_in_its_sentence() -> None:
    def refusing() -> Iterator[Step | str]:
        yield Step(0.5, "half")
        raise StrongestError("No pictures are there.")

    of = works()
    of.start("a", refusing, ME)
    assert ended(of.get("a")).standing.refused == "No pictures are there."
    assert of.found("a") is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_breaks_is_said_in_a_sentence_of_ours() -> None:
    def broken() -> Iterator[Step | str]:
        yield Step(0.5, "half")
        raise KeyError("<b>")

    of = works()
    of.start("a", broken, ME)
    said = ended(of.get("a")).standing.refused
    assert said.startswith("The work broke off")
    assert "<b>" not in said


def test_only_a_few_are_at_work_at_once() -> None:
    of, steps = works(), [Held() for _ in range(MOST_AT_WORK + 1)]
    for i, each in enumerate(steps[:-1]):
        of.start(str(i), each, ME)
    with pytest.raises(TooMuchWork, match="try again"):
        of.start("one more", steps[-1], ME)
    for each in steps:
        each.go_on.set()
    for i in range(MOST_AT_WORK):
        ended(of.get(str(i)))
    of.start("one more", steps[-1], ME)
    ended(of.get("one more"))
    assert of.found("one more") == "done"


def test_results_are_kept_within_a_number_of_bytes() -> None:
    of = Works[str](5, len)
    for key, found in (("a", "123"), ("b", "456"), ("c", "123456")):
        of.start(key, lambda found=found: iter([found]), ME)
        ended(of.get(key))
    assert (of.found("a"), of.found("b"), of.found("c")) == (None, "456", None)
