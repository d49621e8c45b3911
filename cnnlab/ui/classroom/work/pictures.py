"""Write down in a few letters which picture stands before somebody, and show it again where it can be found."""

from contextlib import suppress

from cnnlab.core.data.splits import DataSetError
from cnnlab.core.lessons.lesson import FIRST_PICTURE
from cnnlab.core.pictures import PictureError, gallery
from cnnlab.core.pictures.patterns import PATTERNS
from cnnlab.core.pictures.reference import FromData, FromGallery, FromPattern, PictureReference
from cnnlab.ui.data.current import ordered
from cnnlab.ui.pictures.first import first_picture, show_first
from cnnlab.ui.pictures.panel import picture_of
from cnnlab.ui.session import shared
from cnnlab.ui.session.sent import place_in_digits

GALLERY, PATTERN, VALIDATION = "gallery", "pattern", "validation"


def written_picture() -> str:
    """Return which picture stands before the visitor; empty for none, and for one that only the visitor has."""
    match shared().picture.reference:
        case FromGallery(file):
            return f"{GALLERY}:{file}"
        case FromPattern(name):
            return f"{PATTERN}:{name}"
        case FromData() as one if one == first_picture().reference:
            return FIRST_PICTURE
        case FromData(_, "validation", index):
            return f"{VALIDATION}:{index}"
    return ""


def show_written(text: str) -> None:
    """Show a picture that was written down; one that is not offered any more changes nothing."""
    mine = shared()
    if text == FIRST_PICTURE:
        show_first()
        return
    # What is written may be of another server, or of another version.
    with suppress(PictureError, DataSetError):
        if (found := _reference(text)) is not None:
            mine.picture = mine.picture.chosen(picture_of(found), found)


def _reference(text: str) -> PictureReference | None:
    kind, _, name = text.partition(":")
    if kind == GALLERY and name in {each.file for each in gallery.pictures()}:
        return FromGallery(name)
    if kind == PATTERN and name in PATTERNS:
        return FromPattern(name)
    if kind == VALIDATION:
        data = ordered(shared().data.reference)
        index = place_in_digits(name, len(data.validation))
        return None if index is None else FromData(data.fingerprint, "validation", index)
    return None
