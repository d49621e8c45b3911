"""Features as points: the plane is scikit-learn's, neighbours vote as its classifier does."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from cnnlab.core.inside.feature_space import VOTERS, FeaturesError, distances, principal, voted

RNG = np.random.default_rng(11)


@pytest.mark.parametrize("shape", [(40, 7), (12, 300), (5, 2)])
def test_the_plane_is_scikit_learns(shape: tuple[int, int]) -> None:
    features = (RNG.normal(0, 1, shape) * np.linspace(3, 0.2, shape[1]) + 5).astype(np.float32)
    theirs = PCA(2, svd_solver="full").fit(features.astype(np.float64))
    ours = principal(features)
    np.testing.assert_allclose(ours.points, theirs.transform(features.astype(np.float64)), atol=1e-6)
    np.testing.assert_allclose(ours.explained, theirs.explained_variance_ratio_, rtol=1e-9)
    new = RNG.normal(5, 1, shape[1]).astype(np.float32)
    np.testing.assert_allclose(ours.place(new), theirs.transform(new[None].astype(np.float64))[0], atol=1e-6)


def test_pictures_that_differ_in_one_direction_only_lie_on_a_line() -> None:
    line = np.outer(np.arange(6), [1.0, 2.0, -3.0]).astype(np.float32)
    plane = principal(line)
    assert plane.explained == pytest.approx((1, 0), abs=1e-12)
    np.testing.assert_allclose(plane.points[:, 1], 0, atol=1e-6)


@pytest.mark.parametrize("features", [np.full((9, 4), 3.3), np.zeros((9, 4)), np.ones((1, 4))])
def test_what_is_the_same_for_every_picture_has_no_plane(features: np.ndarray) -> None:
    with pytest.raises(FeaturesError, match="makes the same of every picture"):
        principal(features.astype(np.float32))


def test_neighbours_are_scikit_learns_and_nobody_votes_on_itself() -> None:
    features = RNG.normal(0, 1, (60, 5)).astype(np.float32)
    labels = RNG.integers(0, 3, 60)
    far, near = NearestNeighbors(n_neighbors=VOTERS).fit(features).kneighbors()
    np.testing.assert_allclose(np.sort(distances(features, features[4]))[1 : VOTERS + 1], far[4], rtol=1e-5)
    for i, said in enumerate(voted(features, labels, 3)):
        counts = np.bincount(labels[near[i]], minlength=3)
        assert counts[said] == counts.max()
        assert said == next(label for label in labels[near[i]] if counts[label] == counts.max())


def test_two_pictures_have_one_neighbour_each() -> None:
    assert voted(np.array([[0.0], [1.0]], np.float32), np.array([0, 1]), 2).tolist() == [1, 0]
