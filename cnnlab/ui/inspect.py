"""Look into a network or model with a picture: its output, its maps or kernels, side by side if wanted."""

import io
from collections.abc import Collection
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.datasets import DataSet, DataSetError
from cnnlab.core.explain import describe_shape
from cnnlab.core.gallery import pictures
from cnnlab.core.pictures import Pixels, decode, prepare
from cnnlab.runs.inference import InferenceError, RandomWeights
from cnnlab.ui import pages
from cnnlab.ui.data import loaded
from cnnlab.ui.map_view import kernels_view, maps_view, sent_map
from cnnlab.ui.maps import SCOPES, Seen, Side, Subject, Weighted, see
from cnnlab.ui.services import reader, settings
from cnnlab.ui.state import shared
from cnnlab.ui.words import plain
from cnnlab.viz.channels import ORDERS

KEY = "maps_view"
MAPS, FILTERS = "maps", "filters"
ALONE, RANDOM, OTHER = "nothing", "random weights", "another picture"
BATCH = 32
CONVOLUTION = "convolution"
SCOPE_HELP = (
    "What one colour means: the same value in every map of the layer, in the whole network, or in each map by itself."
)
SORT_HELP = "Largest first. Sparsity is the share of zeros."
DEAD_HELP = f"A channel is dead here if it is zero for each of {BATCH} pictures of your data set."


@dataclass(frozen=True)
class Meaning:
    """Say what the outputs stand for: the classes in their order, and the data set that was learned."""

    classes: tuple[str, ...]
    data_name: str


def inspect(
    subject: Subject, pixels: Pixels, meaning: Meaning | None, can_send: Collection[int], large: int | None = None
) -> None:
    """Draw everything about a subject and a prepared picture.

    Maps of the layers `can_send` can be sent to the convolution view; those of the layer `large` are drawn larger.
    """
    try:
        sides = _sides(subject, pixels, st.session_state.get("maps_beside", ALONE))
        state = st.session_state
        scope, sort = state.get("map_scope", "layer"), state.get("map_sort", ORDERS[0])
        with st.spinner("Looking at your picture…", show_time=False):
            seen = see(sides, scope, sort, large)
        _output(seen, sides, meaning)
        _controls(subject)
        if state.get("map_kind") == FILTERS:
            _filters(subject, scope)
        else:
            dead = _dead(subject, pixels) if state.get("map_dead") else None
            maps_view(KEY, seen, sides, dead, can_send, lambda: _send(subject))
            _take_along(subject, pixels)
    except InferenceError as error:
        st.error(plain(str(error)))
    if st.session_state.pop("map_sent", False):
        pages.go(CONVOLUTION)


