"""Both ends of a range and the code for the settings say what the settings are; tests/tf runs the code."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.augment import Augmentation, Transform, draw_many
from cnnlab.core.augment.code import as_image_data_generator, as_keras_layers
from cnnlab.core.augment.ends import ends, reach
from cnnlab.core.network import Network
from cnnlab.runs.judge.compare import differences
from cnnlab.runs.judge.retrain import retraining_notebook
from cnnlab.runs.record import RunSpec
from cnnlab.viz.data.augmented import augmented, sample_sources, sheet, to_levels, with_grid


def picture(height: int = 20, width: int = 30, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8)


def test_the_posts_settings_are_written_as_in_the_post() -> None:
    assert as_image_data_generator(Augmentation.post()) == (
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n\n"
        "train_datagen = ImageDataGenerator(\n    rescale=1.0 / 255,\n    shear_range=0.2,\n    zoom_range=0.2,\n"
        "    horizontal_flip=True,\n)\nvalidation_datagen = ImageDataGenerator(rescale=1.0 / 255)\n"
    )


def test_a_whole_shift_stays_whole_in_the_code() -> None:
    assert "width_shift_range=4,\n" in as_image_data_generator(Augmentation(width_shift_range=4))
    assert "width_shift_range=4.0,\n" in as_image_data_generator(Augmentation(width_shift_range=4.0))


def test_the_code_has_every_digit_that_a_setting_has() -> None:
    settings = Augmentation(
        rescale=1 / 127.5, shear_range=0.1234567, zoom_range=(0.123456, 1.654321), brightness_range=(0.1234567, 1.5)
    )
    written = as_image_data_generator(settings)
    told = ("rescale=0.00784313725490196", "shear_range=0.1234567", "[0.123456, 1.654321]", "[0.1234567, 1.5]")
    assert all(text in written for text in told)


def test_layers_of_settings_that_do_nothing_are_left_out() -> None:
    written = as_keras_layers(Augmentation.none(), (64, 64))
    assert "Random" not in written
    assert "Rescaling(1.0 / 255)" in written


@pytest.mark.parametrize(("setting", "pixels"), [(0.2, 20), (7, 6), (7.0, 7), (0, 0), (1, 0), (1.0, 1)])
def test_the_reach_of_a_shift_follows_keras_three_meanings(setting: float, pixels: float) -> None:
    assert reach(setting, 100) == pixels
    drawn = draw_many(Augmentation(width_shift_range=setting), 2000, 0, (50, 100))
    assert max(abs(t.ty) for t in drawn) == pytest.approx(pixels, rel=0.01)


def test_the_ends_are_what_no_draw_goes_beyond() -> None:
    settings = Augmentation(rotation_range=30, shear_range=5, zoom_range=(0.7, 1.4), brightness_range=(0.5, 2))
    found = {end.setting: end for end in ends(settings, (20, 30))}
    assert found["rotation_range"].high == Transform(theta=30)
    assert found["zoom_range"].low == Transform(zx=0.7, zy=0.7)
    # What Keras draws with a zoom of 1.4 is smaller, and the height comes first.
    assert found["zoom_range"].high_text == "height × 0.714, width × 0.714"
    assert found["zoom_range, mixed"].low_text == "height × 1.43, width × 0.714"
    assert found["zoom_range, mixed"].low == Transform(zy=0.7, zx=1.4)
    assert found["brightness_range"].high_text == "× 2"
    assert "horizontal_flip" not in found
    assert ends(Augmentation.none(), (20, 30)) == ()


@pytest.mark.parametrize("channels", [1, 3])
def test_the_sheet_holds_the_very_pixels_that_training_receives(channels: int) -> None:
    settings = replace(Augmentation.post(), rotation_range=20)
    transforms = draw_many(settings, 5, 0)
    batch = augmented(picture(channels=channels), transforms, settings)
    pixels = np.asarray(Image.open(io.BytesIO(sheet(batch, settings.rescale)))).reshape(44, 98, channels)
    for i, levels in enumerate(to_levels(batch, settings.rescale)):
        top, left = (i // 3) * 24, (i % 3) * 34
        np.testing.assert_array_equal(pixels[top : top + 20, left : left + 30], levels)


def test_a_grid_is_drawn_on_the_picture_and_leaves_the_rest() -> None:
    drawn = with_grid(picture(33, 33))
    assert (drawn[0] == 255).all()
    assert (drawn[:, 16] == 255)[drawn[:, 16].all(axis=1)].all()
    np.testing.assert_array_equal(drawn[2:4, 2:4], picture(33, 33)[2:4, 2:4])


@pytest.mark.parametrize("shown", ["picture", "grid", "difference"])
@pytest.mark.parametrize("channels", [1, 3])
def test_samples_can_be_shown_in_every_way(shown: str, channels: int) -> None:
    addresses, batch = sample_sources(
        picture(channels=channels), draw_many(Augmentation.post(), 4, 0), Augmentation.post(), shown
    )
    assert len(addresses) == len(batch) == 4
    assert all(address.startswith("data:image/") for address in addresses)


def test_without_a_change_the_difference_is_zero_everywhere() -> None:
    changed, same = (
        sample_sources(picture(), [transform], Augmentation(rescale=1.0), "difference")[0]
        for transform in (Transform(theta=9), Transform())
    )
    assert len(changed[0]) > len(same[0])


def test_every_setting_can_be_compared_and_written_into_a_training_notebook() -> None:
    settings = replace(Augmentation.post(), rotation_range=15, fill_mode="reflect", brightness_range=(0.5, 1.5))
    spec = RunSpec(name="a", network=Network.seed(), data="silhouettes", data_name="s", augmentation=settings)
    bare = replace(spec, name="b", augmentation=Augmentation.none())
    (row,) = differences([spec, bare])
    assert "rotation_range 15" in row.values[0]
    assert row.values[1] == "off"
    assert "rotation_range=15" in retraining_notebook(spec, "binary_crossentropy", ("cats", "dogs"))
