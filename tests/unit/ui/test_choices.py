"""What a visitor has chosen, as values: each choice returns the next one and leaves the one before as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.augment import Augmentation, RandomLayers
from cnnlab.core.data.held import HeldPicture, Measure, hold
from cnnlab.core.pictures import Picture
from cnnlab.core.pictures.reference import FromGallery, FromUpload
from cnnlab.processes.pictures.kept_files import KeptFile
from cnnlab.ui.session import choices
from cnnlab.ui.session.choices import (
    MOST_FOLDERS,
    MOST_MEASURES,
    AugmentChoice,
    DataChoice,
    LabChoice,
    LayerChoice,
    PictureChoice,
    Upload,
)


def held(name: str = "a.png") -> HeldPicture:
    picture = Picture(name, "PNG", "RGB", (2, 2), np.zeros((2, 2, 3), np.uint8), name)
    return hold(picture, lambda: picture)


def upload(folder: Path, size: int = 1) -> Upload:
    return Upload(held(), KeptFile(folder, bytes(size)), "")


def names(choice: PictureChoice) -> list[str]:
    return [reference.digest for reference in choice.uploads]


def test_a_picture_is_chosen_with_what_marks_it() -> None:
    before = PictureChoice()
    now = before.chosen(held("cat"), FromGallery("cat.jpg"))
    assert (now.held.name, now.reference) == ("cat", FromGallery("cat.jpg"))  # type: ignore[union-attr]
    assert now.chosen(held("dog")).reference is None
    assert before == PictureChoice()


def test_an_upload_becomes_the_picture_and_replaces_the_one_with_its_reference(tmp_path: Path) -> None:
    choice = PictureChoice()
    for name in ("drawing", "b", "drawing"):
        choice = choice.brought(FromUpload(name), latest := upload(tmp_path))
        assert choice.held is latest.picture
        assert choice.reference == FromUpload(name)
    assert names(choice) == ["b", "drawing"]
    assert choice.uploads[FromUpload("drawing")] is latest


def test_the_oldest_uploads_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "MOST_UPLOADS", 3)
    monkeypatch.setattr(choices, "UPLOAD_BYTES", 10)
    choice = PictureChoice()
    for name in "abcd":
        choice = choice.brought(FromUpload(name), upload(tmp_path))
    assert names(choice) == ["b", "c", "d"]
    assert names(choice.brought(FromUpload("e"), upload(tmp_path, 9))) == ["d", "e"]
    assert names(choice.brought(FromUpload("f"), upload(tmp_path, 99))) == ["f"], "the last one stays, however large"


def test_the_last_measures_are_remembered_once_each() -> None:
    choice = PictureChoice()
    for side in (1, 2, 2, 3, 3):
        choice = choice.measured(Measure(side, side))
    assert choice.measures == tuple(Measure(side, side) for side in (2, 3))
    assert len(choice.measures) == MOST_MEASURES


def test_a_folder_that_was_given_becomes_the_set_and_the_oldest_makes_room() -> None:
    choice = DataChoice()
    for number in (*range(MOST_FOLDERS), 3, MOST_FOLDERS):
        choice = choice.given(f"/{number}")
        assert choice.reference == f"/{number}"
    assert len(choice.folders) == MOST_FOLDERS
    assert choice.folders[-2:] == ("/3", f"/{MOST_FOLDERS}")
    assert "/0" not in choice.folders


def test_an_order_of_classes_belongs_to_its_set_until_it_is_taken_back() -> None:
    choice = DataChoice("pets").ordered("pets", ("dogs", "cats")).ordered("shoes", ("b", "a"))
    assert choice.classes == ("dogs", "cats")
    assert choice.chosen("silhouettes").classes is None
    assert choice.ordered("pets", None).classes is None
    assert choice.ordered("pets", None).chosen("shoes").classes == ("b", "a")


def test_the_work_waited_for_is_one_at_a_time() -> None:
    assert DataChoice().waiting("a").waiting("b").job == "b"
    assert DataChoice().waiting("a").waiting("") == DataChoice()


def test_another_layer_begins_at_its_first_input() -> None:
    choice = LayerChoice(first_input=64)
    assert choice.at(2) == LayerChoice(2, first_input=64)
    assert choice.looking_at(2, 5) == LayerChoice(2, channel=5)
    assert choice.at(2).looking_into(7, 5) == LayerChoice(2, row=7, channel=5)


def test_a_layer_that_is_gone_is_no_longer_selected() -> None:
    assert LayerChoice(3).within(4) == LayerChoice(3)
    assert LayerChoice(3).within(3) == LayerChoice(None)
    assert LayerChoice(None).within(0) == LayerChoice(None)


def test_predictions_are_forgotten_and_the_rest_of_the_page_stays() -> None:
    lab = LabChoice(editor=True)
    seen = lab.with_view(replace(lab.view, asked="params", revealed=True, every_number=True), "Right.")
    assert seen.forgetful() == LabChoice(editor=True, view=replace(lab.view, asked="params", every_number=True))


def test_settings_bring_their_family_and_leave_those_of_the_other() -> None:
    choice = AugmentChoice()
    layers = RandomLayers()
    assert choice.using(layers).augmentation == layers
    assert choice.using(layers).generator == choice.generator
    back = choice.using(layers).using(Augmentation.none())
    assert back.augmentation == Augmentation.none()
    assert (back.layers, back.version) == (layers, choice.version + 2)


def test_the_controls_are_drawn_anew_only_where_others_are_needed() -> None:
    choice = AugmentChoice()
    turned = replace(choice.generator, rotation_range=9.0)
    moved = choice.moved_generator(turned, shear_radians=False, zoom_pair=False)
    assert (moved.generator, moved.version) == (turned, choice.version)
    assert choice.moved_generator(turned, shear_radians=True, zoom_pair=False).version == choice.version + 1
    fewer = replace(choice.layers, layers=choice.layers.layers[1:])
    assert choice.moved_layers(choice.layers, {}, pairs=False).version == choice.version
    assert choice.moved_layers(choice.layers, {}, pairs=True).version == choice.version + 1
    assert choice.moved_layers(fewer, {}, pairs=False).version == choice.version + 1


def test_layers_are_remembered_when_they_are_switched_off() -> None:
    choice = AugmentChoice()
    first, *others = choice.layers.layers
    now = choice.moved_layers(replace(choice.layers, layers=tuple(others)), {first.class_name: first}, pairs=False)
    assert now.spare == {first.class_name: first}


def test_the_generator_is_reset_with_how_it_is_shown() -> None:
    moved = AugmentChoice().moved_generator(Augmentation.none(), shear_radians=True, zoom_pair=True)
    assert moved.sampled(3, 7).reset(Augmentation.post()) == AugmentChoice(version=2, samples=3, seed=7)