def _controls(subject: Subject) -> None:
    """Draw how the maps are shown, in one row where there is room."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_controls"):
        st.segmented_control(
            "Show", (MAPS, FILTERS), default=MAPS, key="map_kind", required=True, persist_state="session"
        )
        st.segmented_control(
            "Scale", SCOPES, default="layer", key="map_scope", help=SCOPE_HELP, required=True, persist_state="session"
        )
        st.selectbox("Sort by", ORDERS, key="map_sort", help=SORT_HELP, persist_state="session", width=130)
        beside = (ALONE, RANDOM, OTHER) if _can_be_random(subject) else (ALONE, OTHER)
        if st.session_state.get("maps_beside") not in beside:
            st.session_state["maps_beside"] = ALONE
        st.selectbox("Beside it", beside, key="maps_beside", persist_state="session", width=180)
        if st.session_state["maps_beside"] == OTHER:
            st.selectbox("Picture", _titles(), key="maps_other", persist_state="session", width=180)
        st.toggle("Mark dead channels", key="map_dead", help=DEAD_HELP, persist_state="session")


def _can_be_random(subject: Subject) -> bool:
    return isinstance(subject, Weighted) and not isinstance(subject.weights, RandomWeights)


def _titles() -> list[str]:
    own = [upload.name for upload in shared().uploads.values()]
    return [*own, *(item.title for item in pictures())]


def _sides(subject: Subject, pixels: Pixels, beside: str) -> tuple[Side, ...]:
    """Return what stands side by side: the subject, and if wanted the same with one thing changed."""
    if beside == RANDOM and isinstance(subject, Weighted) and _can_be_random(subject):
        other = replace(subject, weights=RandomWeights(int(st.session_state.get("random_seed", 0))))
        return Side(subject, pixels, "trained"), Side(other, pixels, "random weights, nothing learned")
    if beside == OTHER:
        title = str(st.session_state.get("maps_other") or _titles()[0])
        return Side(subject, pixels, "your picture"), Side(subject, _other_picture(title, pixels.shape), title)
    return (Side(subject, pixels),)


def _other_picture(title: str, shape: tuple[int, ...]) -> Pixels:
    height, width, channels = shape
    mine = shared()
    for upload in mine.uploads.values():
        if upload.name == title:
            found = reader().read(upload.data, upload.name)
            return prepare(found.pixels, height, width, channels, mine.preparation)
    item = next((item for item in pictures() if item.title == title), pictures()[0])
    found = decode(item.read(), item.title, settings().max_pixels)
    return prepare(found.pixels, height, width, channels, mine.preparation)


def _filters(subject: Subject, scope: str) -> None:
    kernels = subject.kernels()
    if not kernels:
        st.html('<div class="notice" role="status">This network has no two-dimensional convolution.</div>')
        return
    kernels_view(f"{KEY}_kernels", kernels, subject.rows, scope)


def _dead(subject: Subject, pixels: Pixels) -> list[np.ndarray] | None:
    """Return for each layer the channels that are zero for every picture of a batch of the current data set."""
    try:
        data = loaded(shared().data_reference)
        with st.spinner(f"Looking at {BATCH} pictures of {data.name}…", show_time=False):
            return [np.flatnonzero(largest == 0) for largest in _activity(data, subject, pixels.shape)]
    except DataSetError as error:
        st.error(plain(str(error)))
        return None


def _activity(data: DataSet, subject: Subject, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    return _activity_of(f"{subject.key} {data.fingerprint}", shape, data, subject)


@st.cache_data(max_entries=32, show_spinner=False)
def _activity_of(key: str, shape: tuple[int, ...], _data: DataSet, _subject: Subject) -> tuple[np.ndarray, ...]:
    split, (height, width, channels) = _data.validation, shape
    chosen = np.linspace(0, len(split) - 1, min(BATCH, len(split))).astype(int)
    return _subject.activity(np.stack([prepare(split.image(int(i)), height, width, channels) for i in chosen]))


def _send(subject: Subject) -> None:
    sent = sent_map(KEY)
    mine = shared()
    if sent is None or sent[0] < 0 or sent[1] < 0:
        return
    if not isinstance(subject, Weighted):
        mine.look_into(*sent)
    elif sent[0] < len(mine.network.layers):
        mine.look_at(*sent)
    else:
        return
    st.session_state["map_sent"] = True


def _take_along(subject: Subject, pixels: Pixels) -> None:
    """Offer every array as npz; it is made when it is asked for."""

    def arrays() -> bytes:
        outputs = subject.look(pixels).outputs
        named: dict[str, Any] = {
            row.name.replace("/", "."): values for row, values in zip(subject.rows, outputs, strict=True)
        }
        out = io.BytesIO()
        np.savez_compressed(out, input=pixels, **named)
        return out.getvalue()

    st.download_button(
        "All arrays (npz)",
        arrays,
        file_name="feature_maps.npz",
        mime="application/octet-stream",
        on_click="ignore",
        help="The picture as the network gets it (input, uint8) and every layer's output by its name (float32).",
    )


def _output(seen: Seen, sides: tuple[Side, ...], meaning: Meaning | None) -> None:
    """Say what comes out: the logit, the activation, and what the number means."""
    if meaning is None:
        st.html(
            '<div class="notice" role="status"><b>Random weights.</b> Nothing has been learned: these maps show what '
            "the layers do to a picture before any training, and the output means nothing.</div>"
        )
        return
    said = "".join(
        f"<p>{line}</p>"
        for side, outputs, logits in zip(sides, seen.outputs, seen.logits, strict=True)
        if not (isinstance(side.subject, Weighted) and isinstance(side.subject.weights, RandomWeights))
        for line in _lines(side, outputs, logits, meaning, many=len(sides) > 1)
    )
    warning = (
        "<p>It was trained on drawn silhouettes and knows nothing about photographs.</p>"
        if meaning.data_name == "silhouettes"
        else ""
    )
    st.html(f'<div class="notice output" style="--notice:#0b6e99">{said}{warning}</div>')


MOST_NAMED = 5


def _lines(
    side: Side, outputs: tuple[np.ndarray, ...], logits: np.ndarray | None, meaning: Meaning, *, many: bool
) -> list[str]:
    """Return one line for each output of one side."""
    lines = []
    for place, output in zip(side.subject.outputs, outputs, strict=True):
        row = side.subject.rows[place]
        title = f"{escape(side.title)}: " if many else ""
        title += f"{escape(row.name)}: " if len(outputs) > 1 else ""
        if output.ndim > 1:
            lines.append(f"{title}<b>The output is {describe_shape(output.shape)} numbers</b>, drawn below.")
            continue
        own = logits if place == len(side.subject.rows) - 1 else None
        lines.append(title + describe_output(output, own, meaning))
    return lines


def describe_output(output: np.ndarray, logits: np.ndarray | None, meaning: Meaning) -> str:
    """Return as html what a network's output says, with the number before its activation where there is one."""
    classes = meaning.classes
    before = ""
    if logits is not None and len(output) == 1:
        before = f' <span class="quiet">from the logit {_signed(float(logits[0]))}</span>'
    if len(output) == 1 and len(classes) == 2:
        name = escape(classes[1])
        return f"<b>P({name}) = {output[0]:.2f}, because class 1 is {name}.</b>{before}"
    if len(output) == len(classes) or not classes:
        names = [escape(name) for name in classes] or [f"output {i}" for i in range(len(output))]
        best = np.argsort(-output, kind="stable")[:MOST_NAMED]
        is_probability = bool(np.all(output >= 0) and abs(float(output.sum()) - 1) < 1e-3)
        listed = ", ".join(
            (f"P({names[i]}) = {output[i]:.2f}" if is_probability else f"{names[i]} = {_signed(float(output[i]))}")
            + ("" if logits is None else f' <span class="quiet">(logit {_signed(float(logits[i]))})</span>')
            for i in best
        )
        more = f", and {len(output) - len(best)} smaller" if len(output) > len(best) else ""
        return f"<b>{listed}</b>{more}."
    return f"<b>The output is {len(output)} numbers.</b>"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
