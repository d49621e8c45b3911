"""The data page: what is in a set, and what happens to a good and a bad upload."""

import io
import json
import os
import re
import zipfile
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.held import Measure
from cnnlab.core.data.library import Library
from cnnlab.core.pictures import PictureError
from cnnlab.core.settings import Settings
from cnnlab.processes.home.faults import FULL
from cnnlab.ui.data import explore, reading, work
from cnnlab.ui.session import services
from tests.app.driving import go_to, html_of, keyed, labelled, mine, open_page, text_of, trigger, wait_for_data
from tests.app.material import LAYOUT, data_zip


def counts(app: AppTest) -> list[list[int]]:
    lines = re.findall(r"<tbody>(.*)</tbody>", html_of(keyed(app, "data_counts")))[0].split("</tr>")[:-1]
    return [[int(n.replace(",", "")) for n in re.findall(r'class="number">([\d,]+)<', line)] for line in lines]


def upload(app: AppTest, content: bytes, name: str = "pets.zip") -> AppTest:
    app.file_uploader(key="data_file").upload(name, content, "application/zip").run()
    return wait_for_data(app)


def test_the_bundled_set_is_counted_and_its_class_order_said() -> None:
    app = open_page("data")
    training, validation = counts(app)
    assert training[0] + training[1] == training[2] > 1000
    assert validation[0] + validation[1] == validation[2] > 200
    said = text_of(keyed(app, "data_counts"))
    assert "Class 0 is cats and class 1 is dogs" in said
    assert "Keras sorts the folder names" in said
    assert "P(dogs)" in said


def test_the_page_says_that_silhouettes_teach_nothing_about_photographs() -> None:
    assert "knows nothing about photographs" in text_of(open_page("data"))


def test_an_uploaded_zip_becomes_the_current_set() -> None:
    app = upload(open_page("data"), data_zip())
    assert not app.exception
    assert not app.error
    assert counts(app) == [[12, 10, 22], [4, 6, 10]]
    assert "pets (uploaded)" in app.radio(key="data_choice").options
    assert app.radio(key="data_choice").value == mine(app).data.reference != "silhouettes"


def test_the_same_zip_twice_is_one_set() -> None:
    content = data_zip()
    app = upload(open_page("data"), content)
    upload(app, content, "again.zip")
    assert sum("uploaded" in option for option in app.radio(key="data_choice").options) == 1


def test_each_of_two_sets_with_one_name_can_be_chosen() -> None:
    app = open_page("data")
    for seed in (1, 2):
        upload(app, data_zip(seed=seed), "same.zip")
    radio = app.radio(key="data_choice")
    labels = [option for option in radio.options if option.startswith("same")]
    assert labels == ["same (uploaded)", "same (uploaded) (2)"]
    chosen = set()
    for label in labels:
        app.radio(key="data_choice").set_value(label).run()
        assert not app.exception
        chosen.add(mine(app).data.reference)
    assert len(chosen) == 2


def test_going_back_to_the_bundled_set_keeps_the_uploaded_one() -> None:
    app = upload(open_page("data"), data_zip())
    app.radio(key="data_choice").set_value("silhouettes").run()
    assert counts(app)[0][2] > 1000
    assert sum("uploaded" in option for option in app.radio(key="data_choice").options) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (data_zip({"train/data": 6, "validation/data": 3}), "one class folder only"),
        (b"this is no zip", "not a zip archive"),
        (b"", "not a zip archive"),
        (data_zip({"train/cats": 3, "train/dogs": 3, "validation/cats": 2, "validation/cows": 2}), "differ"),
    ],
)
def test_a_refused_zip_gets_one_sentence_and_the_set_before_it_stays(content: bytes, said: str, home: Path) -> None:
    app = upload(open_page("data"), data_zip())
    before = mine(app).data.reference
    upload(app, content, "bad.zip")
    assert not app.exception
    assert len(app.error) == 1
    assert said in app.error[0].value
    assert app.error[0].value.count(". ") == 0, "one sentence"
    assert mine(app).data.reference == before
    assert counts(app) == [[12, 10, 22], [4, 6, 10]]
    assert len(Library(Settings(home)).entries()) == 1


