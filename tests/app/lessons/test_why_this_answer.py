"""The lesson about explanations: its steps set the page, and what it calls right is what the shipped network does."""

import numpy as np
import pytest

from cnnlab.core.data.held import Measure
from cnnlab.core.explain.agreement import spearman
from cnnlab.core.explain.asked import Asked
from cnnlab.processes.explain.attributions import Attribution, attribution
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, Weighted
from cnnlab.runs.store import trained
from cnnlab.ui.pictures.first import first_picture
from tests.app.driving import go_to, keyed, mine, open_page, send, text_of, unpacked
from tests.app.lessons.test_lessons import dock, entered, press

LESSON = "12-why-this-answer"


def test_it_asks_where_the_network_looks_before_it_shows_it(no_inference: None) -> None:
    app = entered(LESSON)
    assert not app.exception
    assert mine(app).picture.reference == first_picture().reference
    assert unpacked(app, "explain_view_ask")[0]["asks"]
    send(app, "explain_view_ask", '{"box": {"top": 0, "left": 0, "bottom": 74, "right": 149}}')
    assert [each["name"] for each in unpacked(app, "explain_view")[0]["figures"]] == ["grad_cam"]
    keyed(app, "lesson_dock").get("text_input")[0].set_value("1156").run()
    assert "34 · 34 = 1,156 places, for 22,500 pixels" in dock(app)
    press(app, "lesson_again")
    assert unpacked(app, "explain_view_ask")[0]["asks"], "who sets the step up again predicts again"


def test_each_step_shows_its_part_and_methods(no_inference: None) -> None:
    app = entered(LESSON, 2)
    assert [each["name"] for each in unpacked(app, "explain_view")[0]["figures"]] == ["gradient", "grad_cam"]
    press(app, "lesson_next")
    assert [each["name"] for each in unpacked(app, "explain_view")[0]["figures"]] == ["occlusion"]
    press(app, "lesson_next")
    assert app.selectbox(key="believe_method").value == "guided_backpropagation"
    assert "Does the map notice that the network forgets?" in text_of(keyed(app, "forgetting"))
    press(app, "lesson_next")
    assert "there is nothing in it to explain" in text_of(keyed(app, "explain"))


def test_leaving_gives_the_own_choice_of_methods_back(no_inference: None) -> None:
    app = open_page("explain", explain_methods=["smoothgrad"], explain_part="Why this answer?")
    app.query_params["lesson"], app.query_params["step"] = LESSON, "4"
    app.run()
    assert app.session_state["explain_part"] == "Believe it?"
    press(app, "lesson_leave")
    go_to(app, "explain")
    assert app.session_state["explain_methods"] == ["smoothgrad"]
    assert app.session_state["explain_part"] == "Why this answer?"


@pytest.fixture(scope="module")
def shipped() -> tuple[Weighted, np.ndarray]:
    """Return the network and the picture that the lesson speaks of."""
    found = trained.demo()
    height, width, channels = found.network.input_shape
    pixels = first_picture().picture.prepared(Measure(height, width, channels))
    return Weighted(found.network, FileWeights(found.path, found.rescale)), pixels


def test_the_muzzle_is_missed_most_and_without_the_tail_the_score_rises(
    real_inference: Inside, shipped: tuple[Weighted, np.ndarray]
) -> None:
    found = attribution(real_inference, *shipped, Asked("occlusion"))
    assert found.score > 0, "it says dogs"
    assert found.drops is not None
    row, column = np.unravel_index(int(np.argmax(found.drops.score)), found.drops.score.shape)
    assert (found.drops.windows.tops[row], found.drops.windows.lefts[column]) == (20, 10), "the tip of the muzzle"
    assert found.values[80:88, 110:124].mean() < 0, "the tail"
    assert np.abs(found.values[40:50, 50:90]).max() < found.values.max() / 3, "the back"


def test_guided_backpropagation_hardly_notices_what_occlusion_does(
    real_inference: Inside, shipped: tuple[Weighted, np.ndarray]
) -> None:
    def kept(method: str) -> float | None:
        before, after = (_values(attribution(real_inference, *shipped, Asked(method), count)) for count in (0, 2))
        return spearman(before, after)

    guided, occluded = kept("guided_backpropagation"), kept("occlusion")
    assert guided is not None
    assert guided > 0.9
    assert occluded is not None
    assert abs(occluded) < 0.3


def _values(found: Attribution) -> np.ndarray:
    return np.abs(found.values)
