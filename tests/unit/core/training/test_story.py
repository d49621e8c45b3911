"""A story holds what still holds, under its name, however it was told."""

from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.training.story import Story

KINDS = {
    "start": "starts",
    "batch": "batches",
    "epoch": "epochs",
    "look": "looks",
    "gradients": "gradients",
    "learning_rate": "rates",
}


def trained(first: int, last: int) -> list[dict]:
    """Return what a training says from the start of one epoch to the end of another."""
    told: list[dict] = [{"type": "start", "loss": f"from {first}"}]
    for epoch in range(first, last + 1):
        told += [{"type": kind, "epoch": epoch} for kind in ("batch", "learning_rate", "batch", "epoch", "look")]
        told.append({"type": "gradients", "epoch": epoch})
    return told


def settled(events: list[dict]) -> list[dict]:
    """Return the events that still hold, by looking at all of them again at each resume."""
    kept: list[dict] = []
    for event in events:
        if event["type"] == "resume":
            kept = [e for e in kept if e["type"] != "end" and e.get("epoch", 0) <= event["epoch"]]
        else:
            kept.append(event)
    return kept


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 9), st.booleans()), max_size=6))
def test_each_kind_stands_under_its_name_and_what_was_begun_again_is_forgotten(turns: list) -> None:
    events, trained_to = [], 0
    for back, more, cut, ended in turns:
        goes_on_after = max(0, trained_to - back)
        trained_to = goes_on_after + more
        told = trained(goes_on_after + 1, trained_to)
        events += [{"type": "resume", "epoch": goes_on_after}, *told[: len(told) - cut if cut < len(told) else 1]]
        events += [{"type": "end"}] if ended else []
    whole, by_and_by = Story(events), Story()
    for event in events:
        by_and_by.hear([event])
    kept = settled(events)
    for story in (whole, by_and_by):
        for kind, part in KINDS.items():
            assert getattr(story, part) == [e for e in kept if e["type"] == kind]
        assert story.records == [e for e in kept if e["type"] in ("batch", "epoch")]
        assert story.end == (kept[-1] if kept and kept[-1]["type"] == "end" else None)


def test_the_first_start_and_the_last_one_have_names() -> None:
    story = Story([*trained(1, 2), {"type": "resume", "epoch": 1}, *trained(2, 3)])
    assert (story.first_start["loss"], story.last_start["loss"]) == ("from 1", "from 2")
    assert (Story().first_start, Story().last_start) == ({}, {})


def test_a_story_grows_in_place() -> None:
    story = Story(trained(1, 1))
    batches = story.batches
    story.hear(trained(2, 2))
    assert story.batches is batches, "it is copied at each drawing"
    assert len(batches) == 4
