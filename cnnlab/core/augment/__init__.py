"""Draw random changes of pictures and apply them, as `ImageDataGenerator` and Keras 3's own layers do."""

from cnnlab.core.augment.augment import (
    AnyAugmentation,
    AnyTransform,
    Augmentation,
    AugmentationError,
    RandomLayers,
    Transform,
    apply,
    augmentation_from_dict,
    augments,
    describe,
    draw,
    draw_for,
    draw_many,
    only_rescaled,
)

__all__ = [
    "AnyAugmentation",
    "AnyTransform",
    "Augmentation",
    "AugmentationError",
    "RandomLayers",
    "Transform",
    "apply",
    "augmentation_from_dict",
    "augments",
    "describe",
    "draw",
    "draw_for",
    "draw_many",
    "only_rescaled",
]
