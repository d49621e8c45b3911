"""The features of a data set on the feature-map page: near pictures are named, and a point becomes the picture."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.pictures import Pixels
from cnnlab.core.pictures.reference import FromData
from cnnlab.processes.subjects import Subject
from cnnlab.ui.inside.features.space import SPACES
from cnnlab.ui.session import services
from tests.app.conftest import FakeInference
from tests.app.driving import keyed, labelled, mine, open_page, text_of, trigger, unpacked


class Colours(FakeInference):
    """Give the mean colour of a picture as its features, and its red as the answer."""

    def ask(
        self, request: str, subject: Subject, pixels: Pixels, *, rows: list[int], **more: Any
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        assert request == "features"
        means = (pixels.mean(axis=(1, 2)) / 255).astype(np.float32)
        return {}, [means if row == rows[0] else means[:, :1] for row in rows]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(services, "inference", Colours)
    app = open_page("feature_maps", map_kind="features")
    assert not app.exception
    return app


def computed(app: AppTest) -> AppTest:
    labelled(app.button, "Compute the features").click().run()
    for work in SPACES._works.values():
        work.thread.join(60)
    app.run()
    assert not app.exception
    return app


def test_a_point_becomes_the_picture_and_its_neighbours_are_shown(app: AppTest) -> None:
    said = text_of(app.main)
    assert "What is a feature? For every picture activation_3 gives 64 numbers, one from each of its units" in said
    mine(app).picture = replace(mine(app).picture, reference=None)
    facts, arrays = unpacked(computed(app), "feature_space")
    assert len(facts["names"]) == 360
    assert len(arrays["points"]) == 2 * 361, "the visitor's own picture is none of them"
    trigger(app, "feature_space", "picked", 7)
    reference = mine(app).picture.reference
    assert isinstance(reference, FromData)
    assert (reference.split, reference.index) == ("validation", 7)
    facts, arrays = unpacked(app, "feature_space")
    assert facts["chosen"] == 7
    assert len(arrays["points"]) == 2 * 360
    assert "Across holds" in text_of(app.main)


def test_wrong_answers_are_marked_as_the_network_gave_them(app: AppTest) -> None:
    facts, arrays = unpacked(computed(app), "feature_space")
    says = [said.removeprefix("the network says: ") for said in facts["said"]]
    truth = [facts["classes"][int(label)] for label in arrays["labels"]]
    assert arrays["wrong"].tolist() == [int(a != b) for a, b in zip(says, truth, strict=True)]
    assert f"{int(arrays['wrong'].sum())} of 360" in text_of(app.main)


@pytest.mark.parametrize("sent", [360, 10**8, -1, "3", None])
def test_a_point_that_is_not_there_changes_nothing(app: AppTest, sent: object) -> None:
    before = mine(computed(app)).picture
    trigger(app, "feature_space", "picked", sent)
    assert not app.exception
    assert mine(app).picture == before


def test_the_shipped_trunk_has_features_without_a_training(app: AppTest) -> None:
    app.session_state["space_of"] = "EfficientNet-Lite0 (shipped)"
    app.run()
    assert "avg_pool gives 1,280 numbers, the mean of each of its maps" in text_of(app.main)
    assert not [box for box in app.selectbox if box.label == "Layer"]
    assert keyed(app, "space_start")
