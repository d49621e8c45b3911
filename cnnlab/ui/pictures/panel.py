"""Let a visitor choose the picture that every page works on: their own, the gallery, a test pattern, the data set."""

from collections.abc import Iterable, Sequence

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnnlab.core.classroom.handles import LOOK
from cnnlab.core.data.datasets import DataSet, DataSetError
from cnnlab.core.data.held import HeldPicture
from cnnlab.core.pictures import (
    FORMATS_IN_WORDS,
    PICTURE_SUFFIXES,
    PictureError,
    decode,
    gallery,
    input_problem,
)
from cnnlab.core.pictures.patterns import PATTERNS, pattern
from cnnlab.core.pictures.reference import FromData, FromGallery, FromPattern, FromUpload, PictureReference
from cnnlab.ui.data.current import ordered
from cnnlab.ui.data.reading import held, tile_of
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.tiles import Tile, tile, tiles
from cnnlab.ui.pictures.current import drawn
from cnnlab.ui.pictures.own import draw_camera, draw_paper, take_uploaded
from cnnlab.ui.session import current_picture, gallery_picture, shared
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.ui.session.keys import PICTURE_REFUSED
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import quiet

UPLOAD_TYPES = [suffix.removeprefix(".") for suffix in PICTURE_SUFFIXES]
GALLERY, PATTERN, DATA, DRAW, CAMERA = "gallery", "patterns", "data set", "draw", "camera"
SOURCES = (GALLERY, PATTERN, DATA, DRAW, CAMERA)
FROM_DATA = 12  # pictures of the data set offered at a time


def picture_panel(*, folded: bool = False) -> HeldPicture:
    """Draw upload and tiles, and return the current picture; a refused file leaves it as it was.

    While it is `folded` only what takes a dropped file is there.
    """
    if is_locked(LOOK, "picture"):
        if not is_hidden(LOOK, "picture"):
            show_html(quiet("This exercise keeps the picture as it is."))
        return current_picture()
    with st.container(key="picture_upload"):
        st.file_uploader(
            "Your pictures",
            type=UPLOAD_TYPES,
            key="picture_file",
            accept_multiple_files=True,
            on_change=_take_uploads,
            max_upload_size=settings().max_upload_mb,
            help=f"{FORMATS_IN_WORDS}. They stay on this server and are forgotten when you leave, unless a "
            "training follows one.",
        )
        for refused in PICTURE_REFUSED.get():
            refuse(refused)
    if folded:
        return current_picture()
    source = st.segmented_control(
        "Pictures",
        SOURCES,
        default=GALLERY,
        key="picture_source",
        label_visibility="collapsed",
        required=True,
        persist_state="session",
    )
    if source == DRAW:
        draw_paper()
    if source == CAMERA:
        draw_camera()
    offered = list(_uploaded_tiles())
    try:
        offered += _tiles(str(source))
    except DataSetError as error:
        refuse(error)
    if offered:
        tiles("picture_gallery", offered, str(shared().picture.reference), _take_picked)
    if source == DATA:
        st.button("Draw others", on_click=_draw_others, key="picture_others")
    return current_picture()


def _take_uploads() -> None:
    """Decode what is new among the uploaded files; the last good one becomes the current picture."""
    refused = []
    files = st.session_state.get("picture_file") or []
    taken = st.session_state.setdefault("picture_taken", set())
    for file in files:
        # A message may name a file that was never sent.
        if not isinstance(file, UploadedFile) or file.file_id in taken:
            continue
        taken.add(file.file_id)
        try:
            take_uploaded(file)
        except PictureError as error:
            refused.append(str(error))
    PICTURE_REFUSED.set(refused)


def _take_picked(picked: str) -> None:
    """Make the clicked tile the current picture; a tile that is not offered is ignored."""
    mine, source = shared(), chosen("picture_source", SOURCES, GALLERY)
    try:
        offered = (*mine.picture.uploads, *_references(source))
        reference = next((one for one in offered if str(one) == picked), None)
        picture = None if reference is None else picture_of(reference)
    except (PictureError, DataSetError) as error:
        PICTURE_REFUSED.set([str(error)])
        return
    if picture is not None:
        PICTURE_REFUSED.set([])
        mine.picture = mine.picture.chosen(picture, reference)


def picture_of(reference: PictureReference) -> HeldPicture:
    """Return a picture that is offered; raise `PictureError` or `DataSetError`."""
    mine = shared()
    match reference:
        case FromUpload():
            return mine.picture.uploads[reference].picture
        case FromGallery():
            return gallery_picture(gallery.named(reference.file))
        case FromPattern():
            if problem := input_problem(*mine.network.input_shape):
                raise PictureError(problem)
            return drawn(reference.name, *mine.network.input_shape[:2])
        case FromData():
            data = ordered(mine.data.reference)
            return held(lambda: data.validation.stored(reference.index), _named(data, reference.index))


def _draw_others() -> None:
    st.session_state["picture_draw"] = st.session_state.get("picture_draw", 0) + 1


def _references(source: str) -> Sequence[PictureReference]:
    """Return what is offered from a source; raise `DataSetError`."""
    if source == GALLERY:
        return [FromGallery(item.file) for item in gallery.pictures()]
    if source == PATTERN:
        return [FromPattern(name) for name in PATTERNS]
    return _of_validation(ordered(shared().data.reference)) if source == DATA else []


def _of_validation(data: DataSet) -> list[FromData]:
    """Return the validation pictures that are offered now."""
    shuffled = np.random.default_rng(st.session_state.get("picture_draw", 0)).permutation(len(data.validation))
    return [FromData(data.fingerprint, "validation", int(i)) for i in shuffled[:FROM_DATA]]


def _named(data: DataSet, index: int) -> str:
    return f"{data.classes[int(data.validation.labels[index])]} of {data.name}"


def _tiles(source: str) -> list[Tile]:
    if source == PATTERN:
        return [
            tile(pattern(name, 24, 24), str(FromPattern(name)), title, f"Test pattern: {title.lower()}.")
            for name, (title, _) in PATTERNS.items()
        ]
    if source == DATA:
        data = ordered(shared().data.reference)
        pictures = ((one, _named(data, one.index)) for one in _of_validation(data))
        return [
            tile(tile_of(data.validation, one.index), str(one), name, f"A validation picture: {name}.")
            for one, name in pictures
        ]
    return _gallery_tiles() if source == GALLERY else []


def _uploaded_tiles() -> Iterable[Tile]:
    for one, upload in reversed(list(shared().picture.uploads.items())):
        yield {"file": str(one), "title": upload.name, "alt": f"Your picture {upload.name}", "src": upload.thumbnail}


@st.cache_resource(show_spinner=False)
def _gallery_tiles() -> list[Tile]:
    found = ((item, decode(item.read(), item.title, settings().max_pixels)) for item in gallery.pictures())
    return [tile(picture.pixels, str(FromGallery(item.file)), item.title, item.alt) for item, picture in found]
