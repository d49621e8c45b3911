"""Remarks on a training appear when they are true, and not before."""

from dataclasses import replace

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.training.story import Story
from cnnlab.runs.judge.causes import unscaled
from cnnlab.runs.judge.health import remarks
from cnnlab.runs.record import RunSpec

START = {"type": "start", "validation_counts": [100, 100], "classes": ["cats", "dogs"], "batches": 13}
SPEC = RunSpec(name="", network=Network.seed(), data="", data_name="", augmentation=Augmentation.none())
RAW = replace(SPEC, augmentation=Augmentation(rescale=1))
MODERN = replace(SPEC, network=next(p.network for p in PRESETS if p.key == "modern"))


def epoch(
    number: int, loss: float | None = 0.5, val_loss: float = 0.5, accuracy: float = 0.8, val: float = 0.8
) -> dict:
    values = {"loss": loss, "val_loss": val_loss, "accuracy": accuracy, "val_accuracy": val}
    return {"type": "epoch", "epoch": number, **values}


def look(number: int, dead: dict[str, float] | None = None, predicted: tuple[int, int] = (15, 17)) -> dict:
    return {"type": "look", "epoch": number, "dead": dead or {}, "predicted": list(predicted)}


def measured(number: int, loss: float = 0.5, **norms: float | None) -> dict:
    return {"type": "gradients", "epoch": number, "pictures": 16, "loss": loss, "norms": norms}


def kinds(*events: dict) -> list[str]:
    return [remark.kind for remark in remarks(Story([START, *events]), SPEC)]


def test_a_training_that_goes_well_is_left_in_peace() -> None:
    assert kinds() == []
    assert kinds(*(e for n in range(1, 9) for e in (epoch(n, 1 / n, 1 / n), look(n, {"relu": 0.2})))) == []


def test_a_loss_that_is_no_number_is_told_at_once() -> None:
    assert kinds({"type": "batch", "epoch": 1, "loss": None}) == ["nan"]


def test_a_loss_ten_times_as_large_as_at_the_start_explodes() -> None:
    assert kinds(epoch(1, 0.7), epoch(2, 6.9)) == []
    assert kinds(epoch(1, 0.7), epoch(2, 7.1)) == ["exploding"]


def test_one_answer_for_all_is_a_collapse_from_the_second_epoch_on() -> None:
    assert kinds(epoch(1), look(1, predicted=(32, 0))) == []
    (found,) = remarks(Story([START, epoch(2), look(2, predicted=(32, 0))]), SPEC)
    assert (found.kind, found.found) == (
        "collapse",
        "It gives the same answer to all 32 validation pictures looked at.",
    )


def test_a_gradient_that_fades_on_its_way_back_is_told_with_both_layers() -> None:
    assert kinds(measured(1, conv2d=0.002, dense=1.0)) == []
    (found,) = remarks(Story([START, measured(1, conv2d=0.0005, conv2d_1=0.1, dense=1.0)]), SPEC)
    assert (found.kind, found.found) == (
        "vanishing",
        "The gradient of conv2d is 2,000 times weaker than that of dense.",
    )
    assert kinds(measured(1, conv2d=0.0, dense=1.0)) == ["vanishing"]


def test_a_gradient_of_zero_everywhere_is_no_fault_once_the_pictures_are_learned() -> None:
    assert kinds(measured(2, conv2d=0.0, dense=0.0)) == ["no_gradient"]
    assert kinds(measured(2, 0.01, conv2d=0.0, dense=0.0)) == []


def test_a_gradient_a_hundred_times_that_before_training_explodes() -> None:
    assert kinds(measured(0, conv2d=0.5, dense=0.5), measured(3, conv2d=40, dense=20)) == []
    (found,) = remarks(Story([START, measured(3, conv2d=60, dense=2), measured(0, conv2d=0.5, dense=0.5)]), SPEC)
    assert found.found == "The gradient norm of conv2d is 60, and was 0.5 before training."
    assert kinds(measured(2, conv2d=0.5), measured(3, conv2d=60)) == []
    (found,) = remarks(Story([START, measured(0, conv2d=0.5), measured(3, conv2d=None)]), SPEC)
    assert found.found == "The gradient norm of conv2d is no number any more."


@pytest.mark.parametrize(("share", "told"), [(0.59, []), (0.7, ["saturated"])])
def test_a_layer_with_most_outputs_saturated_is_named(share: float, told: list[str]) -> None:
    events = [START, epoch(1), look(1) | {"saturated": {"activation": 0.1, "activation_3": share}}]
    assert [r.kind for r in remarks(Story(events), SPEC)] == told
    if told:
        assert remarks(Story(events), SPEC)[0].found == "70% of the outputs of activation_3 are saturated."


