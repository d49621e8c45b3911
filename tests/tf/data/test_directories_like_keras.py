"""The directory explorer answers as `flow_from_directory` and `image_dataset_from_directory` do."""

import random
import re
from pathlib import Path

import keras
import pytest
import tensorflow as tf

from cnnlab.core.teach.keras_directories import Tree, flow_from_directory, image_dataset_from_directory, parse_tree

NAMES = ["cats", "dogs", "Dogs", ".hidden", "data", "10", "9", "a b", "train"]
FILES = [
    "1.jpg",
    "2.JPEG",
    "x.png",
    "y.gif",
    "z.tif",
    "w.tiff",
    "v.bmp",
    "u.ppm",
    "t.webp",
    "notes.txt",
    "photojpg",
    "n",
]


def written(rng: random.Random) -> str:
    """Return a random tree, three levels deep at most."""
    lines = []
    for name in rng.sample(NAMES, rng.randint(0, 4)):
        lines.append(f"{name}/")
        lines += [f"  {file}" for file in rng.sample(FILES[:-1], rng.randint(0, 4))]
        for inner in rng.sample(NAMES, rng.randint(0, 2)):
            lines.append(f"  {inner}/")
            lines += [f"    {file}" for file in rng.sample(FILES[:-2], rng.randint(0, 3))]
    lines += rng.sample(FILES[:-2], rng.randint(0, 2))
    return "\n".join(lines)


def make(tree: Tree, root: Path) -> None:
    for folder in tree.folders:
        root.joinpath(*folder).mkdir(parents=True, exist_ok=True)
    for file in tree.files:
        root.joinpath(*file).parent.mkdir(parents=True, exist_ok=True)
        root.joinpath(*file).write_bytes(b"")


def check(tree: Tree, root: Path, directory: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    place = root.joinpath(*directory)
    capsys.readouterr()
    generator = tf.keras.preprocessing.image.ImageDataGenerator().flow_from_directory(place)
    ours = flow_from_directory(tree, directory)
    assert capsys.readouterr().out.strip() == ours.printed
    assert generator.class_indices == ours.class_indices
    answer = image_dataset_from_directory(tree, directory)
    if answer.error is None:
        assert tuple(keras.utils.image_dataset_from_directory(place).class_names) == answer.classes
    else:
        with pytest.raises(ValueError, match="No images found") as caught:
            keras.utils.image_dataset_from_directory(place)
        assert answer.error == str(caught.value).replace(str(place), "/".join(directory))
    assert capsys.readouterr().out.strip() == answer.printed


@pytest.mark.filterwarnings('ignore:Using ".tiff" files')
@pytest.mark.parametrize("seed", range(40))
def test_random_trees_get_keras_own_answers(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = parse_tree(written(random.Random(seed)))
    make(tree, tmp_path)
    for directory in ((), *tree.folders[:3]):
        check(tree, tmp_path, directory, capsys)


def test_the_posts_trap_gets_keras_own_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = parse_tree("train/data/cat.{0..9}.jpg\ntrain/data/dog.{0..9}.jpg")
    make(tree, tmp_path)
    for directory in (("train",), ("train", "data"), ()):
        check(tree, tmp_path, directory, capsys)
    assert re.match(r"Found 20 images belonging to 1 classes", flow_from_directory(tree, ("train",)).printed)