@pytest.mark.parametrize(("key", "name"), [("data_file", "pets.zip"), ("sequence_files", "motifs.fasta")])
def test_an_upload_that_fills_the_disk_is_one_sentence_and_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str, name: str
) -> None:
    app = open_page("data")
    monkeypatch.setattr(work.secrets, "token_hex", lambda _: "here")
    (home / "data").mkdir(exist_ok=True)
    (home / "data" / f".upload-{os.getpid()}-here").symlink_to("/dev/full")
    app.file_uploader(key=key).upload(name, data_zip(), "application/zip").run()
    assert not app.exception
    assert [error.value for error in app.error] == [FULL]
    assert list((home / "data").iterdir()) == []


def test_a_good_zip_after_a_bad_one_clears_the_refusal() -> None:
    app = upload(open_page("data"), b"this is no zip")
    assert app.error
    assert not upload(app, data_zip()).error


def test_the_name_of_a_class_folder_never_becomes_html() -> None:
    broken = {**LAYOUT, "train/<b>cats": 2, "validation/<b>cats": 1}
    app = upload(open_page("data"), data_zip(broken))
    assert not app.exception
    assert "&lt;b&gt;cats" in html_of(keyed(app, "data_counts"))
    assert "<b>cats" not in html_of(app)


def test_a_folder_is_offered_only_below_the_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library(Settings(tmp_path / "elsewhere")).add_archive(io.BytesIO(data_zip()), "pets.zip")
    inside = next((tmp_path / "elsewhere" / "data").glob("*/files"))
    root = tmp_path / "root"
    root.mkdir()
    inside.rename(root / "pets")
    monkeypatch.setenv("CNNLAB_DATA_ROOT", str(root))
    app = open_page("data")
    app.text_input(key="data_folder").set_value("../elsewhere").run()
    assert "no folder" in app.error[0].value
    assert mine(app).data.reference == "silhouettes"
    app.text_input(key="data_folder").set_value("pets").run()
    wait_for_data(app)
    assert not app.error
    assert counts(app) == [[12, 10, 22], [4, 6, 10]]


def findings(app: AppTest) -> dict[str, str]:
    found = re.findall(
        r'data-finding="(\w+)">(.*?)(?=<(?:div|details) class="notice"|$)', html_of(keyed(app, "data_doctor")), re.S
    )
    return dict(found)


def test_a_sound_set_says_what_was_looked_for() -> None:
    app = open_page("data")
    assert set(findings(app)) == {"bundled"}
    assert "Nothing wrong was found" in text_of(keyed(app, "data_doctor"))


def test_where_keras_finds_another_class_the_page_does_not_say_that_it_sorts_these() -> None:
    app = upload(open_page("data"), data_zip({**LAYOUT, "train/.ipynb_checkpoints": 1}))
    assert not app.exception
    found = findings(app)["keras_classes"]
    assert (
        "Keras would see something else here: for flow_from_directory .ipynb_checkpoints in train is a class" in found
    )
    assert "so that cats is 1 and dogs is 2" in found
    assert "because Keras sorts" not in text_of(app)
    assert "Keras finds more of them" in text_of(app)


def test_a_picture_in_both_splits_is_shown_with_its_files_and_what_will_be_done() -> None:
    app = upload(open_page("data"), data_zip({**LAYOUT, "train/cats": 1, "validation/dogs": 1}, same=True))
    leak = findings(app)["leakage"]
    assert "validation will look too good" in leak
    assert "remove one of each pair" in leak
    assert re.search(r"<code>train/cats/0.png = train/dogs/0.png = validation/", leak)
    assert "Nothing wrong" not in text_of(app)


def test_switching_the_classes_holds_on_the_next_page_and_in_the_training() -> None:
    app = open_page("data")
    assert "output = P(class 1) = P(dogs)" in text_of(app)
    app.toggle(key="reverse_classes_silhouettes").set_value(True).run()
    assert not app.exception
    assert "output = P(class 1) = P(cats)" in text_of(app)
    assert "Class 0 is dogs and class 1 is cats, because you chose this order" in text_of(app)
    assert "Keras sorts the folder names cats dogs the post says dogs cats your trainings dogs cats" in text_of(app)
    go_to(app, "training")
    go_to(app, "data")
    assert app.toggle(key="reverse_classes_silhouettes").value is True
    app.toggle(key="reverse_classes_silhouettes").set_value(False).run()
    assert "output = P(class 1) = P(dogs)" in text_of(app)


