"""A machine with 2 GB serves a class of thirty beside a training."""

import pytest

from benchmarks.page.small_machine import MOST, STUDENTS, class_beside_training
from benchmarks.support import servers


@pytest.mark.slow
def test_thirty_students_beside_a_training_take_less_memory_than_2_gb_leave() -> None:
    with servers.app() as app:
        watch = class_beside_training(app)
    assert STUDENTS == 30
    assert watch.samples > 20
    assert set(watch.peaks) >= {"serves the pages", "looks inside networks", "trains, or waits for a training"}
    assert watch.peak.total() / 2**20 <= MOST, f"\n{watch}"
