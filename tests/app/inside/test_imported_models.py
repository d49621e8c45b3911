"""Somebody else's model on the feature-map page: shown truthfully, read-only where it must be, refused in words."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.held import Measure
from cnnlab.core.exchange.imported import ImportedModel, ImportedRow, ModelFileError, kind_of
from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import shipped
from cnnlab.processes.inference import Look, Window
from cnnlab.processes.subjects import Subject
from cnnlab.runs.store import Store
from cnnlab.ui.inside import models
from cnnlab.ui.session import services
from cnnlab.ui.trunks import whole as trunk_models
from tests.app.driving import go_to, html_of, keyed, labelled, mine, open_page, text_of, trigger, unpacked
from tests.app.run.test_runs import recorded
from tests.app.run.test_training import SPEC

SAME = (
    ("kernel_size", (3, 3)),
    ("strides", (1, 1)),
    ("padding", "same"),
    ("dilation_rate", (1, 1)),
    ("use_bias", True),
)
ROWS = (
    ImportedRow("stem", "Conv2D", (16, 14, 4), 40, ("input",), (-1,), (*SAME, ("activation", "relu"))),
    ImportedRow("branch", "Conv2D", (16, 14, 4), 148, ("stem",), (0,), SAME),
    ImportedRow("<b>sum", "Add", (16, 14, 4), 0, ("stem", "branch"), (0, 1)),
    ImportedRow("age", "Dense", (1,), 5, ("pool",)),
    ImportedRow("kinds", "Dense", (3,), 15, ("pool",)),
)


class FakeImporter:
    """Open at once files that say what they are."""

    def open(self, data: bytes, name: str, owner: str = "", origin: str = "", weights: bytes = b"") -> ImportedModel:
        if data == b"plain":
            seed = Network.seed().with_image_size(30, 30)
            return ImportedModel(name, Path("/none"), "p" * 64, (30, 30, 3), False, (), (), 9, seed, "")
        if data == b"branched":
            why = "It branches, so it can only be looked at."
            return ImportedModel(
                name, Path("/none"), "b" * 64, (16, 14, 1), False, ROWS, ("age", "kinds"), 280, None, why
            )
        if weights:
            said = ("Its weights came beside it.",)
            return ImportedModel(
                name, Path("/none"), "w" * 64, (16, 14, 1), False, ROWS, ("age",), 280, None, "It is odd.", said=said
            )
        kind_of(data, name)
        raise ModelFileError(f"{name} is *odd*.")


class FakeInside:
    """Answer at once; every value is the mean of the rescaled pixels."""

    def wake(self) -> None:
        pass

    def look(self, subject: Subject, pixels: Pixels) -> Look:
        assert pixels.shape == subject.input_shape
        outputs = [np.full(row.shape, mean_of(subject, pixels), np.float32) for row in subject.rows]
        outputs[-1] = np.array([0.1, 0.7, 0.2], np.float32)[: subject.rows[-1].shape[0]]
        return Look(tuple(outputs), np.array([-1.0, 1.5, 0.25], np.float32)[: subject.rows[-1].shape[0]])

    def window(self, subject: Subject, pixels: Pixels, index: int, channel: int, first: int) -> Window:
        assert (index, channel, first) == (1, 3, 0)
        value = np.full((16, 14), mean_of(subject, pixels), np.float32)
        return Window(0, 0.5, np.zeros((16, 14, 4), np.float32), np.ones((3, 3, 4), np.float32), value, value, (value,))

    def ask(self, request: str, subject: Subject, pixels: Pixels, **asked: Any) -> tuple[dict[str, Any], list[Any]]:
        assert request == "attribution"
        answer = {"score": 1.0, "probability": None, "completeness": None}
        return answer, [np.ones(subject.input_shape, np.float32), np.zeros(1, np.float32)]


def mean_of(subject: Subject, pixels: Pixels) -> float:
    scale, offset = subject.rescaling
    return float(np.mean(pixels * scale + offset))


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "inference", FakeInside)
    monkeypatch.setattr(models, "importer", FakeImporter)


def said_by(app: AppTest) -> str:
    """Return the words of the page without the spaces that stand for tags."""
    return text_of(keyed(app, "feature_maps")).replace(" ,", ",").replace(" .", ".")


def bring(data: bytes, name: str = "theirs.keras") -> AppTest:
    app = open_page("feature_maps", picture_numbers=True)
    return app.file_uploader(key="model_file").upload(name, data, "application/octet-stream").run()


def test_a_branched_model_is_read_only_and_says_what_is_off() -> None:
    app = bring(b"branched")
    assert not app.exception
    said = said_by(app)
    assert "theirs.keras, which takes 16 × 14 × 1" in said
    assert "It branches, so it can only be looked at. The editor, the doctor and the link are off for it" in said
    assert "age: output 0 = " in said
    assert "kinds: P(output 1) = 0.70 (logit 1.50), P(output 2) = 0.20 (logit 0.25), P(output 0) = 0.10" in said
    assert "&lt;b&gt;sum" in html_of(keyed(app, "feature_maps"))
    layers = unpacked(app, "maps_view")[0]["layers"]
    assert [layer["name"] for layer in layers] == [row.name for row in ROWS]
    assert [layer["send"] for layer in layers] == [True, True, False, False, False], "convolutions can be taken apart"
    assert layers[0]["regions"][0][:3] == [[0, 1], [0, 2], [1, 3]]
    assert layers[2]["regions"][0][:3] == [[0, 2], [0, 3], [0, 4]], "a sum sees what each of its inputs sees"
    assert mine(app).network == Network.seed(), "one's own network is untouched"


def test_a_map_of_a_read_only_model_opens_in_the_convolution_view() -> None:
    app = bring(b"branched")
    app.segmented_control(key=f"range_{'b' * 16}").set_value("−1 to 1").run()
    trigger(app, "maps_view", "send", {"layer": 1, "channel": 3})
    go_to(app, "convolution")
    assert not app.exception
    facts, arrays = unpacked(app, "convolution_view")
    assert (facts["layer"], facts["channel"], facts["total"]) == ("1 branch", 3, 4)
    assert app.selectbox(key="convolution_layer").options == ["stem, 16 × 14 × 4", "branch, 16 × 14 × 4"]
    assert facts["fields"]["rows"][8] == [6, 10]
    pixels = mine(app).picture.held.prepared(Measure(16, 14, 1))
    assert arrays["before"][0] == pytest.approx(pixels.mean() * 2 / 255 - 1, abs=1e-5), "in the chosen range"
    assert mine(app).layer.selected is None, "one's own network is untouched"
    assert "read-only; the strip above is still your own network" in text_of(app)


def test_the_range_of_the_pixels_can_be_chosen() -> None:
    app = bring(b"branched")

    def painted() -> float:
        return unpacked(app, "maps_view")[0]["layers"][0]["statistics"][0]["mean"][0]

    first = painted()
    app.segmented_control(key=f"range_{'b' * 16}").set_value("−1 to 1").run()
    assert painted() == pytest.approx(2 * first - 1, abs=1e-3)
    app.session_state["picture_numbers"] = False
    app.run()
    assert painted() == pytest.approx(2 * first - 1, abs=1e-3), "also while the fold is closed"
    app.session_state["picture_numbers"] = True
    app.run()
    app.segmented_control(key=f"range_{'b' * 16}").set_value("0 to 255").run()
    assert painted() == pytest.approx(255 * first, rel=1e-3)


def test_a_plain_model_is_a_network_like_any_other() -> None:
    app = bring(b"plain")
    assert not app.exception
    assert "another network , imported theirs.keras" in text_of(app)
    next(button for button in app.button if button.label == "Make it my network").click().run()
    assert mine(app).network.input_shape == (30, 30, 3)


@pytest.mark.parametrize(("data", "said"), [(b"", "is empty"), (b"\x89HDF\r\n\x1a\n", r"is \*odd\*")])
def test_a_refused_model_is_one_sentence_and_changes_nothing(data: bytes, said: str) -> None:
    app = bring(data, "bad.h5")
    assert not app.exception
    assert [said in error.value for error in app.error] == [True]
    assert not mine(app).models
    assert app.selectbox(key="weights_source").value == "demo"


def test_a_model_stays_when_one_comes_back_from_another_page() -> None:
    app = bring(b"branched")
    go_to(app, "augmentation")
    go_to(app, "feature_maps")
    assert not app.exception
    assert "theirs.keras, which takes" in said_by(app)


def bring_all(*names: str) -> AppTest:
    app = open_page("feature_maps", picture_numbers=True)
    files = [(name, b'{"layers"' if name.endswith("json") else b"weights", "any/thing") for name in names]
    return app.file_uploader(key="model_file").set_value(files).run()


@pytest.mark.parametrize("names", [("m.json", "w.h5"), ("w.h5", "m.json")])
def test_a_description_comes_with_its_weights_in_any_order_and_what_was_mended_is_said(names: tuple[str, ...]) -> None:
    app = bring_all(*names)
    assert not app.exception
    assert "m.json, which takes 16 × 14 × 1" in said_by(app)
    assert "Its weights came beside it." in said_by(app)


@pytest.mark.parametrize("names", [("a.h5", "b.h5"), ("a.json", "b.h5", "c.h5")])
def test_several_models_at_once_are_refused(names: tuple[str, ...]) -> None:
    app = bring_all(*names)
    assert ["Choose one model file" in error.value for error in app.error] == [True]
    assert not mine(app).models


def test_a_model_that_rescales_itself_gets_the_pixels_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = FakeImporter().open(b"branched", "m.keras")
    monkeypatch.setattr(FakeImporter, "open", lambda *_: replace(plain, rescales=True))
    app = bring(b"branched")
    assert app.segmented_control(key=f"range_{'b' * 16}").value == "0 to 255"


def test_code_that_explains_is_offered_for_a_model_that_keras_opens_as_it_is(
    monkeypatch: pytest.MonkeyPatch, downloads: dict[str, Any]
) -> None:
    def explained(app: AppTest) -> str:
        app.session_state["explain_methods"] = ["gradient"]
        go_to(app, "explain")
        assert not app.exception
        return text_of(keyed(app, "explain"))

    assert "There is no script for this model" in explained(bring_all("m.json", "w.h5"))
    assert "There is no script for this model" in explained(bring(b"branched"))
    assert "Script" not in downloads
    single = ImportedModel("m.keras", Path("/none"), "s" * 64, (16, 14, 1), False, ROWS, ("kinds",), 280, None, "Odd.")
    monkeypatch.setattr(FakeImporter, "open", lambda *_: single)
    explained(bring(b"single", "m.keras"))
    assert ".resize((14, 16)" in downloads["Script"]
    assert "Model (.keras)" not in downloads


def test_a_run_on_a_trunk_that_is_opened_whole_knows_its_classes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk_models, "importer", FakeImporter)
    trunk = shipped(96)
    run_id = recorded(store, replace(SPEC, name="head", network=smallest_head(trunk, 3), trunk=trunk))
    store.model_path(run_id).write_bytes(b"branched")
    told = store.folder(run_id) / "metrics.jsonl"
    told.write_text(json.dumps({"type": "start", "classes": ["ants", "bees", "*flies*"]}) + "\n" + told.read_text())
    app = open_page("training")
    labelled(app.button, "See its feature maps").click().run()
    assert not app.exception
    go_to(app, "feature_maps")
    said = said_by(app)
    assert "kinds: Says: bees, 70%. P(bees) = 0.70 (logit 1.50), P(*flies*) = 0.20 (logit 0.25), P(ants) = 0.10" in said
    assert "a head on a borrowed trunk" in said
