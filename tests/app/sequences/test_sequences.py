"""The page of sequences: a network that reads them, one sequence, a prediction first, and what decided."""

import csv
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.explain.asked import Target
from cnnlab.core.network import Network
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences import generator
from cnnlab.core.sequences.letters import text_of
from cnnlab.processes.explain.sequences import first_layer, mutations
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, Weighted
from cnnlab.runs.store.trained import SHIPPED_MOTIFS, shipped
from cnnlab.ui.sequences import hits
from tests.app.driving import keyed, labelled, mine, open_page, trigger, unpacked
from tests.app.driving import text_of as words_of

VIEW, ASK = "sequence_letters", "sequence_ask"
TRAINED = Weighted(primer(), FileWeights(shipped()[SHIPPED_MOTIFS].path))


def on_sequences(**session: Any) -> AppTest:
    """Return the page after its one press that takes the primer's network."""
    app = open_page("sequences", **session)
    keyed(app, "take_primer").click().run()
    assert not app.exception
    return app


def test_a_network_for_pictures_is_led_to_one_for_sequences_and_back(inference: Inside) -> None:
    app = open_page("sequences")
    assert "takes 150 × 150 × 3, and this page reads sequences of DNA" in words_of(app)
    before = mine(app).network
    keyed(app, "take_primer").click().run()
    assert mine(app).network == primer()
    assert "Random weights" not in words_of(app)
    assert unpacked(app, ASK)[0]["letters"]
    mine(app).undo()
    assert mine(app).network == before


def test_nothing_true_is_told_before_the_prediction_and_all_after(inference: Inside) -> None:
    app = on_sequences(sequence_class="with motif")
    facts, _ = unpacked(app, ASK)
    assert facts["planted"] is None
    assert "planted" not in words_of(keyed(app, "sequences"))
    known = generator.make()
    index = int(np.flatnonzero(known.validation.labels == 1)[0])
    assert facts["letters"] == text_of(known.validation.codes[index])
    (where,) = known.validation.truth[index]
    trigger(app, ASK, "mark", {"first": where.position, "last": where.position + 11})
    assert not app.exception
    assert "12 of 12 planted letters are in it" in words_of(keyed(app, "sequences"))
    drawn, arrays = unpacked(app, VIEW)
    assert drawn["planted"][0]["first"] == where.position
    found = mutations(inference, TRAINED, known.validation.codes[index], Target(1))
    np.testing.assert_array_equal(arrays["changes"].reshape(50, 4), found.answer.changes)
    keyed(app, "sequence_next").click().run()
    assert unpacked(app, ASK)[0]["letters"] != facts["letters"]


@pytest.mark.parametrize(("of", "said"), [("with motif", "Wrong: a motif"), ("without", "Right: none was planted")])
def test_that_there_is_none_is_an_answer_too(inference: Inside, of: str, said: str) -> None:
    app = on_sequences(sequence_class=of)
    trigger(app, ASK, "none", True)
    assert said in words_of(keyed(app, "sequences"))


def test_a_range_beyond_the_sequence_is_ignored(inference: Inside) -> None:
    app = on_sequences()
    for nonsense in ({"first": 40, "last": 50}, {"first": 9, "last": 3}, [], None, {"first": -1, "last": -1}):
        trigger(app, ASK, "mark", nonsense)
        assert not app.exception
        assert unpacked(app, ASK)[0]["asks"]


def test_a_typed_sequence_is_read_or_refused_and_has_no_truth(inference: Inside, downloads: dict[str, Any]) -> None:
    app = on_sequences(sequence_predict=False, sequence_source="your own")
    assert "type or paste 50" in words_of(app)
    area = labelled(app.text_area, "Your sequence, 50 letters")
    area.set_value("ACGT-").run()
    assert "A gap at place 5" in words_of(app)
    area.set_value("acgu" * 12 + "NN").run()
    facts, arrays = unpacked(app, VIEW)
    assert facts["letters"] == "ACGT" * 12 + "NN"
    assert facts["planted"] is None
    rows = list(csv.DictReader(io.StringIO(downloads["Table (CSV)"]())))
    assert [row["letter"] for row in rows] == list(facts["letters"])
    assert float(rows[3]["p_change_to_A"]) == pytest.approx(float(arrays["changes"][4 * 3]), rel=1e-4)
    kept = np.load(io.BytesIO(downloads["Numbers (npz)"]()))
    np.testing.assert_array_equal(kept["p_changes"].ravel(), arrays["changes"])
    assert kept["one_hot"].sum() == 48


def test_another_length_gets_made_sequences_of_its_own(inference: Inside) -> None:
    app = on_sequences()
    mine(app).change_network(primer().with_sides(60))
    app.run()
    assert not app.exception
    assert len(unpacked(app, ASK)[0]["letters"]) == 60
    mine(app).change_network(primer().with_sides(5_000))
    app.run()
    assert not app.exception
    assert "type one" in app.error[0].value


def test_every_filter_stands_beside_the_planted_motif_and_one_is_followed(inference: Inside) -> None:
    app = on_sequences(sequence_predict=False, sequence_part="Filters")
    (work,) = hits.HITS._works.values()
    work.thread.join(60)
    app.run()
    assert not app.exception
    data = json.loads(keyed(app, "filter_logos").proto.json)[0]
    assert data["cards"].count("data-filter=") == 32
    assert data["cards"].count("planted invented-1") == 32
    scores = [float(r.replace("−", "-")) for r in re.findall(r"match r = ([−\d.]+)", data["cards"])]
    assert scores == sorted(scores, reverse=True)
    codes = generator.make().validation.codes[0]
    first = first_layer(inference, TRAINED, codes)
    trigger(app, "filter_logos", "picked", 5)
    facts, arrays = unpacked(app, "filter_scan")
    assert facts["filter"] == 5
    np.testing.assert_array_equal(arrays["sums"], first.sums[:, 5])
    trigger(app, "filter_logos", "picked", 10**6)
    assert not app.exception
    assert unpacked(app, "filter_scan")[0]["filter"] < 32


def test_a_network_that_does_not_begin_with_a_convolution_has_no_logos_and_says_so(inference: Inside) -> None:
    app = on_sequences(sequence_predict=False, sequence_part="Filters")
    mine(app).change_network(Network((50, 4), primer().layers[2:]))
    app.run()
    assert not app.exception
    assert "does not begin with Conv1D" in app.error[0].value
