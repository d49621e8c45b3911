"""Let a visitor take the maps of an answer along: as numbers, as pictures, and as code that computes them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.exchange.explain_code import explain_script
from cnnlab.core.explain.asked import Asked, ExplainError
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.pictures import Pixels
from cnnlab.processes.subjects import Opened, Subject, Weighted
from cnnlab.ui.explain.found import found_attribution
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import services
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.explain.files import map_files
from cnnlab.viz.html import quiet
from cnnlab.viz.images import as_image, png

CODE = "explain_code"
PICTURE = "picture.png"
NOT_PLAIN = (
    "There is no script for this model: it was mended or put together when it was brought, or has several outputs, so "
    "plain Keras does not open it as it stands here."
)


def take_along(subject: Subject, pixels: Pixels, asked: Sequence[Asked]) -> None:
    """Draw the downloads of some maps of one answer, each made when it is pressed."""
    with st.container(horizontal=True, vertical_alignment="center", key="take_explained"):
        st.download_button(
            "Maps (npz)",
            lambda: _arrays(subject, pixels, asked),
            "explained.npz",
            "application/octet-stream",
            on_click="ignore",
            help="Every map by the name of its method, the picture as the network gets it, the outputs and the score.",
        )
        st.download_button(
            "Maps (PNG)",
            lambda: _pictures(subject, pixels, asked),
            "explained.zip",
            "application/zip",
            on_click="ignore",
            help="Every map alone and over the picture.",
        )
        with st.popover("As code", key="explain_as_code"):
            _code(subject, pixels, asked)


def _arrays(subject: Subject, pixels: Pixels, asked: Sequence[Asked]) -> bytes:
    found = {each.method: found_attribution(subject, pixels, each) for each in asked}
    first = next(iter(found.values())).arrays
    maps: dict[str, Any] = {name: each.values for name, each in found.items()}
    out = io.BytesIO()
    np.savez_compressed(out, picture=pixels, outputs=first["outputs"], score=first["score"], **maps)
    return out.getvalue()


def _pictures(subject: Subject, pixels: Pixels, asked: Sequence[Asked]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(PICTURE, png(as_image(pixels)))
        for each in asked:
            values = found_attribution(subject, pixels, each).values
            for name, drawn in map_files(each.method, pixels, values).items():
                archive.writestr(name, drawn)
    return out.getvalue()


def _code(subject: Subject, pixels: Pixels, asked: Sequence[Asked]) -> None:
    """Draw the script of one of the methods, with the two files that it reads."""
    offered = {each.method: each for each in asked}
    first = next(iter(offered))
    st.selectbox("Method", list(offered), key=CODE, format_func=lambda name: TABLE[name].title)
    method = chosen(CODE, offered, first)
    try:
        if isinstance(subject, Opened) and not _plain(subject):
            raise ExplainError(NOT_PLAIN)
        source = explain_script(offered[method], subject.graph.nodes, subject.input_shape, subject.rescaling)
    except ExplainError as error:
        show_html(quiet(str(error)))
        return
    with st.container(horizontal=True):
        st.download_button("Script", source, f"{method}.py", "text/x-python", on_click="ignore")
        if isinstance(subject, Weighted):
            model = subject
            st.download_button(
                "Model (.keras)", lambda: services.inference().keras_file(model), "model.keras", on_click="ignore"
            )
        st.download_button("Picture", lambda: png(as_image(pixels)), PICTURE, "image/png", on_click="ignore")
    st.code(source, language="python", wrap_lines=True)


def _plain(subject: Opened) -> bool:
    """Tell whether Keras opens the visitor's file as it is, with the one answer that is explained."""
    model = subject.model
    return not model.said and len(model.outputs) == 1 and not model.name.lower().endswith(".json")
