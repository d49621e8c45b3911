"""Who trains next, and when: fair between students, and honest about what is not known."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.runs.engine.queue import (
    START_SECONDS,
    Pace,
    Place,
    describe_wait,
    expected_seconds,
    fair_order,
    places,
    starts,
)
from cnnlab.runs.record import Run, RunSpec, State
from cnnlab.runs.store import Store

SPEC = RunSpec(
    name="a",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
    epochs=10,
)


def run(name: str, owner: str, origin: str = "") -> Run:
    return Run(name, SPEC, State.QUEUED, 0.0, None, None, None, None, None, owner, origin=origin)


def names(runs: list[Run]) -> list[str]:
    return [r.id for r in runs]


def test_a_student_who_queues_one_run_does_not_wait_for_all_of_another() -> None:
    queued = [run("a1", "ann"), run("a2", "ann"), run("a3", "ann"), run("b1", "ben"), run("c1", "cem")]
    assert names(fair_order(queued, [], {})) == ["a1", "b1", "c1", "a2", "a3"]
    assert names(fair_order(queued, [run("a0", "ann")], {})) == ["b1", "c1", "a1", "a2", "a3"]


def test_who_has_just_trained_waits_for_those_who_have_not() -> None:
    queued = [run("a2", "ann"), run("a3", "ann"), run("b1", "ben"), run("c1", "cem")]
    assert names(fair_order(queued, [], {"ann": 50.0, "cem": 20.0})) == ["b1", "c1", "a2", "a3"]


def test_sixty_dropped_cookies_are_one_address() -> None:
    crowd = [run(f"x{i}", f"cookie {i}", "the attacker's") for i in range(60)]
    honest = [run("ann", "ann", "ann's"), run("ben", "ben", "ben's")]
    assert names(fair_order(crowd + honest, [], {}))[:3] == ["x0", "ann", "ben"]
    assert names(fair_order(crowd + honest, [run("x", "cookie", "the attacker's")], {}))[:2] == ["ann", "ben"]
    # A cookie that was never seen gains nothing at an address that has just trained.
    assert names(fair_order(crowd + honest, [], {"the attacker's": 50.0}))[:2] == ["ann", "ben"]


def test_where_all_share_one_address_students_still_take_turns() -> None:
    queued = [run("a1", "ann", "school"), run("a2", "ann", "school"), run("b1", "ben", "school")]
    assert names(fair_order(queued, [], {"school": 9.0})) == ["a1", "b1", "a2"]
    assert names(fair_order(queued, [], {"school": 9.0, "ann": 9.0})) == ["b1", "a1", "a2"]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=3))
def test_nobody_is_left_out_and_each_students_runs_keep_their_order(waiting: list[str], training: list[str]) -> None:
    queued = [run(f"{owner}{i}", owner) for i, owner in enumerate(waiting)]
    order = fair_order(queued, [run(f"active{i}", owner) for i, owner in enumerate(training)], {})
    assert sorted(names(order)) == sorted(names(queued))
    for owner in "abc":
        assert [r for r in order if r.owner == owner] == [r for r in queued if r.owner == owner]


def test_a_waiting_run_starts_when_a_slot_is_free() -> None:
    assert starts([30.0], [10.0, 20.0, 5.0], 1) == [30.0, 40.0, 60.0]
    assert starts([30.0, 12.0], [10.0, 20.0, 5.0], 2) == [12.0, 22.0, 30.0]
    assert starts([], [10.0, 20.0], 2) == [0.0, 0.0]


def test_behind_a_run_of_unknown_length_nothing_is_promised() -> None:
    assert starts([None], [10.0], 1) == [None]
    assert starts([30.0], [None, 5.0], 1) == [30.0, None]


def test_a_training_is_expected_to_take_as_long_as_a_like_one_scaled_by_its_multiply_adds() -> None:
    assert expected_seconds(SPEC, []) is None
    other = replace(SPEC, data="/else")
    assert expected_seconds(SPEC, [Pace(other, 9.0), Pace(SPEC, 2.0)]) == START_SECONDS + 20
    larger = replace(SPEC, network=Network.seed().with_image_size(128, 128))
    seconds = expected_seconds(larger, [Pace(SPEC, 2.0)])
    assert seconds is not None
    assert seconds == pytest.approx(START_SECONDS + 20 * 4.3, rel=0.2)


def test_the_wait_is_said_in_words() -> None:
    assert describe_wait(Place(2, None)) == "Place 2 in the queue."
    assert describe_wait(Place(1, 20.0)) == "Place 1 in the queue, expected to start in less than a minute."
    assert describe_wait(Place(3, 300.0)) == "Place 3 in the queue, expected to start in about 5 min."


def test_the_page_says_what_comes_before_a_run() -> None:
    assert describe_wait(Place(2, None, own=1, near=3)) == (
        "Place 2 in the queue. One training of the same student comes first: students take turns."
    )
    assert describe_wait(Place(5, 20.0, near=3)).endswith(
        ". 3 trainings from the same network address come first: addresses take turns."
    )


def test_a_place_counts_what_trains_and_waits_before_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.create(SPEC, State.STARTING, owner="ann", origin="school").id
    again = store.create(SPEC, owner="ann", origin="school").id
    other = store.create(SPEC, owner="ben", origin="school").id
    guest = store.create(SPEC, owner="cem", origin="home").id
    found = places(store, 1)
    assert store.get(first).origin == "school"
    assert {name: (p.place, p.own, p.near) for name, p in found.items()} == {
        guest: (1, 0, 0),
        other: (2, 0, 1),
        again: (3, 1, 2),
    }
    assert "school" not in (store.folder(guest) / "run.json").read_text()
    assert store.last_starts().keys() == {"ann", "school"}
    store.close()


def test_a_series_lets_others_and_its_owners_own_run_go_first() -> None:
    series = [replace(run(f"s{i}", "ann"), spec=replace(SPEC, series="x")) for i in range(4)]
    queued = [*series, run("a1", "ann"), run("b1", "ben"), run("b2", "ben")]
    assert names(fair_order(queued, [], {})) == ["a1", "b1", "b2", "s0", "s1", "s2", "s3"]
    assert names(fair_order([*series, run("b1", "ben")], [series[0]], {}))[0] == "b1"