@pytest.mark.parametrize(("share", "told"), [(0.5, []), (0.7, ["dead"])])
def test_a_layer_with_most_channels_dead_is_named(share: float, told: list[str]) -> None:
    events = [START, epoch(1), look(1, {"activation": 0.1, "activation_3": share})]
    assert [r.kind for r in remarks(Story(events), SPEC)] == told
    if told:
        assert remarks(Story(events), SPEC)[0].found.startswith("70% of the channels of activation_3")


def test_no_better_than_the_majority_is_said_after_three_epochs() -> None:
    assert kinds(epoch(1, val=0.5), epoch(2, val=0.5)) == []
    assert kinds(epoch(1, val=0.5), epoch(2, val=0.5), epoch(3, val=0.55)) == ["majority"]
    assert kinds(epoch(1, val=0.5), epoch(2, val=0.5), epoch(3, val=0.6)) == []


def test_overfitting_needs_a_gap_and_a_validation_loss_that_no_longer_falls() -> None:
    rising = [epoch(n, 0.1, 0.4 + n / 10, 0.99, 0.8) for n in range(1, 5)]
    assert kinds(*rising) == ["overfitting"]
    assert kinds(*rising[:3]) == []
    assert kinds(*(epoch(n, 0.1, 0.4 + n / 10, 0.85, 0.8) for n in range(1, 5))) == []
    assert kinds(*(epoch(n, 0.1, 0.4 - n / 100, 0.99, 0.8) for n in range(1, 5))) == []


def lag(moving: int, own: int) -> dict:
    return measured(6, conv2d=7.0) | {"compared": 64, "right_by_moving": moving, "right_by_own": own}


def test_averages_that_lag_are_named_in_place_of_what_they_make_appear() -> None:
    epochs = [epoch(n, 0.7 - n / 50, 0.7 + n / 30, 0.5 + n / 28, 0.5) for n in range(1, 7)]
    seen = [START, *epochs, measured(0, conv2d=0.05), look(6, {"relu": 0.9}, (32, 0))]
    appears = ["exploding_gradient", "collapse", "dead", "overfitting"]
    assert [r.kind for r in remarks(Story([*seen, lag(32, 39)]), MODERN)] == appears
    (found,) = remarks(Story([*seen, lag(32, 46)]), MODERN)
    assert found.kind == "lagging"
    assert "78 steps" in found.cause
    assert f"{0.99**78:.1%}" in found.cause
    assert "momentum of batch normalization to 0.9" in found.remedy


def test_a_momentum_that_is_fast_already_is_not_made_faster() -> None:
    network = MODERN.network
    for i, layer in enumerate(network.layers):
        if layer.class_name == "BatchNormalization":
            network = network.with_option(i, "momentum", 0.9)
    (found,) = remarks(Story([START, lag(32, 46)]), replace(MODERN, network=network))
    assert "0.9" not in found.remedy
    assert "more steps" in found.remedy


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([epoch(1, 0.7), epoch(2, 7.1)], "exploding"),
        ([{"type": "batch", "epoch": 1, "loss": None}], "nan"),
        ([measured(0, conv2d=0.5), measured(3, conv2d=None)], "exploding_gradient"),
        ([look(1, {"activation": 0.7})], "dead"),
        ([epoch(1, 6.88), epoch(2, 0.78)], "unscaled"),
    ],
)
def test_pictures_that_are_not_rescaled_are_the_cause_of_what_is_too_large(events: list[dict], kind: str) -> None:
    (found,) = remarks(Story([START, *events]), RAW)
    assert found.kind == kind
    assert "up to 255" in found.cause
    assert "1/255" in found.remedy
    assert not any("rescale" in r.cause + r.remedy for r in remarks(Story([START, *events]), SPEC))


def test_raw_pixels_alone_are_no_fault() -> None:
    assert remarks(Story([START, epoch(1, 0.7), epoch(2, 0.6)]), RAW) == []


@pytest.mark.parametrize(
    ("first", "raw"),
    [
        ([], True),
        ([("Rescaling", {"scale": 1 / 127.5, "offset": -1.0})], False),
        ([("MaxPooling2D", {}), ("Rescaling", {"scale": 1 / 255})], False),
        ([("Rescaling", {"scale": 0.5})], True),
        ([("BatchNormalization", {})], False),
    ],
)
def test_what_reaches_the_first_weights_tells_whether_pictures_are_rescaled(first: list, raw: bool) -> None:
    layers = [{"class_name": name, "config": config} for name, config in first]
    given = {"input_shape": [64, 64, 3], "layers": [*layers, *Network.seed().to_dict()["layers"]]}
    assert (unscaled(replace(RAW, network=Network.from_dict(given))) is not None) == raw
