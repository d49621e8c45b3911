"""Read a single picture of a data set again by the name that its split gave it, without reading the others."""

import io
from pathlib import Path

from PIL import Image

from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import SPLITS, DataSetError
from cnnlab.core.pictures import Picture, PictureError, decode, shown_name


def picture_of(reference: str, name: str, max_pixels: int) -> Picture:
    """Return the picture; `reference` is the name of a bundled set or a folder, `name` is relative to it.

    Raises `DataSetError` if it is not there (any more).
    """
    missing = DataSetError(
        f"The picture {shown_name(name)} is not there any more; its data set was changed or deleted."
    )
    try:
        if reference in SETS:
            return _bundled(reference, name, max_pixels)
        root = Path(reference).resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise missing
        return decode(path.read_bytes(), name, max_pixels)
    except (OSError, ValueError, IndexError, PictureError) as error:
        raise missing from error


def _bundled(reference: str, name: str, max_pixels: int) -> Picture:
    split, _, number = name.split("/")
    images, _ = SETS[reference].load(SPLITS[SPLITS.index(split)])
    out = io.BytesIO()
    Image.fromarray(images[int(number)]).save(out, "PNG")
    return decode(out.getvalue(), name, max_pixels)
