"""Learning curves hold exactly the numbers of the events."""

import numpy as np
import plotly.graph_objects as go

from cnnlab.core.training.smoothing import smoothed
from cnnlab.core.training.story import Story
from cnnlab.viz.training import curves
from cnnlab.viz.training.curves import MOST_BATCH_POINTS
from cnnlab.viz.training.static_curves import static_curves

EPOCHS = [
    {"type": "epoch", "epoch": e, "loss": 1 / e, "accuracy": 0.5 + e / 100, "val_loss": 2 / e, "val_accuracy": 0.4}
    for e in (1, 2, 3)
]


def learning_curves(events: list[dict], epochs: int) -> go.Figure:
    """Return the figure as Plotly itself understands it; it refuses what is no figure."""
    return go.Figure(curves.learning_curves(Story(events), epochs))


def batches(epoch: int, count: int) -> list[dict]:
    return [
        {"type": "batch", "epoch": epoch, "batch": b, "batches": count, "loss": b, "accuracy": 0.5}
        for b in range(1, count + 1)
    ]


def test_training_and_validation_are_drawn_as_recorded() -> None:
    figure = learning_curves(EPOCHS, 10)
    lines = {(trace.name, trace.yaxis): trace for trace in figure.data}
    assert list(lines["training", "y"].y) == [1, 1 / 2, 1 / 3]
    assert list(lines["validation", "y"].y) == [2, 1, 2 / 3]
    assert list(lines["training", "y2"].y) == [0.51, 0.52, 0.53]
    assert list(lines["validation", "y2"].y) == [0.4] * 3
    assert list(lines["validation", "y2"].x) == [1, 2, 3]


def test_a_single_batch_and_a_single_epoch_are_seen() -> None:
    figure = learning_curves(batches(1, 5)[:1], 2)
    assert (figure.data[0].mode, list(figure.data[0].y)) == ("lines+markers", [1])
    assert learning_curves(batches(1, 5)[:2], 2).data[0].mode == "lines"
    compared = curves.compared_curves([("one", Story(EPOCHS[:1]), 3), ("three", Story(EPOCHS), 3)])
    assert [line["mode"] for line in compared["data"]] == ["lines+markers"] * 4 + ["lines"] * 4
    assert "<circle" in static_curves(EPOCHS[:1], "loss")
    assert "<circle" not in static_curves(EPOCHS, "loss")


def test_many_batches_are_thinned_but_the_last_one_stays() -> None:
    figure = learning_curves(batches(1, 5000), 2)
    line = figure.data[0]
    assert len(line.x) <= MOST_BATCH_POINTS
    assert line.x[-1] == 1.0
    assert line.y[-1] == 5000


def test_a_run_without_events_is_an_empty_figure() -> None:
    figure = learning_curves([], 5)
    assert all(len(trace.x) == 0 for trace in figure.data)


def test_zoom_survives_an_update() -> None:
    assert learning_curves(EPOCHS[:1], 5).layout.uirevision == learning_curves(EPOCHS, 5).layout.uirevision


def test_with_l2_the_validation_loss_of_the_data_alone_is_drawn_too() -> None:
    figure = learning_curves([e | {"penalty": 0.1} for e in EPOCHS], 10)
    (line,) = (trace for trace in figure.data if trace.name == "validation without L2")
    np.testing.assert_allclose(line.y, [2 - 0.1, 1 - 0.1, 2 / 3 - 0.1])
    assert all(trace.name != "validation without L2" for trace in learning_curves(EPOCHS, 10).data)
    assert figure.data[-1].name == "validation"


def test_smoothed_curves_keep_what_was_and_mark_its_extremes() -> None:
    told = Story([dict(EPOCHS[0], epoch=n + 1, val_accuracy=v) for n, v in enumerate((0.5, 0.9, 0.4, 0.7, 0.6))])
    plain = curves.compared_curves([("one", told, 5)])["data"]
    smooth = curves.compared_curves([("one", told, 5)], smooth=True)["data"]
    assert len(smooth) == len(plain) + 4, "for loss and accuracy the line as it was, and its marks"
    accuracy = [line for line in smooth if line["yaxis"] == "y2"]
    (raw,) = [line for line in accuracy if line["y"] == [0.5, 0.9, 0.4, 0.7, 0.6]]
    (strong,) = [line for line in accuracy if line.get("line", {}).get("width") == 2.5]
    assert raw["line"]["width"] < strong["line"]["width"]
    assert raw["opacity"] < strong["opacity"]
    assert strong["y"] == smoothed(raw["y"])
    (marks,) = [line for line in accuracy if line["mode"] == "markers"]
    assert list(zip(marks["x"], marks["y"], strict=True)) == [(2, 0.9), (3, 0.4)]
    assert sum(line["showlegend"] for line in smooth) == 1
