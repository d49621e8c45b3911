import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.training.reported import KERAS_BLOG, reported
from cnnlab.core.training.story import Story
from cnnlab.viz.training.curves import learning_curves

SAME = {
    "network": Network.seed(),
    "augmentation": Augmentation.post(),
    "optimizer": "rmsprop",
    "classes": ("cats", "dogs"),
    "counts": [1000, 1000],
    "validation_counts": [400, 400],
}


def test_the_very_set_up_of_the_blog_has_a_reported_accuracy() -> None:
    assert reported(**SAME) == KERAS_BLOG
    assert reported(**{**SAME, "classes": ("Dog", "Cat")}) == KERAS_BLOG


@pytest.mark.parametrize(
    "change",
    [
        {"network": Network.seed().with_image_size(64, 64)},
        {"augmentation": Augmentation.none()},
        {"optimizer": "adam"},
        {"classes": ("muffins", "dogs")},
        {"counts": [200, 200]},
        {"validation_counts": [100, 100]},
    ],
)
def test_any_other_set_up_has_none(change: dict) -> None:
    assert reported(**{**SAME, **change}) is None


def test_a_reported_accuracy_is_a_labelled_band_across_the_accuracy_only() -> None:
    layout = learning_curves(Story(), 5, band=KERAS_BLOG)["layout"]
    (band,) = layout["shapes"]
    assert (band["y0"], band["y1"], band["yref"]) == (0.79, 0.81, "y2")
    assert any("reported by the Keras blog" in mark["text"] for mark in layout["annotations"])
    assert learning_curves(Story(), 5)["layout"]["shapes"] == []
