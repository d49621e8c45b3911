"""A sequence is followed through a training: chosen or typed, and shown at every moment with all filters as logos."""

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.generator import Settings
from cnnlab.core.sequences.letters import codes_of, one_hot
from cnnlab.core.sequences.motifs import INVENTED
from cnnlab.runs.record import RunError, State
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.record.findings import FOLLOWED, Frame, compact, write_frame
from cnnlab.runs.store import Store
from cnnlab.ui.data.sequences.current import loaded_sequences
from cnnlab.ui.training.run.followed import logos_svg
from cnnlab.ui.training.run.probe import probe_png
from tests.app.driving import keyed, labelled, mine, open_page, text_of
from tests.app.run.test_training import SPEC, start

DATA = "motifs:count=200"
SEQUENCES = replace(SPEC, network=primer(), data=DATA, data_name=DATA)


def on_training() -> AppTest:
    app = open_page("data")
    mine(app).data = mine(app).data.making(DATA)
    mine(app).change_network(primer())
    return app.switch_page("../../pages/training.py").run()


def followed(store: Store) -> np.ndarray:
    return np.load(store.folder(store.in_state(State.QUEUED)[0].id) / FOLLOWED)


def test_the_chosen_sequence_of_the_set_goes_along(store: Store) -> None:
    app = on_training()
    labelled(app.selectbox, "Of the class").set_value("with motif").run()
    labelled(app.button, "Next").click().run()
    start(app)
    assert not app.exception
    known = loaded_sequences(Settings.from_text(DATA).text).validation
    second = known.codes[np.flatnonzero(known.labels == 1)[1]]
    np.testing.assert_array_equal(followed(store), one_hot(second))


def test_a_typed_sequence_goes_along_and_one_that_is_none_is_refused(store: Store) -> None:
    app = on_training()
    app.session_state["sequence_source"] = "your own"
    app.run()
    area = labelled(app.text_area, "Your sequence, 50 letters")
    start(app)
    assert any("cannot follow your sequence. There are no letters yet" in error.value for error in app.error)
    assert not store.in_state(State.QUEUED)
    area.set_value("acgtn" * 10).run()
    start(app)
    np.testing.assert_array_equal(followed(store), one_hot(codes_of(b"ACGTN" * 10)))


def test_a_sequence_that_shall_not_be_followed_is_not_stored(store: Store) -> None:
    app = on_training()
    labelled(app.toggle, "Follow a sequence").set_value(False).run()
    start(app)
    assert not (store.folder(store.in_state(State.QUEUED)[0].id) / FOLLOWED).exists()


def test_pictures_before_do_not_make_the_choice_ones_own(store: Store) -> None:
    app = open_page("training")
    mine(app).change_network(primer())
    app.run()
    assert all(area.label != "Your sequence, 50 letters" for area in app.text_area)
    mine(app).data = mine(app).data.making(DATA)
    app.run()
    assert labelled(app.selectbox, "Of the class").value == "any"


def watched(store: Store) -> str:
    """Record a run whose filter 5 becomes the planted motif."""
    run = store.create(SEQUENCES, State.STARTING, probe=one_hot(np.arange(50, dtype=np.uint8) % 4))
    store.transition(run.id, State.RUNNING)
    writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
    writer.append({"type": "start", "classes": ["without", "with motif"], "epochs": 2, "batches": 10})
    writer.close()
    rng = np.random.default_rng(0)
    maps, limit = compact(rng.standard_normal((1, 39, 32)).astype(np.float32))
    kernel = rng.standard_normal((1, 12, 4, 32)).astype(np.float32)
    for moment, output in (((0, 0), 0.5), ((1, 3), 0.6), ((1, 0), 0.97)):
        if moment == (1, 0):
            kernel[0, :, :, 5] = INVENTED["invented-1"].matrix
        frame = Frame(*moment, {0: maps}, {0: limit}, {0: 32}, kernel, np.array([1 - output, output], np.float32))
        write_frame(store.folder(run.id) / "probe", frame)
    return run.id


def test_its_probability_and_the_filters_as_logos_are_shown_at_every_moment(store: Store) -> None:
    run_id = watched(store)
    app = open_page("training", run_part="My picture")
    assert not app.exception
    assert "A C G T A C G T" in text_of(app)
    data = json.loads(keyed(app, "probe_scrubber").proto.json)[0]
    assert [layer["title"] for layer in data["layers"]] == ["filters as logos", "conv1d, 39 × 32"]
    assert data["frames"][-1]["said"] == "with motif: 0.97; filter 5 fits invented-1 best, r = 1.00"
    figure = json.loads(json.loads(keyed(app, "followed_probability").proto.json)[0]["figure"])
    assert [line["name"] for line in figure["data"]] == ["P(without)", "P(with motif)", "match r of the best filter"]
    assert figure["data"][1]["x"] == [0, 0.3, 1]
    np.testing.assert_allclose(figure["data"][1]["y"], [0.5, 0.6, 0.97], atol=1e-4)
    assert figure["data"][2]["y"][-1] == pytest.approx(1)
    with Image.open(io.BytesIO(probe_png(run_id, "0", "1-0"))) as drawn:
        assert drawn.size == (39, 32)
    ElementTree.fromstring(logos_svg(run_id, "logos", "1-0"))
    assert "planted invented-1, match r = 1.00" in logos_svg(run_id, "logos", "1-0")
    assert "planted" not in logos_svg(run_id, "alone", "1-0")
    for wrong in ((run_id, "logos", "9-9"), (run_id, "logos", "x"), (run_id, "0", "1-0"), ("../x", "logos", "1-0")):
        with pytest.raises((RunError, ValueError)):
            logos_svg(*wrong)


def test_a_run_of_pictures_has_no_logos(store: Store) -> None:
    with pytest.raises(RunError):
        logos_svg(store.create(SPEC, State.STARTING).id, "logos", "0-0")
