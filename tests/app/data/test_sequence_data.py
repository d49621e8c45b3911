"""Sequences as a visitor's data set: made with settings, brought as files, and what fits them on other pages."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.generator import Settings
from cnnlab.core.training.answers import Answers
from cnnlab.ui.data.current import NO_PICTURES
from cnnlab.ui.training.run import evaluation
from tests.app.driving import go_to, html_of, keyed, mine, open_page, text_of, wait_for_data


def with_motifs(reference: str = "motifs:count=200") -> AppTest:
    app = open_page("data")
    mine(app).data = mine(app).data.making(reference)
    return app.run()


def test_made_sequences_are_shown_and_what_was_planted_only_on_a_press() -> None:
    app = open_page("data")
    app.radio(key="data_choice").set_value("motifs").run()
    assert not app.exception
    assert "1,600" in text_of(keyed(app, "data_counts"))
    assert "A logistic regression on counts of three letters" in text_of(keyed(app, "data_doctor"))
    assert "<mark>" not in html_of(app)
    app.toggle(key="show_planted").set_value(True).run()
    assert html_of(app).count("<mark>") == 6
    assert "CCGATWAGCGTA" in text_of(app)


def test_every_setting_is_taken_as_the_command_line_takes_it() -> None:
    app = with_motifs()
    for key, value in {"made_gc": 60.0, "made_positives": 0.4, "made_count": 500, "made_noise": 10.0}.items():
        app.number_input(key=key).set_value(value)
    app.toggle(key="made_both_strands").set_value(True)
    app.selectbox(key="made_strand").set_value("either")
    app.selectbox(key="made_motif").set_value("invented-2").run()
    assert not app.exception
    made = Settings.from_text(mine(app).data.reference)
    wanted = Settings("invented-2", count=500, gc=0.6, positives=0.004, noise=0.1, strand="either", both_strands=True)
    assert made == wanted
    assert "0.3% of the sequences" in text_of(keyed(app, "data_doctor")).replace(" %", "%")


def test_what_cannot_be_made_is_one_sentence_and_the_others_stay() -> None:
    app = with_motifs()
    app.number_input(key="made_length").set_value(11).run()
    assert "needs 12 letters, and the sequences have 11" in app.error[0].value.replace("\\", "")
    assert mine(app).data.reference == "motifs:count=200"
    app.number_input(key="made_length").set_value(40).run()
    assert not app.error
    assert mine(app).data.reference == "motifs:count=200,length=40"


@pytest.mark.parametrize("sent", ["A,count=200000", "x" * 5000, "invented-1:", "", "<b>"])
def test_a_motif_that_a_browser_makes_up_changes_nothing(sent: str) -> None:
    app = with_motifs()
    box = app.selectbox(key="made_motif")
    box.options.append(sent)
    box.set_value(sent).run()
    assert not app.exception
    assert mine(app).data.reference == "motifs:count=200"
    assert app.error


def test_brought_sequences_become_the_current_set_and_can_be_removed() -> None:
    letters = [f">s{i}\n{'ACGT' * 5}{'ACGT'[i % 4]}{'CATG'[i % 3]}\n" for i in range(12)]
    app = open_page("data")
    for name in ("bound", "free"):
        app.file_uploader(key="sequence_files").upload(f"{name}.fasta", "".join(letters).encode(), "text/plain")
    app.run()
    wait_for_data(app)
    assert not app.exception
    assert not app.error
    assert "bound (uploaded)" in app.radio(key="data_choice").options
    assert "Each has 22 letters" in text_of(keyed(app, "data_counts"))
    app.button(key="remove_data").click().run()
    assert mine(app).data.reference == "silhouettes"


def test_a_bad_file_is_refused_with_its_line() -> None:
    app = open_page("data")
    app.file_uploader(key="sequence_files").upload("a.fasta", b">one label=a\nAC-T\n", "text/plain").run()
    wait_for_data(app)
    assert "a.fasta, line 1: a gap at place 3" in app.error[0].value.replace("\\", "")
    assert mine(app).data.reference == "silhouettes"


def test_the_training_page_offers_a_network_that_fits_the_sequences() -> None:
    app = go_to(with_motifs("motifs:count=200,length=60"), "training")
    assert not app.exception
    assert "Your network reads pictures (150×150×3)" in text_of(keyed(app, "does_not_fit")).replace(" × ", "×")
    app.button(key="take_fitting").click().run()
    assert mine(app).network == primer().with_sides(60)
    assert "take_fitting" not in {button.key for button in app.button}
    assert not next(button for button in app.button if button.label == "Start training").disabled


def test_sequences_of_another_length_ask_for_another_input() -> None:
    app = with_motifs("motifs:count=200,length=60")
    mine(app).change_network(primer())
    go_to(app, "training")
    app.button(key="take_fitting").click().run()
    assert mine(app).network == primer().with_sides(60)


def test_a_network_of_sequences_on_pictures_is_offered_the_posts_own() -> None:
    app = open_page("training")
    mine(app).change_network(primer())
    app.run()
    assert "your data set is of pictures" in text_of(keyed(app, "does_not_fit"))
    app.button(key="take_fitting").click().run()
    assert mine(app).network.rank == 2


def test_a_network_of_sequences_on_pictures_is_offered_sequences_of_its_length() -> None:
    app = open_page("training")
    mine(app).change_network(primer().with_sides(60))
    app.run()
    app.button(key="take_fitting_data").click().run()
    assert not app.exception
    assert mine(app).data.reference == "motifs:length=60"
    assert mine(app).network == primer().with_sides(60)
    assert not next(button for button in app.button if button.label == "Start training").disabled


def test_a_network_of_pictures_on_sequences_is_offered_the_silhouettes() -> None:
    app = go_to(with_motifs(), "training")
    app.button(key="take_fitting_data").click().run()
    assert not app.exception
    assert mine(app).data.reference == "silhouettes"
    assert "take_fitting" not in {button.key for button in app.button}


@pytest.mark.usefixtures("no_inference")
def test_a_page_of_pictures_says_that_the_data_set_is_of_sequences() -> None:
    app = go_to(with_motifs(), "feature_maps")
    app.session_state["picture_source"] = "data set"
    app.run()
    assert not app.exception
    assert any(error.value.replace("\\", "") == NO_PICTURES for error in app.error)


def test_the_page_of_a_run_says_why_accuracy_means_nothing_where_a_class_is_rare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    labels = np.arange(250) == 0
    outputs = np.where(labels, 0.4, 0.1)[:, None]
    rare = Answers(("without", "with motif"), labels.astype(int), outputs, ("",) * 250)
    monkeypatch.setattr(evaluation, "_answers", lambda *_: rare)
    app = open_page("training", run_part="Where is it wrong?")
    assert not app.exception
    said = text_of(app).replace(" %", "%")
    assert "whoever always says without is right for 99.6%" in said
    assert "accuracy means nothing here" in said
    sent = json.loads(keyed(app, "confusion_matrix").proto.json)[0]
    assert (sent["rare"], sent["of"], sent["curves"]["pr"]["up"]) == (True, 1, "precision of with motif")
    assert [step["threshold"] for step in sent["steps"]] == [0.0, 0.1, 0.5, 1.0]
    assert said.index("accuracy means nothing here") < said.index("Not shown to be better than chance")


def test_a_rare_first_class_of_pictures_is_the_one_that_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.arange(200) > 4
    rare = Answers(("cats", "dogs"), labels.astype(int), np.linspace(0.2, 0.9, 200)[:, None], ("",) * 200)
    monkeypatch.setattr(evaluation, "_answers", lambda *_: rare)
    app = open_page("training", run_part="Where is it wrong?")
    assert not app.exception
    assert "Look at precision and recall of cats: the area under the curve is 1.0" in text_of(app)
    sent = json.loads(keyed(app, "confusion_matrix").proto.json)[0]
    assert (sent["of"], sent["curves"]["pr"]["up"], sent["curves"]["roc"]["area"]) == (0, "precision of cats", 1)


def test_a_network_of_sequences_has_experiments_of_its_own() -> None:
    app = with_motifs()
    mine(app).change_network(primer())
    go_to(app, "training")
    keys = {button.key: button.disabled for button in app.button if str(button.key).startswith("experiment_")}
    assert keys == {f"experiment_{key}": False for key in ("filters", "kernel", "position", "strands", "rare")}
