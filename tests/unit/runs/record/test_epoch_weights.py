"""The weights of a run's epochs are kept within a budget, the first and the newest always."""

from pathlib import Path

import pytest

from cnnlab.runs.record import epoch_weights
from cnnlab.runs.record.epoch_weights import keep_epoch, kept_epochs, weights_path


def keep(tmp_path: Path, epochs: int) -> tuple[int, ...]:
    model = tmp_path / "model.keras"
    for epoch in range(1, epochs + 1):
        model.write_bytes(bytes([epoch]) * 10)
        keep_epoch(model, tmp_path / "epochs", epoch)
    return kept_epochs(tmp_path / "epochs")


def test_every_epoch_is_kept_while_there_is_room(tmp_path: Path) -> None:
    assert keep(tmp_path, 5) == (1, 2, 3, 4, 5)
    assert weights_path(tmp_path / "epochs", 3).read_bytes() == bytes([3]) * 10


@pytest.mark.parametrize("epochs", [7, 20, 61])
def test_beyond_the_budget_epochs_are_thinned_out_evenly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epochs: int
) -> None:
    monkeypatch.setattr(epoch_weights, "KEPT_BYTES", 60)
    kept = keep(tmp_path, epochs)
    assert 3 <= len(kept) <= 6
    assert (kept[0], kept[-1]) == (1, epochs)


def test_one_model_larger_than_the_budget_keeps_the_first_and_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch_weights, "KEPT_BYTES", 5)
    assert keep(tmp_path, 9) == (1, 9)


def test_an_epoch_that_is_trained_again_is_kept_anew(tmp_path: Path) -> None:
    keep(tmp_path, 3)
    (tmp_path / "model.keras").write_bytes(b"again")
    keep_epoch(tmp_path / "model.keras", tmp_path / "epochs", 2)
    assert weights_path(tmp_path / "epochs", 2).read_bytes() == b"again"


def test_where_nothing_was_kept_there_is_none(tmp_path: Path) -> None:
    assert kept_epochs(tmp_path / "epochs") == ()
