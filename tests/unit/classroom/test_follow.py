"""A class follows its teacher: a change is seen by another process at once, and asking costs next to nothing."""

import time
from pathlib import Path

import pytest

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.follow import Followed
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.store.faults import ClassroomFault
from tests.unit.classroom.exercise_files import opened


def test_another_server_sees_a_change_once(room: Classroom, given_out: str, home: Path) -> None:
    other = opened(home)
    assert other.follow.read_since(given_out, 0) is None
    first = room.follow.publish(given_out, Followed("convolution", "conv2d", 3, (4, 5)))
    seen = other.follow.read_since(given_out, 0)
    assert seen == Followed("convolution", "conv2d", 3, (4, 5), number=first)
    assert other.follow.read_since(given_out, first) is None
    assert other.follow.read_since("", 0) is None
    second = other.follow.let_go(given_out)
    assert room.follow.read_since(given_out, first) == Followed(on=False, number=second)
    assert second > first
    other.close()


@pytest.mark.parametrize(
    "seen",
    [
        Followed("cellar"),
        Followed(layer="x" * 121),
        Followed(channel=-1),
        Followed(place=(0, 10**6)),
        Followed(view={"part": "x" * 121}),
        Followed(network="x" * 100_000),
        Followed(view={str(n): "" for n in range(9)}),
    ],
)
def test_nobody_follows_to_where_nothing_is(room: Classroom, seen: Followed) -> None:
    with pytest.raises(ClassroomError, match="A class follows a page"):
        room.follow.publish("", seen)


def test_asking_four_times_a_second_is_next_to_nothing(room: Classroom, given_out: str) -> None:
    number = room.follow.publish(given_out, Followed())
    began = time.process_time()
    for _ in range(400):
        assert room.follow.read_since(given_out, number) is None
    # A hundred seconds of asking.
    assert time.process_time() - began < 1.0


def test_who_reads_does_not_wait_for_who_writes(room: Classroom, given_out: str, home: Path) -> None:
    number = room.follow.publish(given_out, Followed())
    with room._database.writing():
        # Whoever waits for no lock refuses where one would be needed.
        hasty = opened(home, patience=0.0)
        assert hasty.follow.read_since(given_out, number - 1) is not None
        with pytest.raises(ClassroomFault):
            hasty.follow.publish(given_out, Followed())
    hasty.close()
