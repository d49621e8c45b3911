"""A typed folder tree is read in the ways people write one; that the answers are Keras' own is held in tests/tf."""

import time
import tracemalloc
from contextlib import suppress

import pytest

from cnnlab.core.teach.keras_directories import (
    TreeError,
    advice,
    flow_from_directory,
    image_dataset_from_directory,
    parse_tree,
)

POST = "train/\n  data/\n    cat.{0..9}.jpg\n    dog.{0..9}.jpg\n"


def test_the_posts_own_tree_is_one_class() -> None:
    tree = parse_tree(POST)
    answer = flow_from_directory(tree, ("train",))
    assert answer.printed == "Found 20 images belonging to 1 classes."
    assert answer.class_indices == {"data": 0}
    assert "every label is 0 (data)" in advice(tree, ("train",), answer)


def test_the_folder_of_the_pictures_themselves_has_no_class() -> None:
    tree = parse_tree(POST)
    answer = flow_from_directory(tree, ("train", "data"))
    assert answer.printed == "Found 0 images belonging to 0 classes."
    assert "name the folder above it" in advice(tree, ("train", "data"), answer)
    assert "No images found" in str(image_dataset_from_directory(tree, ("train", "data")).error)


@pytest.mark.parametrize(
    "text",
    [
        "train/\n  cats/\n    a.jpg\n  dogs/\n    b.png\n",
        "train/cats/a.jpg\ntrain/dogs/b.png",
        "train\n\tcats\n\t\ta.jpg\n\tdogs\n\t\tb.png",
        "train\n├── cats\n│   └── a.jpg\n└── dogs\n    └── b.png\n",
        "./train/cats/a.jpg\n./train/dogs/b.png\n",
        "train\n|-- cats\n|   `-- a.jpg\n`-- dogs\n    `-- b.png",
    ],
)
def test_every_way_to_write_a_tree_gives_the_same(text: str) -> None:
    tree = parse_tree(text)
    assert tree.folders == (("train",), ("train", "cats"), ("train", "dogs"))
    assert tree.files == (("train", "cats", "a.jpg"), ("train", "dogs", "b.png"))


def test_numbers_follow_the_names_and_the_sigmoid_answers_for_the_second() -> None:
    tree = parse_tree("dogs/1.jpg\ncats/2.jpg")
    answer = flow_from_directory(tree, ())
    assert answer.class_indices == {"cats": 0, "dogs": 1}
    assert "P(dogs)" in advice(tree, (), answer)


def test_a_hidden_folder_is_a_class_for_one_of_the_two() -> None:
    tree = parse_tree("cats/1.jpg\ndogs/1.jpg\n.ipynb_checkpoints/")
    old, new = flow_from_directory(tree, ()), image_dataset_from_directory(tree, ())
    assert old.class_indices == {".ipynb_checkpoints": 0, "cats": 1, "dogs": 2}
    assert new.class_indices == {"cats": 0, "dogs": 1}
    assert "counts as a class" in advice(tree, (), old)


def test_the_two_read_other_endings() -> None:
    tree = parse_tree("a/1.gif\na/2.tif\na/3.JPG\na/4.webp\nb/5.txt")
    assert flow_from_directory(tree, ()).count == 2
    assert image_dataset_from_directory(tree, ()).count == 2


def test_splits_taken_for_classes_are_named() -> None:
    tree = parse_tree("train/cats/1.jpg\nvalidation/cats/2.jpg")
    assert "splits are taken for classes" in advice(tree, (), flow_from_directory(tree, ()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("../secret/a.jpg", "leads out of the tree"),
        ("a/x.{0..999999}.jpg", "more than 100,000 files"),
        ("a/x.{0..60000}.jpg\nb/y.{0..60000}.jpg", "more than 100,000 files"),
        ("a.jpg\n" * 501, "at most 500 are read"),
        ("a.b\na.b/c.jpg", "a folder and a file at once"),
    ],
)
def test_a_tree_that_cannot_be_read_gets_one_sentence(text: str, words: str) -> None:
    with pytest.raises(TreeError) as caught:
        parse_tree(text)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["", "\n \n", "│\n├──"])
def test_nothing_typed_is_an_empty_tree(text: str) -> None:
    assert parse_tree(text).folders == ()


HOSTILE = {
    "a path of very many folders": "a/" * 200_000,
    "as many as may be typed": "a/" * 9_999,
    "folders nested line by line": "\n".join(" " * i + "a/" for i in range(190)),
    "long names by the range": "\n".join("a" * 240 + "{0..99999}.jpg" for _ in range(60)),
    "ranges without end": "{0..999999}{0..999999}\n" * 499,
    "the most that is read": "a/" * 19 + "{0..99998}.jpg",
    "tabs": "\t" * 19_000 + "a.jpg",
    "drawn lines": "│" * 19_000 + "a.jpg",
    "one brace after the other": "{0..9" * 3_900,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_more_memory_or_time_than_a_large_tree(name: str) -> None:
    tracemalloc.start()
    start = time.process_time()
    try:
        with suppress(TreeError):
            parse_tree(HOSTILE[name])
        taken, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60 << 20
    assert taken < 2


def test_a_refused_tree_says_what_is_too_much() -> None:
    for text, said in (
        ("a/" * 200_000, "400,000 characters and at most 20,000"),
        ("a/" * 30, "more than 20 folders deep"),
        ("a" * 240 + "{0..99999}.jpg", "too long names"),
    ):
        with pytest.raises(TreeError, match=said):
            parse_tree(text)
