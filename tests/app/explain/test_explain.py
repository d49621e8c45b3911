"""The explain page: maps beside each other, a prediction first, and the test whether a map explains anything."""

import io
import re
import zipfile
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.held import Measure
from cnnlab.core.explain.agreement import spearman
from cnnlab.core.explain.asked import Asked
from cnnlab.core.network import Network
from cnnlab.processes.explain.attributions import attribution, forgettable
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.runs.store import trained
from cnnlab.ui.explain.units import climbing, notebook_view, patches
from cnnlab.ui.parts.work import Works
from cnnlab.ui.session.keys import EXPLAIN_METHODS
from tests.app.driving import go_to, html_of, keyed, labelled, mine, open_page, send, text_of, unpacked

SMALL = Network.seed().with_image_size(32, 32)


def figures(app: AppTest, key: str = "explain_view") -> dict[str, tuple[dict[str, Any], np.ndarray]]:
    """Return what was drawn by its name: the facts of each figure and its values."""
    facts, arrays = unpacked(app, key)
    return {each["name"]: (each, arrays[each["values"]]) for each in facts["figures"]}


def pressed(app: AppTest, label: str, works: Works[Any]) -> None:
    """Press a button that begins a work, and draw the page again when it has ended."""
    labelled(app.button, label).click().run()
    (work,) = works._works.values()
    work.thread.join(120)
    assert work.standing.ended
    app.run()
    assert not app.exception


def pixels_of(app: AppTest, network: Network) -> np.ndarray:
    height, width, channels = network.input_shape
    return mine(app).picture.held.prepared(Measure(height, width, channels))


def test_the_first_visitor_sees_what_decided_for_what_the_network_says(inference: Inside) -> None:
    app = open_page("explain")
    assert not app.exception
    assert "Says: dogs" in text_of(keyed(app, "explain"))
    drawn = figures(app)
    assert set(drawn) == set(EXPLAIN_METHODS.default)
    shipped = trained.demo()
    subject = Weighted(shipped.network, FileWeights(shipped.path))
    pixels = pixels_of(app, shipped.network)
    for name, (facts, values) in drawn.items():
        found = attribution(inference, subject, pixels, Asked(name))
        assert np.array_equal(values.reshape(found.values.shape), found.values)
        assert facts["limit"] > 0
        assert facts["said"]


def test_the_rival_of_one_sigmoid_unit_is_the_same_map_with_the_other_sign(inference: Inside) -> None:
    app = open_page("explain", explain_methods=["gradient"])
    says = figures(app)["gradient"][1]
    rival = figures(labelled(app.selectbox, "Explain").set_value("its rival").run())["gradient"][1]
    assert np.array_equal(says, -rival)


def test_a_rival_stays_chosen_for_another_picture_under_its_new_label(inference: Inside) -> None:
    app = open_page("explain", explain_methods=["gradient"])
    first = labelled(labelled(app.selectbox, "Explain").set_value("its rival").run().selectbox, "Explain")
    out = io.BytesIO()
    Image.fromarray(np.full((60, 60, 3), 90, np.uint8)).save(out, "PNG")
    app.file_uploader(key="picture_file").upload("grey.png", out.getvalue(), "image/png").run()
    second = labelled(app.selectbox, "Explain")
    assert second.value == "its rival"
    assert list(second.options) != list(first.options)
    assert second.proto.set_value, "the browser is told, which would go on showing the old label"
    assert second.proto.raw_value == second.options[1]
    assert not labelled(app.run().selectbox, "Explain").proto.set_value


def test_who_predicts_first_sees_nothing_before_and_shares_of_the_box_after(no_inference: None) -> None:
    app = labelled(open_page("explain").toggle, "Predict first").set_value(True).run()
    facts, arrays = unpacked(app, "explain_view_ask")
    assert facts["asks"]
    assert [each["values"] for each in facts["figures"]] == [None]
    assert not any(name.startswith("values") for name in arrays), "what is hidden is not sent"
    send(app, "explain_view_ask", '{"box": {"top": 0, "left": 0, "bottom": 74, "right": 149}}')
    facts, _ = unpacked(app, "explain_view")
    assert facts["box"] == [0, 0, 74, 149]
    assert all("50% of it lies in your box" in each["said"] for each in facts["figures"])
    assert all("a random one holds 50%" in each["said"] for each in facts["figures"])


