"""The run that ships: it can be read beside those of any home, and nothing that anybody sends changes it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import RECORDED, RunError, State
from cnnlab.runs.record.control import Mode
from cnnlab.runs.record.findings import read_answers
from cnnlab.runs.record.ownership import may_change
from cnnlab.runs.store import Store
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.recorded import FOLDER, ShownRuns, recorded
from cnnlab.runs.store.trained import DEMO, demo

LARGEST = 1_500_000  # bytes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def contents() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in FOLDER.iterdir()}


def test_it_is_small_and_tells_nothing_of_the_machine_that_made_it() -> None:
    kept = contents()
    assert sum(map(len, kept.values())) <= LARGEST
    assert set(kept) == {"run.json", "metrics.jsonl", "evaluation.json"}
    assert b'"host"' not in kept["metrics.jsonl"]
    assert set(json.loads(kept["run.json"])) == {"created", "finished", "state", "spec"}


def test_it_is_a_whole_training_with_its_evaluation(store: Store) -> None:
    run, shown = recorded(), ShownRuns(store)
    story = shown.story(RECORDED)
    assert run.state == State.FINISHED
    assert [event["epoch"] for event in story.epochs] == list(range(1, run.spec.epochs + 1))
    assert len(story.batches) > 5 * run.spec.epochs
    assert len(story.gradients) == run.spec.epochs + 1
    answers = read_answers(shown.folder(RECORDED) / "evaluation.json")
    assert answers is not None
    right = float((answers.predicted() == answers.labels).mean())
    assert right == pytest.approx(story.epochs[-1]["val_accuracy"])


def test_it_is_the_training_that_made_the_shipped_weights(store: Store) -> None:
    facts = json.loads((DEMO / "silhouettes.json").read_text(encoding="utf-8"))
    spec, last = recorded().spec, ShownRuns(store).story(RECORDED).epochs[-1]
    assert demo().network == spec.network
    assert facts["epochs"] == spec.epochs == last["epoch"]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert facts[name] == last[name]


def test_it_counts_in_no_list_of_a_store(store: Store) -> None:
    assert store.runs() == store.in_state(*State) == []
    assert store.last_starts() == {}
    with pytest.raises(RunError):
        store.get(RECORDED)


CHANGES: tuple[Callable[[Store], object], ...] = (
    lambda store: store.command(RECORDED, Mode.PAUSE),
    lambda store: store.request_stop(RECORDED),
    lambda store: store.rename(RECORDED, "mine"),
    lambda store: store.delete(RECORDED),
    lambda store: store.reopen(RECORDED, 100),
    lambda store: store.describe(RECORDED, state="lost"),
    lambda store: LocalEngine(Settings(store.home), store).stop(RECORDED),
    lambda store: LocalEngine(Settings(store.home), store).resume(RECORDED, 100),
)


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes_it(store: Store, change: Callable[[Store], object]) -> None:
    before = contents()
    with pytest.raises(RunError):
        change(store)
    assert not store.transition(RECORDED, State.LOST)
    assert contents() == before


@pytest.mark.parametrize("teacher", [False, True])
def test_nobody_may_change_it(teacher: bool) -> None:
    assert not may_change(recorded(), "", teacher)


def test_it_can_be_read_while_the_home_cannot(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with_home = Store(home)
    shown = ShownRuns(with_home)
    for path in sorted(home.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    home.rmdir()
    with pytest.raises(StoreFault):
        shown.get("20260131-101500-a1b2")
    assert shown.get(RECORDED) == recorded()
    assert shown.story(RECORDED).epochs
    with_home.close()
