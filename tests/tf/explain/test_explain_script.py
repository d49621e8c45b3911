"""The exported script, run as a student would, computes the same map."""

import runpy
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.core.exchange.explain_code import explain_script
from cnnlab.core.explain.asked import METHODS, Asked, ExplainError
from cnnlab.core.explain.backgrounds import BASELINES, FILLS
from cnnlab.core.inside.graph import PICTURE, Node, nodes_of
from cnnlab.core.network import Layer, Network
from cnnlab.core.pictures.preparing import prepare
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.attributions import EXPLAINING, Question
from cnnlab.tf.inside.models import Imported
from tests.tf.explain.material import SMALL, built, picture

HOSTILE = 'quote " \' back \\ line\n"""); 1 % 0  # { }'


def run_script(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a script beside model.keras and picture.png, and return what it knows at its end."""
    path = folder / "explain.py"
    path.write_text(source, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["explain.py"])
    return runpy.run_path(str(path))


def same(folder: Path, subject: Subject, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> str:
    """Demand that the script's map is ours; return the script."""
    model: keras.Model = subject.built.model  # type: ignore[attr-defined]
    model.save(folder / "model.keras")
    height, width, channels = shape = model.input_shape[1:]
    large = picture((2 * height + 3, width + 5, 3))
    Image.fromarray(large).save(folder / "picture.png")
    question = Question(subject, prepare(large, height, width, channels), asked)
    ours = EXPLAINING[asked.method](question).values
    ours = ours.sum(axis=-1) if ours.ndim == 3 else ours
    source = explain_script(asked, subject.built.nodes, shape, (subject.scale, subject.offset))
    ran = run_script(folder, source, monkeypatch)
    found = np.load(folder / "map.npy")
    assert found.dtype == np.float32
    assert np.abs(ours).max() > 1e-4
    np.testing.assert_allclose(found, ours, rtol=0, atol=1e-5 * max(1, np.abs(ours).max()))
    score = question.scorer.scores(question.picture[None])[0][0]
    assert float(ran["score"](ran["picture"])) == pytest.approx(score, rel=1e-5, abs=1e-6)
    return source


@pytest.mark.parametrize("method", METHODS)
def test_the_script_of_every_method_gives_the_same_map_and_score(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(method, unit=2, samples=5, noise=0.3, steps=7, row=2, size=7, stride=5, seed=4)
    source = same(tmp_path, built(SMALL), asked, monkeypatch)
    assert capsys.readouterr().out.startswith("score ")
    lines = [line for line in source.splitlines() if line.strip()]
    assert 25 <= len(lines) <= 50
    assert max(map(len, lines)) <= 120
    shown = Image.open(tmp_path / "map.png")
    assert shown.size == (16, 20)
    values, colours = np.load(tmp_path / "map.npy"), np.asarray(shown).astype(int)
    row, column = np.unravel_index(np.argmax(np.abs(values)), values.shape)
    assert (colours[row, column, 2] > colours[row, column, 0]) == (values[row, column] > 0), "blue speaks for it"


@pytest.mark.parametrize(("method", "baselines"), [("integrated_gradients", BASELINES), ("occlusion", FILLS)])
def test_every_background_is_the_same_one(
    method: str, baselines: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = built(SMALL)
    option = "baseline" if method == "integrated_gradients" else "fill"
    for name in baselines:
        same(tmp_path, subject, Asked(method, steps=3, size=9, stride=8, **{option: name}), monkeypatch)


@pytest.mark.parametrize(
    "end",
    [
        (Layer.make("Dense", units=1), Layer.make("Activation", activation="sigmoid")),
        (Layer.make("Dense", units=2),),
        (Layer.make("Dense", units=2, activation="tanh"),),
        (Layer.make("Dense", units=2), Layer.make("ReLU", max_value=2.0)),
    ],
)
def test_the_score_is_what_goes_into_the_last_activation_wherever_it_stands(
    end: tuple[Layer, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = (
        Layer.make("Conv2D", filters=4, kernel_size=3, activation="relu"),
        Layer.make("ReLU", max_value=0.4),
        Layer.make("Flatten"),
    )
    network = Network((9, 8, 1), (*begin, *end))
    sign = -1 if end[0].config["units"] == 1 else 1
    for method in ("gradient", "grad_cam", "guided_backpropagation"):
        same(tmp_path, built(network, 5), Asked(method, sign=sign), monkeypatch)


def test_another_rescaling_and_the_layers_of_grad_cam_as_it_chooses_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = built(SMALL)
    other = Subject(subject.built, 1 / 127.5, -1.0)
    for method in ("grad_cam", "smoothgrad", "occlusion"):
        same(tmp_path, other, Asked(method, samples=2), monkeypatch)


def test_a_hostile_name_in_a_model_of_others_stays_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keras.utils.set_random_seed(1)
    entry = keras.Input((12, 10, 3))
    value = keras.layers.Conv2D(4, 3, activation="relu", name=HOSTILE)(entry)
    value = keras.layers.Conv2D(4, 3, activation="relu6")(value)
    value = keras.layers.Dense(3)(keras.layers.Flatten()(value))
    model = keras.Model(entry, keras.layers.Softmax(name=HOSTILE + "2")(value))
    model.save(tmp_path / "theirs.keras")
    subject = Subject(Imported(tmp_path / "theirs.keras", "theirs.keras"), 1 / 255)
    for method in ("grad_cam", "guided_backpropagation"):
        same(tmp_path, subject, Asked(method, unit=1), monkeypatch)


def test_layers_inside_a_model_within_the_model_have_no_script() -> None:
    conv = {"kernel_size": (3, 3), "strides": (1, 1), "activation": "relu"}
    inner = (
        Node("trunk/inner", "Conv2D", conv, (8, 8, 4), (PICTURE,)),
        Node("trunk", "Functional", {}, (8, 8, 4), (0,)),
    )
    nodes = (*inner, Node("flat", "Flatten", {}, (256,), (1,)))
    for asked in (Asked("grad_cam", row=0), Asked("grad_cam", row=1), Asked("guided_backpropagation")):
        with pytest.raises(ExplainError, match="There is no script here"):
            explain_script(asked, nodes, (10, 10, 3), (1.0, 0.0))
    with pytest.raises(ExplainError, match="There is no script here"):
        explain_script(Asked(), inner, (10, 10, 3), (1.0, 0.0))
    assert "def gradient" in explain_script(Asked(), nodes, (10, 10, 3), (1.0, 0.0))


def test_a_method_that_does_not_apply_has_no_script() -> None:
    flat = Network((6, 5, 3), (Layer.make("Flatten"), Layer.make("Dense", units=2)))
    for method in ("grad_cam", "guided_backpropagation"):
        with pytest.raises(ExplainError, match=r"this network has none|needs a layer with maps"):
            explain_script(Asked(method), nodes_of(flat), flat.input_shape, (1 / 255, 0.0))


def test_a_network_of_whose_gradient_tensorflow_dies_runs_without_what_it_dies_of() -> None:
    strided = (Layer.make("Conv2D", filters=2, kernel_size=1, strides=2), Layer.make("Flatten"))
    network = Network((6, 6, 3), strided)
    source = explain_script(Asked(), nodes_of(network), network.input_shape, (1 / 255, 0.0))
    assert source.index('os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"') < source.index("import keras")
    assert "environ" not in explain_script(Asked(), nodes_of(SMALL), SMALL.input_shape, (1 / 255, 0.0))


def test_a_dilated_transposed_convolution_runs_whatever_the_processor() -> None:
    dilated = (Layer.make("Conv2DTranspose", filters=2, kernel_size=3, dilation_rate=2), Layer.make("Flatten"))
    network = Network((6, 6, 3), dilated)
    source = explain_script(Asked(), nodes_of(network), network.input_shape, (1 / 255, 0.0))
    assert source.index('os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"') < source.index("import keras")
