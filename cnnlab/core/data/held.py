"""Hold a picture without its pixels at full size: what is known of it, and how it is made to measure again."""

from collections.abc import Callable
from dataclasses import dataclass

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.pictures import AS_IN_THE_POST, Facts, Picture, PictureError, Pixels, Preparation, prepare

MOST_HELD = 3 << 20  # bytes of pixels, one megapixel: a larger picture is decoded again when it is needed


@dataclass(frozen=True)
class Measure:
    """Say what a network wants of a picture: (height, width, channels), and how it is fitted."""

    height: int
    width: int
    channels: int = 3
    how: Preparation = AS_IN_THE_POST


@dataclass(frozen=True, eq=False)
class HeldPicture:
    """Hold the facts of a picture, and how it is brought to a measure.

    `prepared` does what `cnnlab.core.pictures.prepare` does with all its pixels, uint8 (height, width, channels); it
    raises `PictureError`.
    """

    facts: Facts
    prepared: Callable[[Measure], Pixels]

    @property
    def name(self) -> str:
        """Return the name to show."""
        return self.facts.name


def hold(picture: Picture, again: Callable[[], Picture]) -> HeldPicture:
    """Hold a decoded picture with its pixels if it is small, else without; `again` then decodes it once more."""
    height, width, _ = picture.pixels.shape
    facts = Facts(
        picture.name, picture.format, picture.mode, picture.size, (height, width), picture.sha256, picture.handling
    )
    small = picture.pixels if picture.pixels.nbytes <= MOST_HELD else None

    def prepared(measure: Measure) -> Pixels:
        try:
            pixels = again().pixels if small is None else small
        except DataSetError as error:
            raise PictureError(str(error)) from error
        return prepare(pixels, measure.height, measure.width, measure.channels, measure.how)

    return HeldPicture(facts, prepared)
