"""Remember pictures in the measures that networks want, for all visitors together and within a bound."""

from cnnlab.core.data.held import HeldPicture, Measure
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.pictures import Pixels
from cnnlab.processes.subjects import pixels_key
from cnnlab.viz.images import as_image, png

MOST_PREPARED, MOST_PNGS = 32 << 20, 8 << 20  # bytes, those of a few hundred pictures at the usual size
PREPARED: KeptByBytes[Pixels] = KeptByBytes(MOST_PREPARED, lambda pixels: pixels.nbytes)
PNGS: KeptByBytes[bytes] = KeptByBytes(MOST_PNGS, len)


def prepared_in(picture: HeldPicture, measure: Measure) -> Pixels:
    """Return a picture in a measure, uint8 (height, width, channels), made once; raise `PictureError`."""
    return PREPARED.get((picture.facts.sha256, measure), lambda: _closed(picture.prepared(measure)))


def png_of(pixels: Pixels) -> bytes:
    """Return prepared pixels as a PNG, written once for all visitors."""
    return PNGS.get((pixels.shape, pixels_key(pixels)), lambda: png(as_image(pixels)))


def remember(picture: HeldPicture, measure: Measure, pixels: Pixels) -> None:
    """Take what was made of a picture already."""
    PREPARED.get((picture.facts.sha256, measure), lambda: _closed(pixels))


def _closed(pixels: Pixels) -> Pixels:
    """Return pixels that nobody can change, because everybody gets the same."""
    seen = pixels.view()
    seen.setflags(write=False)
    return seen
