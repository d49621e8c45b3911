"""Let a visitor choose the picture that every page works on: from the gallery or by upload."""

import base64
import io
from collections.abc import Callable

import streamlit as st
from PIL import Image

from cnnlab.core import gallery
from cnnlab.core.pictures import Picture, PictureError, Pixels, decode
from cnnlab.ui.frame import source
from cnnlab.ui.services import settings
from cnnlab.ui.state import current_picture, shared

THUMBNAIL = 96
UPLOAD_TYPES = ["jpg", "jpeg", "png", "webp", "avif", "gif", "bmp", "tif", "tiff"]

_GALLERY = st.components.v2.component(
    "picture_gallery",
    html='<div class="gallery" role="group" aria-label="Gallery of pictures"></div>',
    css=source("gallery.css"),
    js=source("gallery.js"),
)


def picture_panel() -> Picture:
    """Draw upload and gallery, and return the current picture; a refused file leaves it as it was."""
    with st.container(key="picture_upload"):
        st.file_uploader(
            "Your picture",
            type=UPLOAD_TYPES,
            key="picture_file",
            on_change=_take_upload,
            max_upload_size=settings().max_upload_mb,
            help="JPEG, PNG, WebP, AVIF or GIF. It stays on this server and is forgotten when you leave, unless a "
            "training follows it.",
        )
        refused = st.session_state.get("picture_refused")
        if refused:
            st.error(refused)
    mine = shared()
    tiles("picture_gallery", _thumbnails(), mine.gallery_file, _take_from_gallery)
    return current_picture()


def tiles(
    key: str, pictures: list[dict[str, str]], chosen: str, on_picked: Callable[[], None], *, large: bool = False
) -> None:
    """Draw pictures as buttons; the one picked is `session_state[key]["picked"]`, by its "file"."""
    _GALLERY(key=key, data={"pictures": pictures, "chosen": chosen, "large": large}, on_picked_change=on_picked)


def tile(pixels: Pixels, file: str, title: str, alt: str) -> dict[str, str]:
    """Return a square thumbnail of RGB pixels, cut from the middle, as `tiles` draws it."""
    image = Image.fromarray(pixels)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    small = image.crop((left, top, left + side, top + side)).resize((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    encoded = base64.b64encode(out.getvalue()).decode("ascii")
    return {"file": file, "title": title, "alt": alt, "src": f"data:image/jpeg;base64,{encoded}"}


def _take_upload() -> None:
    uploaded = st.session_state.get("picture_file")
    st.session_state["picture_refused"] = ""
    if uploaded is None:
        return
    try:
        picture = decode(uploaded.getvalue(), uploaded.name, settings().max_pixels)
    except PictureError as error:
        st.session_state["picture_refused"] = str(error)
        return
    shared().choose_picture(picture, gallery_file="")


def _take_from_gallery() -> None:
    picked = st.session_state["picture_gallery"].get("picked")
    for item in gallery.pictures():
        if item.file == picked:
            st.session_state["picture_refused"] = ""
            shared().choose_picture(decode(item.read(), item.title, settings().max_pixels), item.file)


@st.cache_resource(show_spinner=False)
def _thumbnails() -> list[dict[str, str]]:
    return [
        tile(decode(item.read(), item.title, settings().max_pixels).pixels, item.file, item.title, item.alt)
        for item in gallery.pictures()
    ]
