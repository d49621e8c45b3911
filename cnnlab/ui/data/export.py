"""Let a visitor take the current data set along as a zip, written beside the page and sent from the disk."""

import hashlib
import json
import re
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from cnnlab.core.data.datasets import DataSet, DataSetError
from cnnlab.core.words.numbers import decimal
from cnnlab.processes.data.jobs import JobState
from cnnlab.processes.environment import data_command
from cnnlab.ui.data.work import start_job, watch_job
from cnnlab.ui.parts.html import download_link
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.services import jobs, settings

_KEY = re.compile(r"[0-9a-f]{16}")


def folder() -> Path:
    """Return the folder where exported sets wait to be fetched."""
    return settings().home / "exports"


def data_export(data: DataSet, name: str) -> None:
    """Draw the button that writes the zip under a name, how far it has come, and at the end the link to it."""
    key = hashlib.sha256(f"{data.fingerprint} {data.classes}".encode()).hexdigest()[:16]
    with st.container(key="data_export", horizontal=True, vertical_alignment="center"):
        job = jobs().get(_job(key))
        if (folder() / f"{key}.zip").is_file():
            size = (folder() / f"{key}.zip").stat().st_size
            whole = address("exports", key, f"{name}.zip")
            download_link(f"Download the zip ({_megabytes(size)})", whole)
        elif job is not None and job.state.running:
            watch_job(_job(key), "cancel_export", _said)
            return
        else:
            st.button(
                "Export this set (zip)",
                on_click=lambda: _begin(key, name, data.classes),
                help="Every readable picture as it is, in train/<class> and validation/<class>, with the order of the "
                "classes. It can be uploaded again, here or elsewhere.",
            )
        refused = st.session_state.pop("export_refused", "") or (job.state.refused if job is not None else "")
        if refused:
            refuse(refused)


def _job(key: str) -> str:
    return f"export {key}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{decimal(size / 1e3, 0)} kB"


def _begin(key: str, name: str, classes: tuple[str, ...]) -> None:
    target = folder() / f"{key}.zip"
    command = data_command("export", shared().data.reference, name, json.dumps(classes), str(target))
    try:
        if problem := settings().disk.problem():
            raise DataSetError(problem)
        start_job(_job(key), command)
    except DataSetError as error:
        st.session_state["export_refused"] = str(error)


def _said(state: JobState) -> str:
    return f"Writing the pictures: {state.done:,} of {state.total:,}" if state.total else "Writing the pictures…"


def send_export(request: Request) -> Response:
    """Answer with an export from the disk; 404 if it is gone."""
    key = request.path_params["key"]
    file = folder() / f"{key}.zip"
    if not _KEY.fullmatch(key) or not file.is_file():
        return Response("This export is gone; write it again.", status_code=404)
    return FileResponse(file, media_type="application/zip", filename=f"{request.path_params['name']}.zip")
