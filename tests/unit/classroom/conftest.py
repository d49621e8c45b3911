from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnlab.classroom.classroom import Classroom
from tests.unit.classroom.exercise_files import Clock, exercise, opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(home: Path, clock: Clock) -> Iterator[Classroom]:
    """Return the classes of this test's home."""
    opened_room = opened(home, clock)
    yield opened_room
    opened_room.close()


@pytest.fixture
def given_out(room: Classroom) -> str:
    """Return the name of an exercise that was given out."""
    return room.exercises.add(exercise()).id
