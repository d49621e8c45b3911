"""Read pictures of a checked data set as uploads are read: in processes with limits, as the files are strangers'."""

from collections.abc import Callable, Sequence

from cnnlab.core.data.held import HeldPicture, Measure
from cnnlab.core.data.splits import ArraySplit, DataSetError, Split
from cnnlab.core.pictures import PictureError, Pixels, prepare
from cnnlab.processes.pictures.reader import Reading
from cnnlab.ui.session.services import reader
from cnnlab.ui.session.visitor import me


def read(stored: Callable[[], bytes], name: str, measures: Sequence[Measure] = (), who: str = "") -> Reading:
    """Read the file that `stored` returns, with its pixels at these measures only; raise `DataSetError`.

    `who` waits for it: this visitor, unless somebody is named, as a thread without a visitor must.
    """
    try:
        return reader().read(stored(), name, measures, who or me())
    except PictureError as error:
        raise DataSetError(str(error)) from error


def held(stored: Callable[[], bytes], name: str) -> HeldPicture:
    """Hold a picture that is read again for every measure; raise `DataSetError` if that cannot be done now."""

    def prepared(measure: Measure) -> Pixels:
        try:
            return read(stored, name, [measure]).prepared[0]
        except DataSetError as error:
            raise PictureError(str(error)) from error

    return HeldPicture(read(stored, name).facts, prepared)


def tile_of(split: Split, i: int) -> Pixels:
    """Return the middle square of picture i, or all of it where it lies in memory; raise `DataSetError`."""
    return split.image(i) if isinstance(split, ArraySplit) else read(lambda: split.stored(i), split.names[i]).tile


def made_of(split: Split, i: int, measure: Measure, who: str = "") -> Pixels:
    """Return picture i at a measure, uint8 (height, width, channels), for `who` as in `read`; raise `DataSetError`."""
    if isinstance(split, ArraySplit):
        return prepare(split.image(i), measure.height, measure.width, measure.channels, measure.how)
    return read(lambda: split.stored(i), split.names[i], [measure], who).prepared[0]
