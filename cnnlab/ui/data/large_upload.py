"""Take archives of several hundred megabytes straight to the disk, without holding them in memory."""

import asyncio
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from cnnlab.core.data.archives.unpacking import ENDINGS
from cnnlab.core.kept.disk import STEP
from cnnlab.processes.data.arrivals import CLAIM_SECONDS, ArrivalError
from cnnlab.ui.data.work import arriving_file, begin_adding
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.decoders import any_text, matching, record
from cnnlab.ui.session.services import arrivals, settings
from cnnlab.ui.session.visitor import me, sender
from cnnlab.viz.html import tag

KEY = "large_upload_input"
PATIENCE = 60.0  # seconds that an archive may take beside what its size explains
SLOWEST = 64 << 10  # bytes a second
_TOKEN = re.compile(r"[0-9a-f]{32}")
LONGEST_NAME = 1000  # characters of a file's name, before it is cut to what can be shown


@dataclass(frozen=True)
class Arrived:
    """Name an archive that has arrived: by the token that its sender was given, and as its sender calls it."""

    token: str
    name: str


class UploadSends:
    """Declare what the upload sends: the archive that has arrived."""

    uploaded = Message(record(Arrived, token=matching(_TOKEN), name=any_text(LONGEST_NAME)))


_COMPONENT = component(
    "large_upload",
    "pictures/upload.js",
    html=tag("div", class_="upload"),
    styles=["pictures/upload.css"],
    sends=UploadSends,
)


def large_upload() -> None:
    """Draw the choice of a large archive, which shows how much of it has arrived."""
    limit = settings().max_archive_mb
    with st.expander("A larger archive"), st.container(key="large_upload"):
        endings = ",".join(ENDINGS)
        data = {"address": address("upload"), "limit": limit << 20, "said": f"{limit:,} MB", "endings": endings}
        _COMPONENT(KEY, data, UploadSends.uploaded.to(_take))


def _take(arrived: Arrived) -> None:
    file = arrivals().claim(arrived.token, me())
    if file is not None:
        begin_adding(file, arrived.name)


async def receive(request: Request) -> JSONResponse:
    """Write the body of a request to a file and answer with its token; a refused one leaves nothing behind."""
    size = request.headers.get("content-length", "")
    told = int(size) if size.isascii() and size.isdecimal() else 0
    asker = sender(request.scope)
    if not _from_our_page(request):
        return _refused(403, "Archives are taken from this app's own pages only.")
    if not asker.owner:
        return _refused(403, "This browser has no cookie of this server; open the data page again, then send it.")
    if told > settings().max_archive_mb << 20:
        return _refused(413, _too_large())
    token = secrets.token_hex(16)
    file = arriving_file(token)
    await run_in_threadpool(file.parent.mkdir, parents=True, exist_ok=True)
    if told > shutil.disk_usage(file.parent).free:
        return _refused(507, "The disk of this server has no room for the archive; send a smaller one.")
    if problem := await run_in_threadpool(settings().disk.problem, told):
        return _refused(507, problem)
    try:
        arrivals().begin(token, file, asker)
    except ArrivalError as error:
        return _refused(429, str(error))
    try:
        await _write(request, file)
    except (ClientDisconnect, OSError):
        arrivals().drop(token)
        return _refused(507, "The archive could not be written to the disk of this server; try again.")
    except _TooMuch as error:
        arrivals().drop(token)
        return _refused(413, str(error))
    except BaseException:
        arrivals().drop(token)
        raise
    arrivals().finish(token)
    asyncio.get_running_loop().call_later(CLAIM_SECONDS, arrivals().forget_unclaimed)
    return JSONResponse({"token": token})


class _TooMuch(Exception):
    """Say in one sentence why no more of a body is taken."""


async def _write(request: Request, file: Path) -> None:
    """Write what arrives; raise `_TooMuch` at a limit or if it arrives too slowly."""
    limit = settings().max_archive_mb << 20
    watch = settings().disk.watch(_TooMuch)
    arrived, counted, began = 0, 0, time.monotonic()
    blocks = request.stream()
    with file.open("xb") as kept:
        while True:
            left = PATIENCE + arrived / SLOWEST - (time.monotonic() - began)
            try:
                block = await asyncio.wait_for(anext(blocks, None), max(0.0, left))
            except TimeoutError:
                raise _TooMuch("The archive arrived too slowly, so it was given up; try again.") from None
            if block is None:
                return
            arrived += len(block)
            if arrived > limit:
                raise _TooMuch(_too_large())
            if arrived - counted >= STEP:
                # Measuring takes too long for everybody else to wait.
                await run_in_threadpool(watch, arrived - counted)
                counted = arrived
            kept.write(block)


def _too_large() -> str:
    return f"The archive is larger than {settings().max_archive_mb:,} MB, which is the limit; make a smaller one."


def _from_our_page(request: Request) -> bool:
    """Tell whether a page of this very server sends the request, not one that a visitor has open elsewhere."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


def _refused(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"refused": sentence}, status_code=status)
