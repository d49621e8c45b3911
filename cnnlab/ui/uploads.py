"""Take archives of several hundred megabytes straight to the disk, without holding them in memory."""

import re
import secrets
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cnnlab.core.pictures import shown_name
from cnnlab.core.unpacking import ENDINGS
from cnnlab.ui.data_work import begin_adding
from cnnlab.ui.frame import source
from cnnlab.ui.sent import part
from cnnlab.ui.services import settings

KEY = "large_upload_input"
ADDRESS = "/cnnlab/upload"
PREFIX = ".upload-"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_COMPONENT = st.components.v2.component(
    "large_upload",
    html='<div class="upload"></div>',
    css=source("upload.css"),
    js=source("upload.js"),
)


def large_upload() -> None:
    """Draw the choice of a large archive, which shows how much of it has arrived."""
    limit = settings().max_archive_mb
    with st.expander("A larger archive"), st.container(key="large_upload"):
        _COMPONENT(
            key=KEY,
            data={"address": ADDRESS, "limit": limit << 20, "said": f"{limit:,} MB", "endings": ",".join(ENDINGS)},
            on_uploaded_change=_take,
        )


def _take() -> None:
    sent = part(KEY, "uploaded")
    if not isinstance(sent, dict) or not _TOKEN.fullmatch(str(sent.get("token", ""))):
        return
    file = folder() / f"{PREFIX}{sent['token']}"
    if file.is_file():
        begin_adding(file, shown_name(str(sent.get("name", ""))))


def folder() -> Path:
    """Return the folder where uploads wait to be unpacked."""
    return settings().home / "data"


def forget_unfinished() -> None:
    """Take away what uploads and unpackings left that a stopped server never finished."""
    unfinished_exports = (settings().home / "exports").glob("*.part")
    for path in [*folder().glob(f"{PREFIX}*"), *folder().glob(".new-*"), *unfinished_exports]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


async def receive(request: Request) -> JSONResponse:
    """Write the body of a request to a file and answer with its token; a refused one leaves nothing behind."""
    limit = settings().max_archive_mb << 20
    size = request.headers.get("content-length", "")
    too_large = f"The archive is larger than {settings().max_archive_mb:,} MB, which is the limit; make a smaller one."
    if not _from_our_page(request):
        return _refused(403, "Archives are taken from this app's own pages only.")
    if size.isdecimal() and int(size) > limit:
        return _refused(413, too_large)
    folder().mkdir(parents=True, exist_ok=True)
    if size.isdecimal() and int(size) > shutil.disk_usage(folder()).free:
        return _refused(507, "The disk of this server has no room for the archive; send a smaller one.")
    token = secrets.token_hex(16)
    file = folder() / f"{PREFIX}{token}"
    arrived = 0
    try:
        with file.open("xb") as kept:
            async for block in request.stream():
                arrived += len(block)
                if arrived > limit:
                    file.unlink()
                    return _refused(413, too_large)
                kept.write(block)
    except (ClientDisconnect, OSError):
        file.unlink(missing_ok=True)
        return _refused(507, "The archive could not be written to the disk of this server; try again.")
    return JSONResponse({"token": token})


def _from_our_page(request: Request) -> bool:
    """Tell whether a page of this very server sends the request, not one that a visitor has open elsewhere."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


def _refused(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"refused": sentence}, status_code=status)


UPLOAD = Route(ADDRESS, receive, methods=["POST"])
