"""A ranking goes on beside the pages: shared, cancelled, refused in one sentence, and only a few at once."""

import threading
from collections.abc import Iterator

import pytest

from cnnlab.core.explain.strongest import Ranking, StrongestError
from cnnlab.processes.explain.strongest import Looked
from cnnlab.ui.explain.ranking_work import MOST_AT_WORK, Rankings, RankingWork, TooManyRankings

DONE = Ranking(3, ())
PATIENCE = 10.0


def ended(work: RankingWork | None) -> RankingWork:
    assert work is not None
    work.thread.join(PATIENCE)
    assert work.standing.ended
    return work


class Held:
    """Be the steps of a ranking that waits for a sign after its first batch."""

    def __init__(self) -> None:
        self.go_on, self.begun, self.times = threading.Event(), threading.Event(), 0

    def __call__(self) -> Iterator[Looked | Ranking]:
        self.times += 1
        yield Looked(1, 3)
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        yield DONE


def test_a_ranking_tells_how_far_it_is_and_stays_when_it_is_there() -> None:
    rankings, steps = Rankings(), Held()
    rankings.start("a", steps)
    assert steps.begun.wait(PATIENCE)
    work = rankings.get("a")
    assert work is not None
    assert work.standing.looked == Looked(1, 3)
    rankings.start("a", steps)
    steps.go_on.set()
    assert ended(work).standing.ranking is DONE
    rankings.start("a", steps)
    assert rankings.get("a") is work
    assert steps.times == 1


def test_a_cancelled_ranking_gives_nothing_and_can_be_begun_again() -> None:
    rankings, steps = Rankings(), Held()
    rankings.start("a", steps)
    assert steps.begun.wait(PATIENCE)
    work = rankings.get("a")
    assert work is not None
    work.cancel()
    steps.go_on.set()
    assert ended(work).standing.ranking is None
    rankings.start("a", steps)
    assert ended(rankings.get("a")).standing.ranking is DONE


def test_what_is_refused_is_said_in_its_sentence_and_what_breaks_in_one_of_ours() -> None:
    def refusing() -> Iterator[Looked | Ranking]:
        yield Looked(1, 3)
        raise StrongestError("No pictures are there.")

    rankings = Rankings()
    rankings.start("a", refusing)
    assert ended(rankings.get("a")).standing.refused == "No pictures are there."


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_breaks_is_said_too() -> None:
    def broken() -> Iterator[Looked | Ranking]:
        yield Looked(1, 3)
        raise KeyError("<b>")

    rankings = Rankings()
    rankings.start("a", broken)
    said = ended(rankings.get("a")).standing.refused
    assert said.startswith("The ranking broke off")
    assert "<b>" not in said


def test_only_a_few_are_at_work_at_once() -> None:
    rankings, steps = Rankings(), [Held() for _ in range(MOST_AT_WORK + 1)]
    for i, each in enumerate(steps[:-1]):
        rankings.start(str(i), each)
    with pytest.raises(TooManyRankings, match="try again"):
        rankings.start("one more", steps[-1])
    for each in steps:
        each.go_on.set()
    for i in range(MOST_AT_WORK):
        ended(rankings.get(str(i)))
    rankings.start("one more", steps[-1])
    assert ended(rankings.get("one more")).standing.ranking is DONE
