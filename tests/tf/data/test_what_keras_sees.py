"""What is said of Keras' own readers holds of them, on random folders of real pictures."""

import random
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from cnnlab.core.data.doctor.keras_sees import DATASET, GENERATOR, keras_sees, view
from cnnlab.core.data.survey.reading import survey
from cnnlab.core.pictures import decode
from tests.picture_files import tiff

CLASSES = ["cats", "dogs", "Zebras", "10"]
JUNK_FOLDERS = [".ipynb_checkpoints", ".git", "__MACOSX"]
ENDINGS = ["jpg", "JPEG", "png", "gif", "bmp", "tif", "webp", "avif", "jfif", "jpe", "ppm"]
FORMATS = {"jpg": "JPEG", "jfif": "JPEG", "jpe": "JPEG", "tif": "TIFF"}
KINDS = {
    **{"plain": "png", "turned": "jpg", "turned tiff": "tif", "transparent": "png", "key": "png"},
    **{"16 bits": "png", "8 in 16 bits": "png", "double": "tif", "planes": "tif"},
}


def write(path: Path) -> None:
    ending = path.suffix[1:].lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 8), (50, 60, 70)).save(path, FORMATS.get(ending, ending.upper()))


def make(root: Path, rng: random.Random) -> Path:
    """Write a random set: two splits or none, classes with pictures, junk beside and inside them, files of no use."""
    classes = rng.sample(CLASSES, rng.randint(2, 3))
    for split in rng.choice([("train", "validation"), ("train", "test"), ("",)]):
        for name in classes:
            folder = root / split / name
            for i in range(rng.randint(2, 5)):
                write(folder / f"{i}.{rng.choice(ENDINGS)}")
            if rng.random() < 0.3:
                write(folder / rng.choice([".thumbs/1.png", "._1.jpg", "inner/2.png", "inner/.x/3.gif"]))
            if rng.random() < 0.2:
                (folder / rng.choice(["broken.png", "notes.txt", ".DS_Store"])).write_bytes(b"no picture")
        for junk in rng.sample(JUNK_FOLDERS, rng.randint(0, 2)):
            (root / split / junk).mkdir(parents=True)
            if rng.random() < 0.5:
                write(root / split / junk / "1.png")
    return root


@pytest.mark.filterwarnings('ignore:Using ".tiff" files')
@pytest.mark.parametrize("seed", range(16))
def test_random_sets_are_seen_as_keras_own_readers_see_them(seed: int, tmp_path: Path) -> None:
    root = make(tmp_path / "set", random.Random(seed))
    found = survey(root, 10_000)
    ours: dict[str, set[str]] = {place: set() for place in found.places.values()}
    for split, classes in found.files.items():
        ours[found.places.get(split, "")] |= {file.name for files in classes.values() for file in files}
    differs = False
    for place in ours:
        generator = tf.keras.preprocessing.image.ImageDataGenerator().flow_from_directory(root / place)
        said = view(found, place, GENERATOR)
        assert tuple(generator.class_indices) == said.classes
        assert {f"{place}/{name}".removeprefix("/") for name in generator.filenames} == said.files
        data_set = view(found, place, DATASET)
        if data_set.files:
            dataset = keras.utils.image_dataset_from_directory(root / place)
            assert tuple(dataset.class_names) == data_set.classes
            assert {str(Path(path).relative_to(root)) for path in dataset.file_paths} == data_set.files
        for seen in (said, data_set):
            differs |= seen.files != ours[place] or seen.classes != found.classes
    assert bool(list(keras_sees(found))) == differs


def pictures(root: Path) -> dict[str, Path]:
    exif = Image.Exif()
    exif[0x0112] = 6
    noise = np.random.default_rng(0).integers(0, 256, (16, 24, 4), np.uint8)
    made = {name: root / f"{name}.{ending}" for name, ending in KINDS.items()}
    Image.fromarray(noise[:, :, :3]).save(made["plain"])
    Image.fromarray(noise[:, :, :3]).save(made["turned"], exif=exif)
    Image.fromarray(noise[:, :, :3]).save(made["turned tiff"], exif=exif)
    Image.fromarray(noise).save(made["transparent"])
    Image.fromarray(noise[:, :, :3]).quantize(16).save(made["key"], transparency=3)
    Image.fromarray(noise[:, :, 0].astype(np.uint16) * 257).save(made["16 bits"])
    Image.fromarray(noise[:, :, 0].astype(np.uint16)).save(made["8 in 16 bits"])
    made["double"].write_bytes(tiff(noise[:, :, :1] / 255))
    made["planes"].write_bytes(tiff(noise[:, :, :3].astype(np.uint16) * 257, photometric=2, planar=True))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_differ_from_keras_where_it_is_said_and_nowhere_else(kind: str, tmp_path: Path) -> None:
    path = pictures(tmp_path)[kind]
    ours = decode(path.read_bytes(), path.name, 10_000)
    said = ours.handling.turned or ours.handling.transparent or ours.handling.keras != "same"
    try:
        theirs = np.asarray(keras.utils.load_img(path), np.int16)
    except Exception:
        assert ours.handling.keras == "error"
        return
    same = theirs.shape == ours.pixels.shape and int(np.abs(theirs - ours.pixels).max()) <= 1
    assert same != said
