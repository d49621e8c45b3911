"""Look into a network or model with a picture: its output, its maps or kernels, side by side if wanted."""

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSet, DataSetError
from cnnlab.core.data.held import Measure
from cnnlab.core.inside.heavy import MOST_VALUES
from cnnlab.core.inside.likeness import Twins
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.markdown import plain
from cnnlab.core.pictures import PictureError, Pixels, prepare
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.teach.brief import describe_shape
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import RandomWeights, Subject, Weighted, pixels_key
from cnnlab.ui.data.choose import loaded
from cnnlab.ui.inside.maps_view import kernels_view, maps_view, sent_map
from cnnlab.ui.inside.meaning import Meaning, say_output
from cnnlab.ui.inside.seen import SCOPES, Side, see
from cnnlab.ui.parts import pages
from cnnlab.ui.pictures.prepared import prepared_in
from cnnlab.ui.session import gallery_picture, services, shared
from cnnlab.ui.session.sent import chosen, number, place
from cnnlab.viz.inside.channels import ORDERS
from cnnlab.viz.inside.scale import CLIPS

KEY = "maps_view"
MAPS, FILTERS = "maps", "filters"
ALONE, RANDOM, OTHER, EPOCH = "nothing", "random weights", "another picture", "another epoch"
BATCH = 32
CONVOLUTION = "convolution"
SCOPE_HELP = (
    "What one colour means: the same value in every map of the layer, in the whole network, or in each map by itself."
)
SORT_HELP = "Largest first. Sparsity is the share of zeros."
CLIP_HELP = (
    "A few strong values can make all others pale. The scale then ends where so many of the absolute values lie within "
    "it; those beyond have the strongest colour, and the legend says how many they are."
)
THIS, MANY = "in this picture", f"in {BATCH} pictures"
TWINS = ("not at all", THIS, MANY)
TWINS_HELP = (
    "A channel is a duplicate here if its map equals that of a channel before it, or correlates with it by at least r: "
    f"in your picture, or over {BATCH} pictures of your data set. Maps that are zero everywhere count as dead instead."
)
LEAST = 0.99
LARGEST_SEED = 9999
MOST_KEPT = 32 << 20  # bytes of what was found for each channel
ACTIVITY: KeptByBytes[tuple[np.ndarray, ...]] = KeptByBytes(MOST_KEPT, lambda found: sum(each.nbytes for each in found))
ALIKE: KeptByBytes[tuple[Twins, ...]] = KeptByBytes(MOST_KEPT, lambda found: sum(9 * len(each.of) for each in found))
DEAD_HELP = f"A channel is dead here if it is zero for each of {BATCH} pictures of your data set."


@dataclass(frozen=True)
class Epochs:
    """Offer the same network after the epochs of its training, `of` by their titles; the subject is `now`."""

    now: str = ""
    of: Mapping[str, Subject] = field(default_factory=dict)


def inspect(
    subject: Subject,
    pixels: Pixels,
    meaning: Meaning | None,
    can_send: Collection[int],
    large: int | None = None,
    epochs: Epochs | None = None,
) -> None:
    """Draw everything about a subject and a prepared picture.

    Maps of the layers `can_send` can be sent to the convolution view; those of the layer `large` are drawn larger.
    Each of `epochs` can stand beside the subject.
    """
    epochs = epochs or Epochs()
    try:
        sides = _sides(subject, pixels, epochs)
        scope, sort = chosen("map_scope", SCOPES, "layer"), chosen("map_sort", ORDERS, ORDERS[0])
        with st.spinner("Looking at your picture…", show_time=False):
            share = CLIPS.get(chosen("map_clip", CLIPS, ""), 1.0)
            seen = see(sides, scope, sort, large, share)
        say_output(seen, sides, meaning)
        _controls(subject, epochs)
        if chosen("map_kind", (MAPS, FILTERS), MAPS) == FILTERS:
            _filters(subject, scope)
        else:
            dead = _dead(subject, pixels) if st.session_state.get("map_dead") else None
            maps_view(KEY, seen, sides, dead, _twins(subject, pixels), can_send, lambda: _send(subject))
            _take_along(subject, pixels)
    except (InferenceError, PictureError) as error:
        st.error(plain(str(error)))
    if st.session_state.pop("map_sent", False):
        pages.go(CONVOLUTION)