def test_a_set_without_cats_and_dogs_says_nothing_of_the_post() -> None:
    app = open_page("data")
    app.radio(key="data_choice").set_value("shoes").run()
    assert not app.exception
    assert counts(app) == [[1000, 1000, 2000], [400, 400, 800]]
    assert "the post says" not in text_of(app)


def test_a_click_on_a_sample_makes_it_the_picture_of_every_page() -> None:
    app = trigger(open_page("data"), "data_samples", "picked", "801")
    assert not app.exception
    expected = load("silhouettes", 10**6).train.image(801)
    assert (mine(app).picture.held.prepared(Measure(*expected.shape)) == expected).all()
    assert '"chosen": "801"' in keyed(app, "data_samples").proto.json
    assert "Your picture is now" in text_of(app)


def test_a_sample_whose_file_has_gone_is_one_sentence_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise DataSetError("cats/1.jpg is not there any more; read the folder again.")

    app = open_page("data")
    before = mine(app).picture
    monkeypatch.setattr(explore, "held", gone)
    trigger(app, "data_samples", "picked", "801")
    assert not app.exception
    assert [error.value for error in app.error] == ["cats/1.jpg is not there any more; read the folder again."]
    assert mine(app).picture == before
    assert not app.run().error


@pytest.mark.parametrize("picked", ["99999", "-1", "x", 3, None])
def test_an_impossible_sample_is_ignored(picked: object) -> None:
    app = open_page("data")
    before = mine(app).picture.reference
    trigger(app, "data_samples", "picked", picked)
    assert not app.exception
    assert mine(app).picture.reference == before


def shown(app: AppTest) -> list[str]:
    return [picture["title"] for picture in json.loads(keyed(app, "data_samples").proto.json)[0]["pictures"]]


def test_the_browser_filters_by_class_split_and_size() -> None:
    app = upload(open_page("data"), data_zip())
    assert len(shown(app)) == 22
    app.selectbox(key="explore_class").set_value("dogs").run()
    assert len(shown(app)) == 10
    assert all(", dogs, 34 × 30" in title for title in shown(app))
    app.segmented_control(key="explore_split").set_value("validation").run()
    assert len(shown(app)) == 6
    app.selectbox(key="explore_class").set_value("all").run()
    assert len(shown(app)) == 10


def test_a_page_behind_the_last_one_becomes_the_last_one() -> None:
    app = open_page("data")
    assert app.number_input(key="explore_page").value == 1
    app.number_input(key="explore_page").set_value(49).run()
    assert len(shown(app)) == 16
    app.segmented_control(key="explore_split").set_value("validation").run()
    assert not app.exception
    assert app.number_input(key="explore_page").value == 11


@pytest.mark.parametrize(
    ("view", "said"), [("mean pictures", "averaged"), ("sizes", "64 pixels wide"), ("colours", "counts the same")]
)
def test_every_view_of_the_pictures_is_drawn(view: str, said: str) -> None:
    app = open_page("data")
    app.segmented_control(key="explore_view").set_value(view).run()
    assert not app.exception
    assert said in text_of(keyed(app, "explore"))


def test_the_directory_explorer_answers_for_the_posts_own_tree() -> None:
    app = open_page("data")
    said = text_of(keyed(app, "directory_explorer"))
    assert "Found 20 images belonging to 1 classes. data 0" in said
    assert "train/data/ Found 0 images belonging to 0 classes." in said
    assert "every label is 0 (data)" in said


def test_a_tree_typed_over_is_answered_and_never_becomes_html() -> None:
    app = open_page("data")
    app.text_area(key="typed_tree").set_value("pets/\n  <b>cats/\n    1.jpg\n  dogs/\n    2.gif").run()
    assert not app.exception
    said = html_of(keyed(app, "directory_explorer"))
    assert "Found 1 images belonging to 2 classes." in said
    assert "&lt;b&gt;cats 0, dogs 1" in said
    assert "<b>cats" not in said
    app.text_area(key="typed_tree").set_value("../x").run()
    assert "leads out of the tree" in app.error[0].value
    app.selectbox(key="tree_example").set_value("a stray hidden folder").run()
    assert "counts as a class" in text_of(keyed(app, "directory_explorer"))


