"""Look into a network or model with a picture: its output, its maps or kernels, side by side if wanted."""

import io
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.data.held import Measure
from cnnlab.core.pictures import PictureError, Pixels, gallery
from cnnlab.core.pictures.reference import FromGallery, FromUpload
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import Subject
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.features.view import features_view
from cnnlab.ui.inside.maps_view import OneMap, kernels_view, maps_view
from cnnlab.ui.inside.marked import dead_channels, duplicate_channels, mark_controls
from cnnlab.ui.inside.meaning import Epochs, say_output
from cnnlab.ui.inside.picture_column import picture_column
from cnnlab.ui.inside.seen import SCOPES, Side, see
from cnnlab.ui.parts import pages
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.pictures.current import truth
from cnnlab.ui.pictures.prepared import prepared_in
from cnnlab.ui.session import gallery_picture, services, shared
from cnnlab.ui.session.keys import FEATURES, FILTERS, MAP_KIND, MAPS
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.html import notice
from cnnlab.viz.inside.channels import ORDERS
from cnnlab.viz.inside.scale import CLIPS

KEY = "maps_view"
ALONE, RANDOM, OTHER, EPOCH = "nothing", "random weights", "another picture", "another epoch"
CONVOLUTION = "convolution"
SCOPE_HELP = (
    "What one colour means: the same value in every map of the layer, in the whole network, or in each map by itself."
)
SORT_HELP = "Largest first. Sparsity is the share of zeros."
CLIP_HELP = (
    "A few strong values can make all others pale. The scale then ends where so many of the absolute values lie within "
    "it; those beyond have the strongest colour, and the legend says how many they are."
)


def feature_maps(current: Current) -> None:
    """Draw the page: on the left the picture and what is looked into, on the right what is seen."""
    left, right = st.columns([3, 9], gap="medium")
    prepared = picture_column(current, left, right)
    with right, st.container(key="feature_maps"):
        current.introduce()
        if current.impossible:
            show_html(notice(f"There are no maps: the network cannot exist. {current.impossible}"))
        else:
            _inspect(current, prepared)


def _inspect(current: Current, pixels: Pixels) -> None:
    """Draw everything about what is looked into and a prepared picture."""
    subject, epochs = current.subject, current.epochs
    try:
        sides = _sides(current, pixels, epochs)
        scope, sort = chosen("map_scope", SCOPES, "layer"), chosen("map_sort", ORDERS, ORDERS[0])
        with st.spinner("Looking at your picture…", show_time=False):
            share = CLIPS.get(chosen("map_clip", CLIPS, ""), 1.0)
            seen = see(sides, scope, sort, current.enlarged, share)
        say_output(seen, sides, current.meaning, truth())
        _controls(current, epochs)
        kind = chosen(MAP_KIND.name, (MAPS, FILTERS, FEATURES), MAPS)
        if kind == FILTERS:
            _filters(subject, scope)
        elif kind == FEATURES:
            features_view(current, pixels)
        else:
            dead, twins = dead_channels(subject, pixels), duplicate_channels(subject, pixels)
            maps_view(KEY, seen, sides, dead, twins, current.sendable, lambda sent: _send(current, sent))
            _take_along(subject, pixels)
    except (InferenceError, PictureError) as error:
        refuse(error)
    if st.session_state.pop("map_sent", False):
        pages.go(CONVOLUTION)


def _controls(current: Current, epochs: Epochs) -> None:
    """Draw how the maps are shown, in one row where there is room."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_controls"):
        st.segmented_control(
            "Show", (MAPS, FILTERS, FEATURES), default=MAPS, key=MAP_KIND.name, required=True, persist_state="session"
        )
        if MAP_KIND.get() == FEATURES:
            return
        st.segmented_control(
            "Scale", SCOPES, default="layer", key="map_scope", help=SCOPE_HELP, required=True, persist_state="session"
        )
        st.selectbox("Sort by", ORDERS, key="map_sort", help=SORT_HELP, persist_state="session", width=130)
        possible = {ALONE: True, RANDOM: current.randomised is not None, OTHER: True, EPOCH: len(epochs.of) > 0}
        beside = [name for name, can_be in possible.items() if can_be]
        if st.session_state.get("maps_beside") not in beside:
            st.session_state["maps_beside"] = ALONE
        st.selectbox("Beside it", beside, key="maps_beside", persist_state="session", width=180)
        if st.session_state["maps_beside"] == OTHER:
            others = _others()
            st.selectbox(
                "Picture",
                list(others),
                key="maps_other",
                format_func=lambda one: others.get(one, str(one)),
                persist_state="session",
                width=180,
            )
        if st.session_state["maps_beside"] == EPOCH:
            if st.session_state.get("maps_epoch") not in epochs.of:
                st.session_state["maps_epoch"] = next(iter(epochs.of))
            st.selectbox("Epoch", list(epochs.of), key="maps_epoch", persist_state="session", width=160)
        with st.popover("Clip and mark", key="map_more"):
            st.selectbox("Clip the scale", list(CLIPS), key="map_clip", help=CLIP_HELP, persist_state="session")
            mark_controls()


def _others() -> dict[FromUpload | FromGallery, str]:
    """Return the title of every picture that can stand beside."""
    own: dict[FromUpload | FromGallery, str] = {one: upload.name for one, upload in shared().picture.uploads.items()}
    return told_apart(own | {FromGallery(item.file): item.title for item in gallery.pictures()})


def _sides(current: Current, pixels: Pixels, epochs: Epochs) -> tuple[Side, ...]:
    """Return what stands side by side: the subject, and if wanted the same with one thing changed."""
    subject, random = current.subject, current.randomised
    beside = chosen("maps_beside", (RANDOM, OTHER, EPOCH), ALONE)
    if beside == RANDOM and random is not None:
        return Side(subject, pixels, "trained"), Side(random, pixels, "random weights, nothing learned", learned=False)
    if beside == OTHER:
        titles = _others()
        other = chosen("maps_other", titles, next(iter(titles)))
        return Side(subject, pixels, "your picture"), Side(subject, _prepared(other, pixels.shape), titles[other])
    if beside == EPOCH and epochs.of:
        title = chosen("maps_epoch", epochs.of, next(iter(epochs.of)))
        return Side(subject, pixels, epochs.now), Side(epochs.of[title], pixels, title)
    return (Side(subject, pixels),)


def _prepared(other: FromUpload | FromGallery, shape: tuple[int, ...]) -> Pixels:
    mine = shared()
    if isinstance(other, FromUpload):
        picture = mine.picture.uploads[other].picture
    else:
        picture = gallery_picture(gallery.named(other.file))
    height, width, channels = shape
    return prepared_in(picture, Measure(height, width, channels, mine.picture.preparation))


def _filters(subject: Subject, scope: str) -> None:
    kernels = services.inference().kernels(subject)
    if not kernels:
        show_html(notice("This network has no two-dimensional convolution."))
        return
    kernels_view(f"{KEY}_kernels", kernels, subject.rows, scope)


def _send(current: Current, sent: OneMap) -> None:
    current.select(sent.layer, sent.channel)
    st.session_state["map_sent"] = True


def _take_along(subject: Subject, pixels: Pixels) -> None:
    """Offer every array as npz; it is made when it is asked for."""

    def arrays() -> bytes:
        outputs = services.inference().look(subject, pixels).outputs
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
