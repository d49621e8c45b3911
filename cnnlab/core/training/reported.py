"""Know the accuracy that was reported elsewhere for a set-up, so that it can be drawn where exactly that is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.core.augment import AnyAugmentation, Augmentation
from cnnlab.core.network import Network


@dataclass(frozen=True)
class Reported:
    """Hold a range of validation accuracy and who reported it."""

    low: float
    high: float
    source: str


KERAS_BLOG = Reported(0.79, 0.81, "reported by the Keras blog, 2016")


def reported(
    network: Network,
    augmentation: AnyAugmentation,
    optimizer: str,
    classes: Sequence[str],
    counts: Sequence[int],
    validation_counts: Sequence[int],
) -> Reported | None:
    """Return what was reported for this set-up, or None: another network, size or amount is another experiment.

    "Building powerful image classification models using very little data" (F. Chollet, 2016), its first network:
    1,000 + 1,000 cats and dogs to train, 400 + 400 to validate, 150 × 150 pixels, rmsprop, the post's augmentation.
    """
    same = (
        network == Network.seed()
        and augmentation == Augmentation.post()
        and optimizer == "rmsprop"
        and sorted(name.lower().rstrip("s") for name in classes) == ["cat", "dog"]
        and list(counts) == [1000, 1000]
        and list(validation_counts) == [400, 400]
    )
    return KERAS_BLOG if same else None
