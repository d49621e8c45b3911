"""What decided in the followed picture is shown after every epoch whose weights a run has kept."""

import re

import numpy as np
import pytest

from cnnlab.core.explain.asked import Asked, Target
from cnnlab.core.words.numbers import two_digits
from cnnlab.processes.explain.attributions import attribution
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.runs.record.epoch_weights import weights_path
from cnnlab.runs.store import Store
from cnnlab.ui.session.keys import PICTURE
from tests.app.driving import keyed, labelled, open_page, text_of, unpacked
from tests.app.run.test_training import SPEC, finished

EPOCHS = (1, 2)


@pytest.fixture
def run_id(store: Store, inference: Inside) -> str:
    """Record a finished run that followed a picture and kept the weights of two epochs."""
    made = finished(store)
    files = [inference.keras_file(Weighted(SPEC.network, RandomWeights(seed))) for seed in EPOCHS]
    store.epochs_folder(made).mkdir()
    for epoch, file in zip(EPOCHS, files, strict=True):
        weights_path(store.epochs_folder(made), epoch).write_bytes(file)
    store.model_path(made).write_bytes(files[-1])
    picture = np.random.default_rng(0).integers(0, 256, SPEC.network.input_shape, np.uint8)
    np.save(store.folder(made) / "probe.npy", picture)
    return made


def test_each_kept_epoch_has_its_map_and_its_score(store: Store, inference: Inside, run_id: str) -> None:
    app = open_page("training", run_part=PICTURE)
    assert "What decided, epoch by epoch" in text_of(app)
    labelled(app.button, "Explain").click().run()
    assert not app.exception
    facts, arrays = unpacked(app, "epochs_view")
    assert [each["name"] for each in facts["figures"]] == ["epoch1", "epoch2"]
    picture = np.load(store.folder(run_id) / "probe.npy")
    says = re.search(r"What speaks for (\w+)", text_of(app))
    assert says is not None
    target = Target.of_class(["cats", "dogs"].index(says[1]), 1)
    for epoch, each in zip(EPOCHS, facts["figures"], strict=True):
        weights = FileWeights(weights_path(store.epochs_folder(run_id), epoch))
        found = attribution(inference, Weighted(SPEC.network, weights), picture, Asked(sign=target.sign))
        assert np.array_equal(arrays[each["values"]], found.values.ravel())
        assert f"score {two_digits(found.score)}" in each["title"]


def test_a_run_that_followed_no_picture_has_nothing_to_explain(store: Store, run_id: str) -> None:
    (store.folder(run_id) / "probe.npy").unlink()
    app = open_page("training", run_part=PICTURE)
    assert keyed(app, "run_status")
    assert "What decided, epoch by epoch" not in text_of(app)
