"""A small series answers its question: every training ends, all are judged on the same pictures, only results stay."""

from dataclasses import replace

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.amounts import BORROWED, OWN, amount_trainings, amounts, as_csv, by_size
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.record.findings import read_answers
from tests.tf.training.test_resume import School, school  # noqa: F401  a fixture

SIZES, SEEDS = (5, 20), 2
OWN_NETWORK = Network(
    (24, 24, 3),
    (
        Layer.make("Conv2D", filters=8, kernel_size=3, activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=1, activation="sigmoid"),
    ),
)


@pytest.mark.slow
def test_two_sizes_and_two_seeds_of_both_networks_on_bundled_pictures(school: School) -> None:  # noqa: F811
    spec = RunSpec(
        name="mine",
        network=OWN_NETWORK,
        data="silhouettes",
        data_name="silhouettes",
        augmentation=Augmentation.none(),
        epochs=3,
    )
    made = amount_trainings(spec, OWN_NETWORK, shipped(96), SIZES, 2, SEEDS, "one")
    ids = [school.engine.submit(replace(one, epochs=min(one.epochs, 5))) for one in made]
    runs = [school.until(run_id, State.FINISHED) for run_id in ids]
    stories = [school.store.story(run_id) for run_id in ids]
    found = amounts(runs, stories)
    assert [(one.kind, one.pictures, one.seed) for one in found] == [
        (kind, 2 * size, seed) for kind in sorted((BORROWED, OWN)) for size in SIZES for seed in range(SEEDS)
    ]
    answers = [read_answers(school.store.folder(run_id) / "evaluation.json") for run_id in ids]
    assert len({each.names for each in answers if each is not None}) == 1, "one validation set for all"
    for one, each, run in zip(stories, answers, runs, strict=True):
        assert each is not None
        right = float((each.predicted(0.5) == each.labels).mean())
        assert one.epochs[-1]["val_accuracy"] == pytest.approx(right, abs=1e-6)
        assert not school.store.epochs_folder(run.id).exists()
    head = by_size(found, BORROWED)[2 * SIZES[-1]]
    assert min(head) > 0.6, "what a million photographs have taught is worth something for silhouettes too"
    assert as_csv(found).count("\n") == 1 + len(made)
    assert {by_size(found, OWN)[n] != () for n in (2 * size for size in SIZES)} == {True}
