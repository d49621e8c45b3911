"""The exported script and notebook, run as a student would, give the same model."""

import json
import random
import runpy
from pathlib import Path

import keras
import nbclient
import nbformat
import numpy as np
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.exchange.keras_code import keras_script
from cnnlab.core.network import Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import check, trace
from cnnlab.tf.build import build_model
from cnnlab.viz.network.notebook import notebook
from tests.random_networks import random_network

pytestmark = [
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis"),
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
]
POSSIBLE = [preset for preset in PRESETS if check(preset.network) is None]


def run_script(folder: Path, source: str) -> keras.Model:
    path = folder / "network.py"
    path.write_text(source, encoding="utf-8")
    return runpy.run_path(str(path))["model"]


def same_model(model: keras.Model, network: Network) -> None:
    rows = trace(network)
    assert [layer.name for layer in model.layers] == [row.name for row in rows]
    assert [layer.output.shape[1:] for layer in model.layers] == [row.output_shape for row in rows]
    assert [layer.count_params() for layer in model.layers] == [row.params for row in rows]


@pytest.mark.parametrize("preset", POSSIBLE, ids=lambda preset: preset.key)
def test_the_script_of_a_preset_rebuilds_it_and_prints_the_summary(
    preset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same_model(run_script(tmp_path, keras_script(preset.network)), preset.network)
    printed = capsys.readouterr().out
    assert f"{sum(row.params for row in trace(preset.network)):,}" in printed
    assert all(row.name in printed for row in trace(preset.network)[:3])


def test_scripts_of_random_networks_predict_the_same_with_exported_weights(tmp_path: Path) -> None:
    rng = random.Random(17)
    ran = 0
    while ran < 25:
        network = random_network(rng)
        if check(network):
            continue
        model = build_model(network, seed=ran)
        noise = np.random.default_rng(ran)
        model.set_weights([noise.uniform(0.01, 0.5, w.shape) for w in model.get_weights()])
        weights = tmp_path / f"w{ran}.weights.h5"
        model.save_weights(weights)
        again = run_script(tmp_path, keras_script(network, weights_file=str(weights)))
        same_model(again, network)
        for ours, theirs in zip(model.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        pictures = noise.uniform(0, 1, (3, *network.input_shape)).astype("float32")
        np.testing.assert_array_equal(np.asarray(model(pictures)), np.asarray(again(pictures)), err_msg=str(network))
        ran += 1


def test_the_notebook_runs_and_prints_the_same_summary(tmp_path: Path) -> None:
    """Run the notebook in a kernel of its own: same names, shapes and parameters, and equal predictions."""
    network = next(p.network for p in PRESETS if p.key == "modern")
    model = build_model(network, seed=5)
    model.save_weights(tmp_path / "modern.weights.h5")
    written = notebook(network, weights_file="modern.weights.h5", augmentation=Augmentation.post())
    made = nbformat.reads(written, as_version=4)
    check_cell = (
        "import json\n"
        "facts = [[x.name, list(x.output.shape[1:]), x.count_params()] for x in model.layers]\n"
        "picture = keras.ops.reshape(keras.ops.arange(64 * 64 * 3, dtype='float32'), (1, 64, 64, 3)) / 12288\n"
        "print(json.dumps([facts, float(model(picture)[0, 0])]))"
    )
    made.cells.append(nbformat.v4.new_code_cell(check_cell))
    nbclient.NotebookClient(made, timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    facts, predicted = json.loads(made.cells[-1].outputs[-1].text)
    assert facts == [[row.name, list(row.output_shape), row.params] for row in trace(network)]
    picture = np.arange(64 * 64 * 3, dtype="float32").reshape(1, 64, 64, 3) / 12288
    assert predicted == pytest.approx(float(np.asarray(model(picture))[0, 0]), abs=1e-6)
    assert any("layers.RandomZoom" in cell.source for cell in made.cells)
    summary = next(cell for cell in made.cells if cell.source == "model.summary()")
    assert "23,985" in json.dumps(summary.outputs)
