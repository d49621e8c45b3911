"""The history of a network: what can be taken back, and what counts as one step."""

from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.network import Network
from cnnlab.core.network.history import COALESCE_SECONDS, MOST_STEPS, History

SEED = Network.seed()
SIZED = [SEED.with_image_size(size, size) for size in range(150, 160)]
KERNEL, FILTERS = "layer0.kernel_size", "layer0.filters"


def changed(*networks: Network) -> History:
    history = History()
    for network in networks:
        history = history.changed(network)
    return history


def test_a_new_history_holds_the_posts_network_and_nothing_to_take_back() -> None:
    history = History()
    assert (history.network, history.past, history.future, history.before) == (SEED, (), (), None)
    assert history.undone() is history
    assert history.redone() is history


def test_the_same_network_again_is_no_change() -> None:
    history = changed(SIZED[1]).undone()
    assert history.changed(SEED) is history, "what was taken back can still come again"


def test_a_change_can_be_taken_back_and_made_again() -> None:
    history = changed(SIZED[1], SIZED[2])
    assert history.undone().network == SIZED[1]
    assert history.undone().undone().network == SEED
    assert history.undone().undone().redone().redone().network == SIZED[2]


def test_a_change_after_an_undo_ends_what_could_come_again() -> None:
    history = changed(SIZED[1], SIZED[2]).undone().changed(SIZED[3])
    assert history.future == ()
    assert history.past == (SEED, SIZED[1])


def test_quick_moves_of_one_control_are_one_step() -> None:
    history = History()
    for i, now in enumerate((10.0, 10.9, 11.8), start=1):
        history = history.changed(SIZED[i], KERNEL, now)
    assert history.past == (SEED,)
    assert history.before == SIZED[2]
    assert history.undone().network == SEED


def test_a_pause_another_control_or_an_undo_begin_a_step() -> None:
    first = History().changed(SIZED[1], KERNEL, 10.0)
    assert first.changed(SIZED[2], KERNEL, 10.0 + COALESCE_SECONDS).past == (SEED, SIZED[1])
    assert first.changed(SIZED[2], FILTERS, 10.1).past == (SEED, SIZED[1])
    assert first.changed(SIZED[2], "", 10.1).past == (SEED, SIZED[1])
    again = first.undone().redone()
    assert again.changed(SIZED[2], KERNEL, 10.1).past == (SEED, SIZED[1])


def test_the_version_grows_but_for_live_controls() -> None:
    moved = History().changed(SIZED[1], KERNEL, 1.0)
    assert moved.version == 0
    versions = [one.version for one in (moved.changed(SIZED[2]), moved.undone(), moved.undone().redone())]
    assert versions == [1, 1, 2]


def test_only_the_last_steps_are_kept() -> None:
    history = changed(*(SIZED[i % 10] for i in range(1, MOST_STEPS + 21)))
    assert len(history.past) == MOST_STEPS
    assert history.past[-1] == SIZED[(MOST_STEPS + 19) % 10]


@given(st.lists(st.sampled_from(["undo", "redo", *range(10)])))
def test_the_way_back_and_forth_meets_the_same_networks(steps: list[str | int]) -> None:
    history = History()
    for step in steps:
        line = (*history.past, history.network, *reversed(history.future))
        if isinstance(step, int):
            history = history.changed(SIZED[step])
            continue
        old = history
        history = history.undone() if step == "undo" else history.redone()
        assert (*history.past, history.network, *reversed(history.future)) == line
        assert (history.before == old.network) or history is old
