"""A file of a run that is cut short, empty, foreign or gone takes away what it alone tells, and nothing else."""

import json

import numpy as np
import pytest

from cnnlab.core.training.answers import Answers
from cnnlab.runs.record.findings import Frame, compact, write_answers, write_frame
from cnnlab.runs.store import Store
from cnnlab.ui.session.keys import CURVES, PICTURE, RUN_PARTS, WRONG
from tests.app.driving import keyed, open_page
from tests.app.run.test_training import finished

DAMAGES = {
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "bytes": lambda data: b"\x00\xff\xfe\x80" * 50,
    "a list": lambda data: b"[1, 2]\n",
    "an object": lambda data: b'{"type": "epoch", "epoch": "x", "spec": 3, "classes": 5, "labels": [[1]]}\n',
    "gone": None,
}
PARTS = {
    "run.json": (CURVES,),
    "metrics.jsonl": RUN_PARTS,
    "evaluation.json": (WRONG,),
    "probe/0001-00000.npz": (PICTURE,),
    "probe.npy": (PICTURE,),
    "control.json": (CURVES,),
}


def answered(*outputs: float) -> Answers:
    """Return what a network gave to a cat and a dog."""
    names = ("validation/cats/0", "validation/dogs/180")
    return Answers(("cats", "dogs"), np.array([0, 1]), np.array(outputs)[:, None], names)


def whole(store: Store) -> str:
    """Record a finished run with every file that it can have."""
    run_id = finished(store)
    folder = store.folder(run_id)
    names = ("validation/cats/0", "validation/dogs/180")
    write_answers(
        folder / "evaluation.json", Answers(("cats", "dogs"), np.array([0, 1]), np.array([[0.1], [0.8]]), names)
    )
    maps, limit = compact(np.linspace(-2, 2, 8 * 8 * 4, dtype=np.float32).reshape(8, 8, 4))
    write_frame(folder / "probe", Frame(1, 0, {0: maps}, {0: limit}, {0: 4}, None, np.array([0.5], np.float32)))
    np.save(folder / "probe.npy", np.zeros((8, 8, 3), np.uint8))
    store.command(run_id)
    return run_id


SHORT = ("metrics.jsonl",)  # which every part of the page reads


@pytest.mark.parametrize(
    "file", [file if file in SHORT else pytest.param(file, marks=pytest.mark.slow) for file in PARTS]
)
def test_a_damaged_file_takes_nothing_else_away(store: Store, file: str) -> None:
    for what, damage in DAMAGES.items():
        run_id = whole(store)
        path = store.folder(run_id) / file
        if damage is None:
            path.unlink()
        else:
            path.write_bytes(damage(path.read_bytes()))
        app = open_page("training")
        for part in PARTS[file]:
            app.session_state["run_part"] = part
            assert not app.run().exception, (what, part)
            assert keyed(app, "run_status"), (what, part)
        store.rename(run_id, f"renamed after {what}")
        assert store.reopen(run_id, epochs=9)
        assert json.loads((store.folder(run_id) / "run.json").read_text())["spec"]["epochs"] == 9


FOREIGN = (
    '{"type": "epoch"}',
    '{"type": "epoch", "epoch": 2}',
    '{"type": "epoch", "epoch": 2, "loss": NaN, "val_loss": Infinity, "seconds": "x"}',
    '{"type": "epoch", "epoch": 1e999, "loss": {}}',
    '{"type": "batch", "epoch": 2, "batch": 1, "batches": 0}',
    '{"type": "look", "epoch": 2, "dead": [], "predicted": 3}',
    '{"type": "gradients", "epoch": 2, "norms": {"conv2d": "x"}}',
    '{"type": "learning_rate"}',
    '{"type": "resume"}',
    '{"type": "start", "classes": 3, "batches": "x", "counts": {}}',
    '{"type": ["epoch"]}',
    "[" * 5000,
)


def test_foreign_lines_among_the_metrics_leave_the_page_whole(store: Store) -> None:
    run_id = whole(store)
    with (store.folder(run_id) / "metrics.jsonl").open("a") as file:
        file.write("\n".join([*FOREIGN, ""]))
    app = open_page("training")
    for part in RUN_PARTS:
        app.session_state["run_part"] = part
        assert not app.run().exception, part
    assert keyed(app, "run_status")


def test_answers_that_are_no_numbers_are_written_as_json_and_judged(store: Store) -> None:
    run_id = whole(store)
    path = store.folder(run_id) / "evaluation.json"
    outputs = np.array([[np.nan], [np.inf]])
    write_answers(
        path, Answers(("cats", "dogs"), np.array([0, 1]), outputs, ("validation/cats/0", "validation/dogs/180"))
    )
    json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(name))
    app = open_page("training", run_part=WRONG)
    assert not app.exception
