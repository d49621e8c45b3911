import contextlib
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest

from cnnlab.processes.home.keys import ADDRESSES, FORGOTTEN, LONGEST_WAIT
from cnnlab.runs.record import Run, RunError, State
from cnnlab.runs.record.ownership import (
    Origins,
    TeacherKey,
    is_among,
    may_change,
    owner_of,
    plain_address,
)
from tests.unit.runs.store.test_store import SPEC


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
    assert not key.opens("", "b")
    assert not TeacherKey("").opens("", "a")


def test_a_wrong_key_makes_its_address_wait_ever_longer(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    for wait in (1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT):
        assert not key.opens("guess", "a")
        clock[0] += wait - 0.01
        with pytest.raises(RunError, match="Too many wrong keys from your network address"):
            key.opens("guess", "a")
        clock[0] += 0.01


def test_while_an_address_waits_not_even_the_right_key_is_looked_at(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    assert not key.opens("guess", "a")
    with pytest.raises(RunError, match="try again in 1 s"):
        key.opens("open sesame", "a")
    assert key.opens("open sesame", "b")
    clock[0] += 1
    assert key.opens("open sesame", "a")
    assert not key.opens("guess", "a")
    clock[0] += 1
    assert key.opens("open sesame", "a")


def test_who_guesses_a_hundred_times_locks_nobody_else_out(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    checked = 0
    for _ in range(100):
        with contextlib.suppress(RunError):
            key.opens("guess", "the attacker's")
            checked += 1
        clock[0] += 1 / 30
    assert checked == 3  # at once, after one second and after two more
    assert key.opens("open sesame", "the teacher's")


def test_the_memory_of_wrong_keys_is_bounded_and_fades(clock: list[float]) -> None:
    key = TeacherKey("open sesame", lambda: clock[0])
    for i in range(ADDRESSES + 50):
        key.opens("guess", str(i))
    assert len(key._tries._wrong) == ADDRESSES
    clock[0] += FORGOTTEN
    key.opens("guess", str(ADDRESSES))
    assert key._tries._wrong[str(ADDRESSES)].count == 1


def test_an_address_is_written_down_so_that_only_its_home_could_tell_it(tmp_path: Path) -> None:
    here, again, elsewhere = Origins(tmp_path / "a"), Origins(tmp_path / "a"), Origins(tmp_path / "b")
    said = here.of("192.168.1.5", "ann")
    assert said == again.of("::ffff:192.168.1.5", "ben") != here.of("192.168.1.6", "ann")
    assert said != elsewhere.of("192.168.1.5", "ann")
    assert "192.168" not in said
    assert (tmp_path / "a" / "address.key").stat().st_mode & 0o077 == 0


def test_processes_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = set(pool.map(lambda _: Origins(tmp_path).of("10.0.0.1", ""), range(16)))
    assert len(said) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["address.key"]


def test_behind_a_shared_address_browsers_are_counted(tmp_path: Path) -> None:
    origins = Origins(tmp_path, (ip_network("10.1.0.0/16"),))
    assert origins.of("10.1.2.3", "ann") != origins.of("10.1.2.3", "ben")
    assert origins.of("10.1.2.3", "ann") == origins.of("::ffff:10.1.9.9", "ann")
    assert origins.of("10.2.0.1", "ann") == origins.of("10.2.0.1", "ben")


def test_what_is_no_address_is_nobodys_neighbour() -> None:
    assert plain_address("unix socket") == "unix socket"
    assert plain_address("::FFFF:127.0.0.1") == "127.0.0.1"
    assert not is_among("unix socket", (ip_network("0.0.0.0/0"),))
