"""Take pictures that a visitor makes: files, drawings, photographs. Each is hostile until it is decoded elsewhere."""

import base64
import binascii
from contextlib import suppress

from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from cnnlab.core.data.held import HeldPicture, Measure
from cnnlab.core.pictures import PictureError, Pixels
from cnnlab.core.pictures.reference import FromUpload
from cnnlab.processes.pictures.kept_files import KeptFile
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.parts.tiles import as_jpeg
from cnnlab.ui.pictures.prepared import remember
from cnnlab.ui.session import shared
from cnnlab.ui.session.choices import Upload
from cnnlab.ui.session.decoders import any_text
from cnnlab.ui.session.keys import PICTURE_REFUSED
from cnnlab.ui.session.services import reader, settings
from cnnlab.ui.session.visitor import me
from cnnlab.viz.images import data_url

DRAWING = FromUpload("drawing")
MOST_SENT = 8 << 20  # characters of one picture that a component sends


class DrawingSends:
    """Declare what the paper sends: the drawing as a data URL."""

    drawn = Message(any_text(MOST_SENT))


class CameraSends:
    """Declare what the camera sends: the photograph as a data URL."""

    taken = Message(any_text(MOST_SENT))


_DRAWING = component(
    "picture_drawing",
    "pictures/drawing.js",
    html="pictures/drawing.html",
    styles=["pictures/drawing.css"],
    sends=DrawingSends,
)
_CAMERA = component(
    "picture_camera",
    "pictures/camera.js",
    html="pictures/camera.html",
    styles=["pictures/drawing.css"],
    sends=CameraSends,
)


def draw_paper() -> None:
    """Draw the paper, with what was drawn on it before; a stroke becomes the current picture."""
    image = ""
    # Paper that has gone from the disk is empty.
    with suppress(PictureError):
        if kept := shared().picture.uploads.get(DRAWING):
            image = data_url(_kept(kept.file, kept.name), "png")
    taken = DrawingSends.drawn.to(lambda sent: _take_sent(sent, "Your drawing", DRAWING))
    _DRAWING("picture_drawing", {"image": image}, taken)


def draw_camera() -> None:
    """Draw the camera, or why there is none; a photograph becomes the current picture."""
    taken = CameraSends.taken.to(lambda sent: _take_sent(sent, "Your photograph", None))
    _CAMERA("picture_camera", {}, taken)


def _take_sent(sent: str, name: str, reference: FromUpload | None) -> None:
    """Take the picture in a data URL that a browser sends, or keep the sentence why it is none."""
    try:
        take_picture(_bytes_of(sent, name), name, reference)
        PICTURE_REFUSED.set([])
    except PictureError as error:
        PICTURE_REFUSED.set([str(error)])


def _bytes_of(sent: str, name: str) -> bytes:
    try:
        return base64.b64decode(sent.partition(";base64,")[2], validate=True)
    except (binascii.Error, ValueError):
        raise PictureError(f"{name} did not arrive whole; make it again.") from None


def take_picture(data: bytes, name: str, reference: FromUpload | None = None) -> None:
    """Read a picture, keep its file among the visitor's own, and make it the current one; raise `PictureError`.

    It replaces the one with the same reference; without a reference it has one of its own.
    """
    found, upload = brought(data, name)
    mine = shared()
    mine.picture = mine.picture.brought(reference or found, upload)


def brought(data: bytes, name: str) -> tuple[FromUpload, Upload]:
    """Read a picture in limits and keep its file, with its reference; raise `PictureError`."""
    measures = shared().picture.measures
    read = reader().read(data, name, measures, me())
    try:
        file = KeptFile(settings().home, data)
    except OSError:
        raise PictureError(f"{read.facts.name} cannot be kept: this server's disk is full or gone.") from None

    def prepared(measure: Measure) -> Pixels:
        return reader().read(_kept(file, read.facts.name), read.facts.name, [measure], me()).prepared[0]

    picture = HeldPicture(read.facts, prepared)
    for measure, pixels in zip(measures, read.prepared, strict=True):
        remember(picture, measure, pixels)
    return FromUpload(read.facts.sha256), Upload(picture, file, as_jpeg(Image.fromarray(read.tile)))


def take_uploaded(file: UploadedFile) -> None:
    """Take a picture that Streamlit received, and let Streamlit's copies of it go; raise `PictureError`."""
    data = file.getvalue()
    file.seek(0)
    file.truncate()
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        # The file stays known under its number, without its bytes: else they live as long as the session.
        empty = UploadedFileRec(file.file_id, file.name, file.type, b"")
        context.uploaded_file_mgr.add_file(context.session_id, empty)
    take_picture(data, file.name)


def _kept(file: KeptFile, name: str) -> bytes:
    try:
        return file.read()
    except OSError:
        raise PictureError(f"The file of {name} is not on this server any more; upload it again.") from None