def _controls(subject: Subject, epochs: Epochs) -> None:
    """Draw how the maps are shown, in one row where there is room."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_controls"):
        st.segmented_control(
            "Show", (MAPS, FILTERS), default=MAPS, key="map_kind", required=True, persist_state="session"
        )
        st.segmented_control(
            "Scale", SCOPES, default="layer", key="map_scope", help=SCOPE_HELP, required=True, persist_state="session"
        )
        st.selectbox("Sort by", ORDERS, key="map_sort", help=SORT_HELP, persist_state="session", width=130)
        possible = {ALONE: True, RANDOM: _can_be_random(subject), OTHER: True, EPOCH: len(epochs.of) > 0}
        beside = [name for name, can_be in possible.items() if can_be]
        if st.session_state.get("maps_beside") not in beside:
            st.session_state["maps_beside"] = ALONE
        st.selectbox("Beside it", beside, key="maps_beside", persist_state="session", width=180)
        if st.session_state["maps_beside"] == OTHER:
            st.selectbox("Picture", _titles(), key="maps_other", persist_state="session", width=180)
        if st.session_state["maps_beside"] == EPOCH:
            if st.session_state.get("maps_epoch") not in epochs.of:
                st.session_state["maps_epoch"] = next(iter(epochs.of))
            st.selectbox("Epoch", list(epochs.of), key="maps_epoch", persist_state="session", width=160)
        with st.popover("Clip and mark", key="map_more"):
            st.selectbox("Clip the scale", list(CLIPS), key="map_clip", help=CLIP_HELP, persist_state="session")
            st.toggle("Mark dead channels", key="map_dead", help=DEAD_HELP, persist_state="session")
            st.selectbox("Mark duplicate channels", TWINS, key="map_twins", help=TWINS_HELP, persist_state="session")
            if st.session_state["map_twins"] != TWINS[0]:
                st.number_input("r at least", 0.5, 1.0, LEAST, 0.005, "%.3f", key="map_least", persist_state="session")


def _can_be_random(subject: Subject) -> bool:
    return isinstance(subject, Weighted) and not isinstance(subject.weights, RandomWeights)


def _titles() -> list[str]:
    own = [upload.name for upload in shared().uploads.values()]
    return [*own, *(item.title for item in pictures())]


def random_seed() -> int:
    """Return the seed of the random weights that this visitor has chosen."""
    return place(st.session_state.get("random_seed"), LARGEST_SEED + 1) or 0


def _sides(subject: Subject, pixels: Pixels, epochs: Epochs) -> tuple[Side, ...]:
    """Return what stands side by side: the subject, and if wanted the same with one thing changed."""
    beside = chosen("maps_beside", (RANDOM, OTHER, EPOCH), ALONE)
    if beside == RANDOM and isinstance(subject, Weighted) and _can_be_random(subject):
        other = replace(subject, weights=RandomWeights(random_seed()))
        return Side(subject, pixels, "trained"), Side(other, pixels, "random weights, nothing learned")
    if beside == OTHER:
        title = chosen("maps_other", _titles(), _titles()[0])
        return Side(subject, pixels, "your picture"), Side(subject, _other_picture(title, pixels.shape), title)
    if beside == EPOCH and epochs.of:
        title = chosen("maps_epoch", epochs.of, next(iter(epochs.of)))
        return Side(subject, pixels, epochs.now), Side(epochs.of[title], pixels, title)
    return (Side(subject, pixels),)


def _other_picture(title: str, shape: tuple[int, ...]) -> Pixels:
    height, width, channels = shape
    mine = shared()
    measure = Measure(height, width, channels, mine.preparation)
    for upload in mine.uploads.values():
        if upload.name == title:
            return prepared_in(upload.picture, measure)
    item = next((item for item in pictures() if item.title == title), pictures()[0])
    return prepared_in(gallery_picture(item), measure)


def _filters(subject: Subject, scope: str) -> None:
    kernels = services.inference().kernels(subject)
    if not kernels:
        st.html('<div class="notice" role="status">This network has no two-dimensional convolution.</div>')
        return
    kernels_view(f"{KEY}_kernels", kernels, subject.rows, scope)


def _dead(subject: Subject, pixels: Pixels) -> list[np.ndarray] | None:
    """Return for each layer the channels that are zero for every picture of a batch of the current data set."""
    try:
        data = loaded(shared().data_reference)
        with st.spinner(f"Looking at {BATCH} pictures of {plain(data.name)}…", show_time=False):
            return [np.flatnonzero(largest == 0) for largest in _activity(data, subject, pixels.shape)]
    except DataSetError as error:
        st.error(plain(str(error)))
        return None


def _activity(data: DataSet, subject: Subject, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    key = (subject.key, data.fingerprint)
    return ACTIVITY.get(key, lambda: services.inference().activity(subject, _batch(data, shape)))


def _batch(data: DataSet, shape: tuple[int, ...]) -> Pixels:
    """Return pictures of a data set's validation part, spread evenly, as a network takes them.

    Raises `InferenceError` where that would be too much.
    """
    split, (height, width, channels) = data.validation, shape
    if BATCH * height * width * channels > MOST_VALUES:
        raise InferenceError(
            f"{BATCH} pictures of {describe_shape(shape)} are more than the {MOST_VALUES:,} numbers that can be looked "
            "at together; make the network's input smaller."
        )
    chosen = np.linspace(0, len(split) - 1, min(BATCH, len(split))).astype(int)
    return np.stack([prepare(split.image(int(i)), height, width, channels) for i in chosen])


def _twins(subject: Subject, pixels: Pixels) -> tuple[Twins, ...] | None:
    """Return for each layer which channels are alike, in the picture or over a batch of the data set, if asked."""
    where = chosen("map_twins", (THIS, MANY), "")
    if not where:
        return None
    least = number(st.session_state.get("map_least"), 0.5, 1.0, LEAST)
    try:
        with st.spinner("Comparing channels…", show_time=False):
            if where == THIS:
                key = (subject.key, pixels_key(pixels), least)
                return ALIKE.get(key, lambda: services.inference().twins(subject, pixels[None], least))
            data = loaded(shared().data_reference)
            key = (subject.key, data.fingerprint, least)
            return ALIKE.get(key, lambda: services.inference().twins(subject, _batch(data, pixels.shape), least))
    except DataSetError as error:
        st.error(plain(str(error)))
        return None


def _send(subject: Subject) -> None:
    sent, mine = sent_map(KEY, subject.rows), shared()
    if sent is None:
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