def test_what_an_archive_held_besides_pictures_is_told_with_the_reason() -> None:
    out = io.BytesIO(data_zip())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("train/cats/notes.txt", b"words")
        archive.writestr("train/cats/cut.png", b"\x89PNG\r\n\x1a\n")
        archive.writestr("__MACOSX/train/._0.png", b"x")
    found = findings(upload(open_page("data"), out.getvalue()))
    assert set(found) == {"not_pictures", "unreadable", "junk", "keras_files"}
    assert "train/cats/notes.txt: Its name does not end like a picture" in unescape(found["not_pictures"])
    assert "train/cats/cut.png" in found["unreadable"]
    assert "1 file that an operating system left" in found["junk"]


def test_a_filter_for_a_class_that_another_set_does_not_have_is_dropped() -> None:
    app = open_page("data")
    app.selectbox(key="explore_class").set_value("dogs").run()
    app.radio(key="data_choice").set_value("shoes").run()
    assert not app.exception
    assert {title.split(", ")[1] for title in shown(app)} == {"ankle_boots", "sneakers"}
    assert app.selectbox(key="explore_class").value == "all"


def alike_zip() -> bytes:
    """Return a set in which one training picture stands in validation again, stored as a JPEG."""
    out = io.BytesIO(data_zip())
    with zipfile.ZipFile(out, "a") as archive:
        coarse = np.random.default_rng(9).integers(0, 256, (5, 5, 3), np.uint8)
        image = Image.fromarray(coarse).resize((64, 48))
        for name, form in (("train/cats/again.png", "PNG"), ("validation/dogs/again.jpg", "JPEG")):
            stored = io.BytesIO()
            image.save(stored, form)
            archive.writestr(name, stored.getvalue())
    return out.getvalue()


def test_near_duplicates_stand_side_by_side_with_where_they_are() -> None:
    app = open_page("data")
    app.segmented_control(key="explore_view").set_value("near duplicates").run()
    assert "No two pictures look almost the same" in text_of(keyed(app, "explore"))
    upload(app, alike_zip())
    assert not app.exception
    shown = html_of(keyed(app, "explore"))
    assert ", 1 across training and validation." in text_of(keyed(app, "explore"))
    row = re.findall(r"<tbody>(.*)</tbody>", shown)[0]
    assert row.count("<img") == 2
    for said in ("train/cats/again.png", "validation/dogs/again.jpg", "two labels", "in training and validation"):
        assert said in row
    assert 'data-finding="near_leakage"' in html_of(keyed(app, "data_doctor"))


def test_the_spread_of_every_pixel_stands_beside_the_mean() -> None:
    app = open_page("data")
    app.segmented_control(key="explore_view").set_value("mean pictures").run()
    assert not app.exception
    captions = keyed(app, "explore").get("image")[0].captions
    assert re.fullmatch(r"cats, train\\: mean of 800, spread \d+ to \d+", captions[0])
    assert len(captions) == 4


def test_the_current_set_is_exported_beside_the_page_in_its_order(home: Path) -> None:
    app = upload(open_page("data"), data_zip())
    mine(app).data = mine(app).data.ordered(mine(app).data.reference, ("dogs", "cats"))
    app.run()
    labelled(app.button, "Export this set (zip)").click().run()
    assert not app.exception
    (job,) = [services.jobs().get(key) for key in services.jobs()._jobs if key.startswith("export")]
    state = job.wait(60)
    assert (state.refused, state.done) == ("", 32)
    app.run()
    said = html_of(keyed(app, "data_export"))
    key = re.findall(r'href="cnnlab/exports/([0-9a-f]{16})/pets.zip" download', said)[0]
    with zipfile.ZipFile(home / "exports" / f"{key}.zip") as archive:
        assert json.loads(archive.read("cnnlab.json"))["classes"] == ["dogs", "cats"]
        assert len(archive.namelist()) == 33


def test_a_picture_that_cannot_be_read_any_more_is_one_sentence_and_the_page_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = upload(open_page("data"), data_zip())
    assert not app.error

    class Endless:
        def read(self, *_: object) -> None:
            raise PictureError("Decoding this picture took too long, so it was given up; use a smaller one.")

    monkeypatch.setattr(reading, "reader", Endless)
    st.cache_data.clear()
    app.run()
    assert not app.exception
    assert any("took too long" in error.value for error in app.error)
    assert counts(app)