@pytest.mark.parametrize(
    "box",
    [
        '{"box": {"top": 0, "left": 0, "bottom": 150, "right": 3}}',
        '{"box": {"top": 9, "left": 0, "bottom": 3, "right": 3}}',
        '{"box": {"top": "0", "left": 0, "bottom": 3, "right": 3}}',
        '{"box": [1, 2, 3, 4]}',
    ],
)
def test_a_box_that_no_picture_has_is_ignored(no_inference: None, box: str) -> None:
    app = labelled(open_page("explain").toggle, "Predict first").set_value(True).run()
    send(app, "explain_view_ask", box)
    assert not app.exception
    assert unpacked(app, "explain_view_ask")[0]["asks"]


def test_random_weights_are_said_to_explain_nothing(no_inference: None) -> None:
    app = open_page("explain", weights_source="random")
    assert "there is nothing in it to explain" in text_of(keyed(app, "explain"))


@pytest.mark.parametrize("methods", [[], "gradient", ["no such method"], [None, {}], 7])
def test_methods_that_were_not_offered_are_not_computed(no_inference: None, methods: object) -> None:
    app = open_page("explain", explain_methods=methods)
    assert "explain_view" not in {getattr(node, "key", None) for node in app.main}


def test_the_sanity_check_tells_the_correlation_of_every_stage(inference: Inside) -> None:
    app = open_page("explain", explain_part="Believe it?", believe_method="gradient")
    mine(app).change_network(SMALL)
    app.session_state["weights_source"] = "random"
    go_to(app, "explain")
    labelled(app.button, "Let it forget").click().run()
    drawn = figures(app, "believe_view")
    subject, pixels = Weighted(SMALL, RandomWeights()), pixels_of(app, SMALL)
    count = len(forgettable(subject))
    assert set(drawn) == {*(f"forgot{i}" for i in range(count + 1)), "edges"}
    asked = Asked("gradient", sign=-1 if "cats" in text_of(app) else 1)
    before = drawn["forgot0"][1]
    for stage in range(1, count + 1):
        after = attribution(inference, subject, pixels, asked, stage).values
        rho = spearman(np.abs(before), np.abs(after.ravel()))
        assert rho is not None
        assert f"ρ = {rho:.2f}".replace("-", "−") in drawn[f"forgot{stage}"][0]["title"]
    assert drawn["edges"][0]["unit"] == "by Sobel's filter, of grey levels"
    said = text_of(app)
    assert "Beside it, guided backpropagation" in said
    assert "nothing was learned that could be forgotten" in said
    assert "This map" not in said, "no verdict is true of random weights"
    assert "trained on shuffled labels" in text_of(app)


