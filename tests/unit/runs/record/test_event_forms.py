"""What training says of itself is valid JSON, also when numbers are none, and the command line says so in words."""

import json
import math
from pathlib import Path

import pytest

from cnnlab.commands.train import _say_epoch, _say_json
from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.training.story import Story
from cnnlab.runs.judge.health import remarks
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.event_forms import in_form
from cnnlab.runs.record.events import EventWriter, read_events

SPEC = RunSpec(name="", network=Network.seed(), data="", data_name="", augmentation=Augmentation.none(), epochs=6)
METRICS = {"loss": 0.5, "accuracy": 0.5, "val_loss": 0.5, "val_accuracy": 0.5}
EPOCH = {"type": "epoch", "epoch": 1, **METRICS, "seconds": 1.0}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["loss", "accuracy", "val_loss", "val_accuracy", "penalty", "learning_rate"])
def test_a_metric_that_is_no_number_is_said(
    name: str, value: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "metrics.jsonl"
    writer = EventWriter(path)
    for epoch in range(1, 7):
        writer.append(EPOCH | {"epoch": epoch, name: value})
    writer.append({"type": "gradients", "epoch": 1, "loss": value, "norms": {"conv2d": value}})
    writer.close()
    for line in path.read_text().splitlines():
        json.loads(line, parse_constant=lambda constant: pytest.fail(constant))
    events, _ = read_events(path)
    assert len(events) == 7
    remarks(Story(events), SPEC)
    for event in events[:1]:
        _say_epoch(event)
        _say_json(event)
    words, written = capsys.readouterr().out.splitlines()
    assert ("not a number" in words) == (name in EPOCH)
    assert json.loads(written)["epoch"] == 1


def test_the_words_of_a_thousand_events_are_held_once(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    writer = EventWriter(path)
    for batch in range(1000):
        writer.append({"type": "batch", "epoch": 1, "batch": batch, "batches": 1000, "loss": 0.5, "seconds": 1.0})
    writer.close()
    events, _ = read_events(path)
    assert len(events) == 1000
    assert len({id(word) for event in events for word in event}) == len(events[0])
    assert len({id(event["type"]) for event in events}) == 1


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ({"type": "epoch"}, False),
        ({"type": "epoch", "epoch": 2}, True),
        ({"type": "epoch", "epoch": "2"}, False),
        ({"type": "epoch", "epoch": True}, False),
        ({"type": "batch", "epoch": 2, "batch": 1, "batches": 0}, False),
        ({"type": "look", "epoch": 2, "dead": [], "predicted": [1]}, False),
        ({"type": "gradients", "epoch": 2, "norms": {"conv2d": "x"}}, False),
        ({"type": "start", "classes": 3, "batches": "x", "counts": {}}, True),
        ({"type": ["epoch"]}, False),
        ({"type": "of another version", "epoch": "x"}, False),
        ([1], False),
        (None, False),
    ],
)
def test_an_event_is_in_form_or_none(line: object, kept: bool) -> None:
    event = in_form(line)
    assert (event is not None) == kept
    if event is not None and event["type"] == "start":
        assert event == {"type": "start", "classes": []}
    if event is not None and event["type"] == "epoch":
        assert event == {**dict.fromkeys(METRICS), "type": "epoch", "epoch": 2, "seconds": 0.0}
