"""Read the file of a single picture of a data set again by the name that its split gave it, without the others."""

import io
from pathlib import Path

from PIL import Image

from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import SPLITS, DataSetError
from cnnlab.core.pictures import shown_name


def stored_of(reference: str, name: str) -> bytes:
    """Return the file; `reference` is the name of a bundled set or a folder, `name` is relative to it.

    Raises `DataSetError` if it is not there (any more).
    """
    missing = DataSetError(
        f"The picture {shown_name(name)} is not there any more; its data set was changed or deleted."
    )
    try:
        if reference in SETS:
            return _bundled(reference, name)
        root = Path(reference).resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise missing
        return path.read_bytes()
    except (OSError, ValueError, IndexError) as error:
        raise missing from error


def _bundled(reference: str, name: str) -> bytes:
    split, _, number = name.split("/")
    images, _ = SETS[reference].load(SPLITS[SPLITS.index(split)])
    out = io.BytesIO()
    Image.fromarray(images[int(number)]).save(out, "PNG")
    return out.getvalue()
