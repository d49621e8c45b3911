"""Write down in a few letters which picture stands before somebody, and show it again where it can be found.

A picture that a student brought is kept with the work, and decoded in limits whenever it is shown again.
"""

from contextlib import suppress

from cnnlab.classroom.pictures import OwnPicture
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.lessons.lesson import FIRST_PICTURE
from cnnlab.core.pictures import PictureError, gallery
from cnnlab.core.pictures.patterns import PATTERNS
from cnnlab.core.pictures.reference import FromData, FromGallery, FromPattern, FromUpload, PictureReference
from cnnlab.ui.data.current import ordered
from cnnlab.ui.pictures.first import first_picture, show_first
from cnnlab.ui.pictures.own import brought
from cnnlab.ui.pictures.panel import picture_of
from cnnlab.ui.session import shared
from cnnlab.ui.session.choices import Upload
from cnnlab.ui.session.sent import place_in_digits
from cnnlab.ui.session.services import classroom
from cnnlab.ui.session.visitor import asker

GALLERY, PATTERN, VALIDATION, OWN = "gallery", "pattern", "validation", "own"


def written_picture() -> str:
    """Return which picture stands before the visitor; empty for none."""
    if (upload := _upload()) is not None:
        return f"{OWN}:{upload.picture.facts.sha256}"
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


def keep_own(token: str) -> None:
    """Keep the picture that stands before a student, if the student brought it; raise `ClassroomError`."""
    if (upload := _upload()) is not None:
        # What has gone from the disk is gone.
        with suppress(OSError):
            classroom().pictures.keep(token, upload.name, upload.file.read(), asker())


def _upload() -> Upload | None:
    picture = shared().picture
    return picture.uploads.get(picture.reference) if isinstance(picture.reference, FromUpload) else None


def show_written(text: str, own: OwnPicture | None, *, is_theirs: bool) -> None:
    """Show a picture that was written down; one that is not offered any more changes nothing.

    `own` is the one that the student brought. Only for the student it is on offer from now on.
    """
    mine = shared()
    if text.startswith(f"{OWN}:"):
        with suppress(PictureError):
            if own is not None and text == f"{OWN}:{own.digest}":
                reference, upload = brought(own.content, own.name)
                chosen = mine.picture.chosen(upload.picture, reference)
                mine.picture = mine.picture.brought(reference, upload) if is_theirs else chosen
        return
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
