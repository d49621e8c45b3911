"""The mean picture and the histograms of a class are those of its pictures, and the class order can be turned."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.data.bundled import fashion
from cnnlab.core.data.datasets import DataSetError, describe_class_order, load, with_classes
from cnnlab.core.data.survey.tally import Tally, sample, tally
from cnnlab.core.pictures import prepare
from tests.unit.core.data.test_datasets import LIMIT, POST, make


@pytest.fixture
def post(tmp_path: Path) -> Path:
    return make(tmp_path / "pets", POST)


def test_the_mean_picture_of_a_class_is_that_of_its_own_pictures(post: Path) -> None:
    data = load(post, LIMIT, tally=True)
    dogs = np.flatnonzero(data.train.labels == 1)
    expected = np.mean([prepare(data.train.image(int(i)), 64, 64) for i in dogs], axis=0)
    assert data.tallies["train", "dogs"].count == len(dogs)
    assert np.abs(data.tallies["train", "dogs"].mean() - expected).max() <= 0.5
    assert load(post, LIMIT).tallies == {}


def test_every_picture_weighs_the_same_in_the_histogram() -> None:
    dark, light = np.full((4, 4, 3), 3, np.uint8), np.full((40, 40, 3), 255, np.uint8)
    made = Tally()
    for pixels in (dark, light):
        made.add(sample(pixels))
    shares = made.histogram()
    assert shares[:, 0].tolist() == shares[:, 63].tolist() == [0.5] * 3
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_histogram_counts_each_channel_in_bins_of_four_values() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 9, 7, 3), np.uint8)
    expected = [np.bincount(pixels[..., c].ravel() // 4, minlength=64) / 63 for c in range(3)]
    np.testing.assert_allclose(tally(pixels).histogram(), expected)


def test_an_empty_tally_is_black() -> None:
    assert Tally().mean().max() == 0


@pytest.mark.parametrize("reference", ["folder", "silhouettes", "shoes"])
def test_turning_the_classes_turns_the_labels_and_nothing_else(reference: str, post: Path) -> None:
    data = load(post if reference == "folder" else reference, LIMIT, limit_per_class=2)
    turned = with_classes(data, data.classes[::-1])
    assert turned.classes == data.classes[::-1]
    assert turned.sorted_classes == data.classes
    for before, after in ((data.train, turned.train), (data.validation, turned.validation)):
        assert after.labels.tolist() == (1 - before.labels).tolist()
        np.testing.assert_array_equal(after.arrays(8, 8, 3), before.arrays(8, 8, 3))
    assert turned.fingerprint != data.fingerprint
    assert with_classes(data, data.classes) is data


def test_other_classes_are_refused(post: Path) -> None:
    with pytest.raises(DataSetError, match="cats and dogs, not cats and cows"):
        with_classes(load(post, LIMIT), ("cats", "cows"))


def test_a_chosen_order_says_that_it_was_chosen() -> None:
    assert "because you chose this order" in describe_class_order(("dogs", "cats"), chosen=True)


def test_the_shoes_are_as_many_as_the_posts_pictures() -> None:
    train, validation = (fashion.load(fashion.SHOES, split) for split in ("train", "validation"))
    assert train[0].shape == (2000, 28, 28, 3)
    assert validation[0].shape == (800, 28, 28, 3)
    assert np.bincount(train[1]).tolist() == [1000, 1000]
    assert (train[0][..., 0] == train[0][..., 2]).all()
    assert 40 < train[0].mean() < 160


def test_the_own_size_of_every_picture_is_known(post: Path) -> None:
    assert set(map(tuple, load(post, LIMIT).train.sizes.tolist())) == {(20, 16)}
    assert set(map(tuple, load("shoes", LIMIT).train.sizes.tolist())) == {(28, 28)}
