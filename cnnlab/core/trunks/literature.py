"""Hold what the Keras blog reported of its three lessons, with how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ADDRESS = "https://blog.keras.io/building-powerful-image-classification-models-using-very-little-data.html"
CATS_AND_DOGS = frozenset({"cats", "dogs", "cat", "dog"})
COUNTS = ((1000, 1000), (400, 400))


@dataclass(frozen=True)
class Reported:
    """Hold one lesson: the validation accuracy as it stands there, and its set-up."""

    lesson: str
    accuracy: str
    how: str


LESSONS = (
    Reported("A small network of one's own", "0.79 to 0.81", "three convolutions, rmsprop, augmented, 50 epochs"),
    Reported(
        "Bottleneck features", "0.90 to 0.91", "VGG16 frozen, Dense(256) and Dropout on it, rmsprop, no augmentation"
    ),
    Reported("Fine-tuning", "0.94", "VGG16's last block trained from the trained head on, SGD 1e-4, augmented"),
)
SET_UP = (
    "Reported there for 2,000 photographs of cats and dogs out of Kaggle's 25,000, at 150 × 150, and 800 more for "
    "validation, with which each of these numbers is uncertain by two to three points."
)


def same_data(classes: Sequence[str], train: Sequence[int], validation: Sequence[int]) -> str:
    """Answer whether a run learned from the same data, with the reason; which pictures they took was not published."""
    if len(classes) != 2 or not {name.lower() for name in classes} <= CATS_AND_DOGS:
        return "no, yours are other classes"
    if (tuple(train), tuple(validation)) != COUNTS:
        return f"no, yours are {sum(train):,} pictures, and {sum(validation):,} for validation"
    return "no, as far as can be told: as many cats and dogs, but which pictures they took is not published"


def counts_of(start: Mapping[str, object]) -> tuple[Sequence[str], Sequence[int], Sequence[int]]:
    """Return classes and counts as a run's start tells them, empty where it does not."""

    def told(name: str) -> Sequence[object]:
        value = start.get(name, ())
        return value if isinstance(value, list | tuple) else ()

    return (
        [str(each) for each in told("classes")],
        [each for each in told("counts") if isinstance(each, int)],
        [each for each in told("validation_counts") if isinstance(each, int)],
    )
