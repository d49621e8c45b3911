"""Take pictures that a visitor makes: files, drawings, photographs. Each is hostile until it is decoded elsewhere."""

import base64
import binascii
import io

import streamlit as st
from PIL import Image

from cnnlab.core.pictures import Picture, PictureError, Pixels
from cnnlab.ui.frame import source
from cnnlab.ui.sent import part
from cnnlab.ui.services import reader
from cnnlab.ui.state import Upload, shared

UPLOAD = "upload"
DRAWING = f"{UPLOAD}:drawing"
THUMBNAIL = 96
KEPT_BYTES = 64 << 20  # of one visitor's files; the oldest go first
MOST_SENT = 8 << 20  # characters of one picture that a component sends

_DRAWING = st.components.v2.component(
    "picture_drawing", html=source("drawing.html"), css=source("drawing.css"), js=source("drawing.js")
)
_CAMERA = st.components.v2.component(
    "picture_camera", html=source("camera.html"), css=source("drawing.css"), js=source("camera.js")
)


def draw_paper() -> None:
    """Draw the paper, with what was drawn on it before; a stroke becomes the current picture."""
    kept = shared().uploads.get(DRAWING)
    image = f"data:image/png;base64,{base64.b64encode(kept.data).decode('ascii')}" if kept else ""
    _DRAWING(key="picture_drawing", data={"image": image}, on_drawn_change=_take_drawing)


def draw_camera() -> None:
    """Draw the camera, or why there is none; a photograph becomes the current picture."""
    _CAMERA(key="picture_camera", data={}, on_taken_change=_take_photograph)


def _take_drawing() -> None:
    _take_sent(part("picture_drawing", "drawn"), "Your drawing", DRAWING)


def _take_photograph() -> None:
    _take_sent(part("picture_camera", "taken"), "Your photograph", None)


def _take_sent(sent: object, name: str, key: str | None) -> None:
    """Take the picture in a data URL that a browser sends, or keep the sentence why it is none."""
    try:
        take_picture(_bytes_of(sent, name), name, key)
        st.session_state["picture_refused"] = []
    except PictureError as error:
        st.session_state["picture_refused"] = [str(error)]


def _bytes_of(sent: object, name: str) -> bytes:
    text = sent if isinstance(sent, str) and len(sent) <= MOST_SENT else ""
    try:
        return base64.b64decode(text.partition(";base64,")[2], validate=True)
    except (binascii.Error, ValueError):
        raise PictureError(f"{name} did not arrive whole; make it again.") from None


def take_picture(data: bytes, name: str, key: str | None = None) -> Picture:
    """Decode a picture, keep it among the visitor's own, and make it the current one; raise `PictureError`.

    It replaces the one under the same key; without a key it has one of its own.
    """
    mine = shared()
    picture = reader().read(data, name)
    key = key or f"{UPLOAD}:{picture.sha256[:16]}"
    mine.uploads.pop(key, None)
    mine.uploads[key] = Upload(picture.name, data, thumbnail(picture.pixels))
    mine.choose_picture(picture, key)
    while len(mine.uploads) > 1 and sum(len(upload.data) for upload in mine.uploads.values()) > KEPT_BYTES:
        mine.uploads.pop(next(iter(mine.uploads)))
    return picture


def thumbnail(pixels: Pixels) -> str:
    """Return the middle square of a picture as a small JPEG in a data URL."""
    image = Image.fromarray(pixels)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    out = io.BytesIO()
    resample = Image.Resampling.NEAREST if side <= THUMBNAIL // 2 else Image.Resampling.BILINEAR
    image.resize((THUMBNAIL, THUMBNAIL), resample, box, reducing_gap=2).save(out, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