def test_a_network_without_maps_or_relu_says_so_for_the_methods_that_need_them(inference: Inside) -> None:
    flat = Network.from_dict(
        {
            "input_shape": [16, 16, 1],
            "layers": [{"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 1}}],
        }
    )
    app = open_page("explain", explain_methods=["gradient", "grad_cam", "guided_backpropagation"])
    mine(app).change_network(flat)
    go_to(app, "explain")
    assert not app.exception
    assert set(figures(app)) == {"gradient"}
    said = " ".join(error.value for error in app.error)
    assert said.count("Grad-CAM") == 1
    assert said.count("this network has none") == 2
    app.session_state["explain_part"] = "Believe it?"
    app.run()
    labelled(app.button, "Let it forget").click().run()
    assert {"forgot0", "forgot1", "edges"} == set(figures(app, "believe_view"))
    assert "a ReLU, and this network has none" in text_of(app)


def test_pixels_are_taken_away_in_the_order_of_the_map_and_beside_random_ones(inference: Inside) -> None:
    app = open_page("explain", explain_part="Believe it?", believe_method="gradient_times_input")
    mine(app).change_network(SMALL)
    app.session_state["weights_source"] = "random"
    go_to(app, "explain")
    labelled(app.button, "Take them away").click().run()
    assert not app.exception
    assert keyed(app, "pixels_taken")
    assert keyed(app, "pixels_given")
    assert "Areas under the curves" in text_of(app)


def test_a_climb_ends_above_where_it_began_and_its_sheet_names_every_channel(inference: Inside) -> None:
    app = open_page("explain", explain_part="What a unit likes", climb_steps_0=8)
    mine(app).change_network(SMALL)
    app.session_state["weights_source"] = "random"
    go_to(app, "explain")
    app.session_state["unit_layer"], app.session_state["unit_channel"] = 0, 3
    app.run()
    pressed(app, "Climb", climbing.CLIMBS)
    facts, arrays = unpacked(app, "climb")
    assert facts["curve"][-1] > facts["curve"][0]
    assert len(facts["curve"]) == 9
    assert arrays["pictures"].size == len(facts["steps"]) * 32 * 32 * 3
    last = arrays["pictures"].reshape(-1, 32, 32, 3)[-1]
    assert facts["words"].startswith("The number is the mean of its map; it began with ")
    assert facts["words"].endswith(f"The last picture holds {last.min()} to {last.max()}.")
    pressed(app, "All 32 channels", climbing.SHEETS)
    assert "All channels of conv2d" in text_of(app)
    assert text_of(app).count("31: ") == 1


@pytest.mark.parametrize("sent", [{"unit_layer": 99}, {"unit_channel": 10**9}, {"climb_steps_6": -5}])
def test_a_unit_or_a_setting_that_was_not_offered_is_another_one(no_inference: None, sent: dict[str, Any]) -> None:
    app = open_page("explain", explain_part="What a unit likes", **sent)
    assert not app.exception
    assert labelled(app.button, "Climb")


def test_patches_of_the_data_are_ranked_beside_the_page_and_drawn_for_each_channel(inference: Inside) -> None:
    app = open_page("explain", explain_part="What a unit likes", patches_of="validation")
    mine(app).change_network(SMALL)
    app.session_state["weights_source"] = "random"
    go_to(app, "explain")
    app.session_state["unit_layer"] = 0
    app.run()
    pressed(app, "Find the strongest patches", patches.RANKINGS)
    assert "The strongest" in text_of(app)
    assert "of 360 pictures" in text_of(app)
    shown = html_of(keyed(app, "explain")).count("<figcaption>")
    assert shown == 27
    app.session_state["unit_layer"] = 2
    assert "choose one of these layers" in text_of(app.run())


def test_the_notebooks_way_is_drawn_with_what_is_wrong_with_it(inference: Inside) -> None:
    app = open_page("explain", explain_part="What a unit likes")
    mine(app).change_network(Network.seed().with_image_size(24, 24))
    app.session_state["weights_source"] = "random"
    go_to(app, "explain")
    app.session_state["unit_layer"] = 0
    app.run()
    pressed(app, "As the post's notebook did", notebook_view.DRAWINGS)
    said = text_of(app)
    assert re.search(r"conv2d as the post's notebook draws it: \d+ of 32 filters", said)
    assert "The start lies outside what the network was trained on: it begins at values from 118" in said
    assert "The layer conv2d is before its ReLU" in said


def test_the_maps_come_along_as_numbers_pictures_and_code(inference: Inside, downloads: dict[str, Any]) -> None:
    app = open_page("explain", explain_methods=["gradient", "occlusion"], explain_size=50)
    drawn = figures(app)
    with np.load(io.BytesIO(downloads["Maps (npz)"]())) as arrays:
        assert set(arrays) == {"picture", "outputs", "score", "gradient", "occlusion"}
        assert np.array_equal(arrays["occlusion"].ravel(), drawn["occlusion"][1])
        picture = arrays["picture"]
    with zipfile.ZipFile(io.BytesIO(downloads["Maps (PNG)"]())) as archive:
        names = {f"{name}{end}.png" for name in drawn for end in ("", "_overlay")}
        assert set(archive.namelist()) == {"picture.png", *names}
        for name in archive.namelist():
            assert Image.open(archive.open(name)).size == picture.shape[1::-1]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(downloads["Picture"]()))), picture)
    assert downloads["Model (.keras)"]()[:2] == b"PK"
    assert "tape.gradient" in downloads["Script"]
    app.selectbox(key="explain_code").set_value("occlusion").run()
    assert "50, left : left + 50" in downloads["Script"]
    assert app.code[-1].value == downloads["Script"].strip()


def test_a_script_is_offered_for_none_but_shown_methods(no_inference: None, downloads: dict[str, Any]) -> None:
    app = open_page("explain", explain_methods=["smoothgrad"], explain_code="gradient")
    assert not app.exception
    assert "SmoothGrad" in downloads["Script"]
