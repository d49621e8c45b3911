import pytest

from cnnlab.core.training.story import Story
from cnnlab.runs.record.progress import Progress, progress_of

START = {"type": "start", "batches": 10, "validation_batches": 3}


def batch(epoch: int, number: int, seconds: float) -> dict:
    return {"type": "batch", "epoch": epoch, "batch": number, "batches": 10, "seconds": seconds}


def epoch(number: int, seconds: float) -> dict:
    return {"type": "epoch", "epoch": number, "seconds": seconds}


def test_nothing_is_known_before_the_start() -> None:
    assert progress_of(Story([]), 5) == Progress(0, 5, 0, 0, 0.0, None)
    assert progress_of(Story([START]), 5) == Progress(0, 5, 0, 10, 0.0, None)


def test_the_first_batch_of_all_says_nothing_about_time_because_it_is_traced() -> None:
    progress = progress_of(Story([START, batch(1, 1, 4.0)]), 2)
    assert (progress.epoch, progress.batch, progress.fraction) == (1, 1, 1 / 20)
    assert progress.seconds_left is None


def test_time_left_in_the_first_epoch_takes_validation_as_a_third_of_a_training_batch() -> None:
    progress = progress_of(Story([START, batch(1, 1, 4.0), batch(1, 5, 4.4)]), 2)
    assert progress.seconds_left == pytest.approx(15 * 0.1 + 2 * 3 * 0.1 / 3)


def test_time_left_counts_what_an_epoch_spends_after_its_last_batch() -> None:
    events = [START, batch(1, 1, 4.0), batch(1, 10, 4.9), epoch(1, 5.4), batch(2, 4, 0.4)]
    assert progress_of(Story(events), 3).seconds_left == pytest.approx(16 * 0.1 + 2 * 0.5)


def test_time_left_follows_the_last_twenty_records() -> None:
    slow = [batch(1, n, 1.0 * n) for n in range(1, 11)]
    fast = [batch(e, n, 0.1 * n) for e in (2, 3, 4) for n in range(1, 11)]
    events = [START, *slow, epoch(1, 10.0), *fast, epoch(4, 1.0)]
    assert progress_of(Story(events), 5).seconds_left == pytest.approx(1.0)


def test_epochs_of_one_batch_are_timed_as_a_whole() -> None:
    start = {"type": "start", "batches": 1, "validation_batches": 1}
    events = [start, batch(1, 1, 5.0), epoch(1, 6.0), batch(2, 1, 0.4), epoch(2, 0.6)]
    assert progress_of(Story(events), 4).seconds_left == pytest.approx(2 * 0.6 + 2 * 0.2)


def test_a_finished_training_has_no_time_left_and_a_stopped_one_none_to_tell() -> None:
    events = [START, batch(1, 1, 4.0), batch(1, 10, 5.0), epoch(1, 6.0)]
    assert progress_of(Story([*events, {"type": "end"}]), 1) == Progress(1, 1, 10, 10, 1.0, 0.0)
    stopped = progress_of(Story([*events, batch(2, 5, 0.5), {"type": "end"}]), 2)
    assert stopped.fraction == 15 / 20
    assert stopped.seconds_left is None
