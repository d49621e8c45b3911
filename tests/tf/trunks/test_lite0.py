"""The shipped trunk is EfficientNet-Lite0: its answers are those that its authors' own code gave."""

import json
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.pictures import decode, prepare
from cnnlab.core.pictures.gallery import named, pictures
from cnnlab.core.trunks.lite0 import KEY, OFFSET, SCALE, class_names
from cnnlab.tf.trunks.known import known_model

BY_TORCH = json.loads((Path(__file__).parent / "lite0_by_torch.json").read_text())["answers"]
ROUNDED = 0.02  # of a probability: weights are float16 here


@cache
def at(size: int) -> keras.Model:
    return known_model(KEY, size, size, Path())


@pytest.mark.parametrize("size", [160, *(pytest.param(size, marks=pytest.mark.slow) for size in (96, 224))])
def test_the_answers_on_the_gallery_are_those_of_the_second_implementation(size: int) -> None:
    files = [key.split("/")[1] for key in BY_TORCH if key.startswith(f"{size}/")]
    pixels = np.stack([prepare(decode(named(f).read(), f, 1 << 26).pixels, size, size) for f in files])
    answers = np.asarray(at(size)(pixels * np.float32(SCALE) + np.float32(OFFSET), training=False))
    assert len(files) == len(pictures())
    for file, answer in zip(files, answers, strict=True):
        theirs = BY_TORCH[f"{size}/{file}"]
        assert int(np.argmax(answer)) == theirs[0][0], file
        np.testing.assert_allclose([answer[i] for i, _ in theirs], [p for _, p in theirs], atol=ROUNDED, err_msg=file)


def test_the_classes_have_their_names() -> None:
    names = class_names()
    assert len(names) == 1000
    coffee, camera = (names[BY_TORCH[f"224/{file}"][0][0]] for file in ("coffee.jpg", "camera.jpg"))
    assert (coffee, camera) == ("espresso", "tripod")
