"""Places are lent in a fair order: one each, first to who has used them least."""

import threading
import time

import pytest

from cnnlab.processes.pictures.turns import NoTurnError, Turns


def use(turns: Turns, who: str, order: list[str], seconds: float = 0.0) -> threading.Thread:
    def work() -> None:
        with turns.take(who, 10):
            order.append(who)
            time.sleep(seconds)

    thread = threading.Thread(target=work)
    thread.start()
    # Whoever starts first stands first in the line.
    time.sleep(0.02)
    return thread


def test_who_used_least_comes_first_and_nobody_twice_at_once() -> None:
    turns, order = Turns(2), list[str]()
    threads = [use(turns, "greedy", order, 0.2) for _ in range(3)]
    threads += [use(turns, "slow", order, 0.3)]
    assert order == ["greedy", "slow"], "the second place is not for the same person"
    threads += [use(turns, who, order) for who in ("ann", "ben", "cem")]
    for thread in threads:
        thread.join()
    assert order == ["greedy", "slow", "ann", "ben", "cem", "greedy", "greedy"]


def test_who_gets_no_turn_is_told_and_the_place_comes_back_after_a_fault() -> None:
    turns = Turns(1)

    def fail() -> None:
        with turns.take("ann", 1):
            with pytest.raises(NoTurnError), turns.take("ben", 0.01):
                raise AssertionError
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with turns.take("ben", 1) as place:
        assert place == 0
