"""Dropping the models of a series frees their room and nothing else."""

from pathlib import Path

from cnnlab.runs.store.folders import HEAD
from cnnlab.runs.store.series_models import are_dropped, bytes_of_models, drop_models


def test_models_are_counted_and_dropped_and_numbers_stay(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        for name in ("model.keras", "checkpoint.npz", HEAD, "metrics.jsonl", "evaluation.json", "run.json"):
            (folder / name).write_bytes(b"x" * 100)
    assert bytes_of_models(folders) == 600
    assert not are_dropped(folders[0])
    drop_models(folders[0])
    assert are_dropped(folders[0])
    assert bytes_of_models(folders) == 300
    left = {path.name for path in folders[0].iterdir() if path.stat().st_size}
    assert left == {"metrics.jsonl", "evaluation.json", "run.json"}
    drop_models(folders[0])
