import pytest

from cnnlab.runs.ownership import TRIES, TRIES_OF_ALL, WINDOW, TeacherKey, may_change, owner_of
from cnnlab.runs.record import Run, RunError, State
from tests.unit.test_store import SPEC


def run_of(owner: str) -> Run:
    return Run("20260101-101500-a1b2", SPEC, State.RUNNING, 0.0, None, None, None, None, None, owner)


def test_a_run_is_changed_by_its_browser_and_by_the_teacher() -> None:
    mine, other = owner_of("my secret"), owner_of("another")
    assert may_change(run_of(mine), mine, teacher=False)
    assert not may_change(run_of(mine), other, teacher=False)
    assert not may_change(run_of(mine), "", teacher=False)
    assert may_change(run_of(mine), other, teacher=True)
    assert may_change(run_of(""), other, teacher=False)


def test_the_record_of_an_owner_does_not_give_its_secret_away() -> None:
    assert "my secret" not in owner_of("my secret")
    assert owner_of("my secret") == owner_of("my secret") != owner_of("my Secret")


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


def test_a_key_opens_and_a_wrong_one_does_not(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    assert key.opens("open sesame", "a")
    assert not key.opens("open sesamé", "a")
    assert not key.opens("", "a")
    assert not TeacherKey("").opens("", "a")


def test_after_five_wrong_keys_even_the_right_one_waits_a_minute(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    assert [key.opens(f"guess {i}", "a") for i in range(TRIES)] == [False] * TRIES
    with pytest.raises(RunError, match="wait a minute"):
        key.opens("open sesame", "a")
    assert key.opens("open sesame", "b")
    clock[0] += WINDOW + 1
    assert key.opens("open sesame", "a")


def test_who_takes_a_new_name_for_every_guess_is_stopped_too(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    for i in range(TRIES_OF_ALL):
        assert not key.opens("guess", f"browser {i}")
    with pytest.raises(RunError, match="Too many"):
        key.opens("guess", "one more")
