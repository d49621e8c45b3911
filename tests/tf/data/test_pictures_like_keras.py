"""Hold `decode` and `prepare` to the pictures that `keras.utils.load_img` gives, bit by bit."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.core.pictures import INTERPOLATIONS, Preparation, decode, prepare


@pytest.mark.parametrize("stored", ["RGB", "L"])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize("size", [(64, 64), (31, 77), (150, 40), (200, 230)])
@pytest.mark.parametrize("channels", [3, 1])
def test_a_prepared_picture_is_the_one_keras_loads(
    stored: str, suffix: str, size: tuple[int, int], channels: int, tmp_path: Path
) -> None:
    shape = (120, 90, 3) if stored == "RGB" else (120, 90)
    pixels = np.random.default_rng(0).integers(0, 256, size=shape, dtype=np.uint8)
    file = tmp_path / f"picture.{suffix}"
    Image.fromarray(pixels).save(file)
    ours = prepare(decode(file.read_bytes(), file.name, 100_000).pixels, *size, channels)
    loaded = keras.utils.load_img(
        file,
        color_mode="rgb" if channels == 3 else "grayscale",
        target_size=size,
        interpolation="bilinear",
    )
    np.testing.assert_array_equal(ours, keras.utils.img_to_array(loaded))


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("fit", ["stretch", "crop"])
@pytest.mark.parametrize("size", [(64, 64), (31, 77), (150, 40)])
def test_fit_and_interpolation_are_those_of_keras(
    interpolation: str, fit: str, size: tuple[int, int], tmp_path: Path
) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, size=(97, 130, 3), dtype=np.uint8)
    file = tmp_path / "picture.png"
    Image.fromarray(pixels).save(file)
    loaded = keras.utils.load_img(file, target_size=size, interpolation=interpolation, keep_aspect_ratio=fit == "crop")
    ours = prepare(pixels, *size, how=Preparation(fit, interpolation))
    np.testing.assert_array_equal(ours, keras.utils.img_to_array(loaded))
