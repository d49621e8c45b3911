"""What an exercise can lock has names, and every change of a network is known by them."""

from pathlib import Path

from cnnlab.core.augment import Augmentation, RandomLayers
from cnnlab.core.classroom.handles import (
    HANDLES,
    LAYERS,
    SIZE,
    handles_between,
    handles_between_augmentations,
    handles_of,
)
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.network import Network
from cnnlab.core.network.edit import removed

POST = Network.seed()


def test_a_file_takes_every_handle_that_is_offered() -> None:
    offered = handles_of(POST)
    assert offered.keys() == HANDLES.keys() <= set(PAGES)
    only = "\n".join(f"{page} = {list(handles)}" for page, handles in offered.items())
    text = f'+++\ntitle = "T"\nminutes = 1\n[exercise.only]\n{only}\n+++\n## S\n```{{go}}\npage = "home"\n```\nWords.\n'
    exercise = read_exercise("t.md", text.encode())
    assert all(exercise.may_touch(page, handle) for page, handles in offered.items() for handle in handles)
    assert not exercise.may_touch("architecture", "input.depth")


def test_the_page_on_lessons_names_every_handle() -> None:
    lines = (Path(__file__).parents[4] / "docs" / "lessons.md").read_text().splitlines()
    said = {line.split("`")[1]: line for line in lines if line.startswith(tuple(f"| `{page}` |" for page in HANDLES))}
    for page, handles in HANDLES.items():
        assert not [handle for handle in handles if f"`{handle}`" not in said[page]], page


def test_a_change_of_a_network_is_known_by_its_handles() -> None:
    assert list(handles_between(POST, POST)) == []
    assert list(handles_between(POST, POST.with_option(0, "kernel_size", (5, 5)))) == ["layer0.kernel_size"]
    assert list(handles_between(POST, POST.with_image_size(64, 64))) == [SIZE]
    assert list(handles_between(POST, removed(POST, 1))) == [LAYERS]


def test_strides_that_follow_their_pool_are_no_change_of_their_own() -> None:
    assert list(handles_between(POST, POST.with_option(2, "pool_size", (3, 3)))) == ["layer2.pool_size"]
    assert list(handles_between(POST, POST.with_option(2, "strides", (3, 3)))) == ["layer2.strides"]


def test_a_change_of_an_augmentation_is_known_by_its_handles() -> None:
    none = Augmentation.none()
    assert list(handles_between_augmentations(none, Augmentation(rotation_range=4.0))) == ["rotation_range"]
    assert list(handles_between_augmentations(none, RandomLayers.like_the_post())) == [LAYERS]
