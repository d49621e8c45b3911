"""Pictures that look almost the same are found, in one split and across both, and different ones are not."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from cnnlab.core.data.checking import check
from cnnlab.core.data.datasets import load
from cnnlab.core.data.survey import near_copies as module
from cnnlab.core.data.survey.near_copies import LEVELS, NearCopy, near_copies, thumbnail
from cnnlab.core.data.survey.tally import tally
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.settings import Settings


def photograph() -> Image.Image:
    return Image.open(pictures()[0].path).convert("RGB")


def stored_again(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=40)
    return Image.open(out).convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> float:
    a, b = (thumbnail(np.asarray(image)).astype(float) for image in (one, other))
    return float(np.sqrt(np.mean((a - b) ** 2)))


def random_thumbnails(n: int, seed: int = 0) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).integers(0, 256, (n, 256), np.uint8))


@pytest.mark.parametrize(
    "change",
    [
        stored_again,
        lambda image: image.resize((image.width // 2, image.height // 2)),
        lambda image: ImageEnhance.Brightness(image).enhance(1.04),
        lambda image: image.convert("L").convert("RGB"),
    ],
)
def test_the_same_photograph_in_another_form_is_a_near_copy(change) -> None:
    assert apart(photograph(), change(photograph())) < LEVELS


def test_different_photographs_are_none() -> None:
    every = [Image.open(picture.path).convert("RGB") for picture in pictures()[:8]]
    small = [thumbnail(np.asarray(image)) for image in every]
    names = [str(i) for i in range(len(every))]
    assert near_copies(names, names, small) == ()


def test_the_distance_is_the_root_mean_square_and_the_pairs_are_those_of_a_slow_search() -> None:
    base = random_thumbnails(700)
    rng = np.random.default_rng(1)
    for i in range(0, 600, 7):
        noise = rng.normal(0, rng.uniform(4, 12), 256)
        base[i + 1] = np.clip(base[i] + noise, 0, 255).astype(np.uint8)
    names = [str(i) for i in range(len(base))]
    values = np.stack(base).astype(float)
    expected = {}
    for i in range(len(base)):
        distances = np.sqrt(((values[i + 1 :] - values[i]) ** 2).mean(axis=1))
        expected |= {(i, i + 1 + int(j)): distances[j] for j in np.flatnonzero(distances <= LEVELS)}
    found = near_copies(names, names, base)
    assert {(int(p.first), int(p.second)) for p in found} == set(expected)
    assert len(found) > 20
    for pair in found:
        assert pair.levels == pytest.approx(expected[int(pair.first), int(pair.second)], abs=1e-3)


def test_exact_copies_are_not_counted_again() -> None:
    same = [random_thumbnails(1)[0]] * 3
    assert near_copies(["a", "b", "c"], ["x", "x", "y"], same) == (NearCopy("a", "c", 0.0), NearCopy("b", "c", 0.0))


def test_a_set_of_nothing_but_copies_ends_after_a_thousand_pairs() -> None:
    same = [np.zeros(256, np.uint8)] * 400
    names = [str(i) for i in range(400)]
    assert len(near_copies(names, names, same)) == module.MOST_PAIRS
    assert near_copies([], [], []) == ()


def test_the_work_is_by_contents_not_by_pairs_of_copies() -> None:
    thumbnails = random_thumbnails(3)
    same = [thumbnails[0]] * 20_000
    names = [str(i) for i in range(len(same))]
    began = time.process_time()
    assert near_copies(names, ["one"] * len(same), same) == ()
    assert len(near_copies(names, ["one", "two"] * (len(same) // 2), same)) == module.MOST_PAIRS
    assert len(near_copies(names, names, same)) == module.MOST_PAIRS
    # A loop over the pairs takes more than a minute.
    assert time.process_time() - began < 10


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=14))
def test_the_pairs_are_the_first_of_all_in_the_order_of_the_pictures(drawn: list[tuple[int, int]]) -> None:
    looks = random_thumbnails(3)
    contents = [f"{content} {look}" for content, look in drawn]
    names = [str(i) for i in range(len(drawn))]
    expected = [
        (str(i), str(j))
        for i in range(len(drawn))
        for j in range(i + 1, len(drawn))
        if drawn[i][1] == drawn[j][1] and contents[i] != contents[j]
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_PAIRS", 6)
        found = near_copies(names, contents, [looks[look] for _, look in drawn])
    assert [(pair.first, pair.second) for pair in found] == expected[:6]


def test_what_is_raised_between_the_blocks_ends_the_search() -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        near_copies(["a"], ["a"], random_thumbnails(1), cancel)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Make a set of different noise pictures, with one photograph in training and a copy of it in validation."""
    rng = np.random.default_rng(3)
    for split, count in (("train", 4), ("validation", 2)):
        for name in ("cats", "dogs"):
            folder = tmp_path / "pets" / split / name
            folder.mkdir(parents=True)
            for i in range(count):
                coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
                coarse.resize((40, 40)).save(folder / f"{i}.png")
    photograph().save(tmp_path / "pets/train/cats/photo.png")
    stored_again(photograph()).save(tmp_path / "pets/validation/cats/photo.jpg")
    photograph().resize((60, 60)).save(tmp_path / "pets/train/dogs/small.png")
    return tmp_path / "pets"


def test_the_doctor_tells_near_copies_across_the_splits_from_those_within(pets: Path) -> None:
    report = check(pets)
    kinds = {finding.kind: finding for finding in report.details}
    assert kinds["near_leakage"].count == 2
    assert kinds["near_leakage"].serious
    assert kinds["near_leakage"].files[0].startswith("train/cats/photo.png ≈ validation/cats/photo.jpg (")
    assert kinds["near_duplicates"].count == 1
    assert "train/cats/photo.png ≈ train/dogs/small.png" in kinds["near_duplicates"].files[0]
    assert report.refused is None


def test_what_looks_alike_is_remembered_with_the_survey(pets: Path, tmp_path: Path) -> None:
    first = load(str(pets), Settings.max_pixels, tally=True, cache=tmp_path / "surveys")
    assert len(first.alike) == 3
    again = load(str(pets), Settings.max_pixels, tally=True, cache=tmp_path / "surveys")
    assert again.alike == first.alike
    assert again.report.findings == first.report.findings
    place = ("train", "cats")
    np.testing.assert_array_equal(again.tallies[place].variance(), first.tallies[place].variance())


def test_a_bundled_set_holds_no_near_copies() -> None:
    assert load("shoes", Settings.max_pixels, 60, tally=True).alike == ()


def test_the_variance_is_that_of_every_value_over_the_pictures() -> None:
    images = np.random.default_rng(0).integers(0, 256, (9, 64, 64, 3), np.uint8)
    np.testing.assert_allclose(tally(images).variance(), images.astype(float).var(axis=0), atol=1e-8)
    assert tally(images[:1]).variance().max() == 0
