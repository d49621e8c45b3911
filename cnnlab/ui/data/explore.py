"""Draw what the pictures of a data set look like: one by one, all of a class together, their sizes and their values."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSet, DataSetError, Split
from cnnlab.core.pictures.reference import FromData
from cnnlab.core.words import plain
from cnnlab.core.words.numbers import decimal
from cnnlab.ui.data.alike import near_duplicates
from cnnlab.ui.data.reading import held, tile_of
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES, link, link_to_sequences
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.tiles import Tile, tile, tiles
from cnnlab.ui.session import current_picture, shared
from cnnlab.ui.session.sent import number, place_in_digits
from cnnlab.viz.data import figures
from cnnlab.viz.html import bold, paragraph, quiet

VIEWS = ("pictures", "mean pictures", "sizes", "colours", "near duplicates")
PER_PAGE = 33
SEEN_ON = ("convolution", "feature_maps", "augmentation")
ALL = "all"
_REFUSED = "sample_refused"


def explore(data: DataSet) -> None:
    """Draw one view of the pictures; a click on one makes it the current picture of every page."""
    view = st.segmented_control(
        "Explore", VIEWS, default=VIEWS[0], key="explore_view", required=True, persist_state="session"
    )
    with st.container(key="explore"):
        if view == "pictures":
            _browser(data)
        elif view == "mean pictures":
            _means(data)
        elif view == "sizes":
            _sizes(data)
        elif view == "near duplicates":
            near_duplicates(data)
        else:
            _colours(data)


@dataclass(frozen=True)
class Chosen:
    """Hold what the filters leave: a split, the positions in it, and the page of them that is shown."""

    name: str
    split: Split
    members: np.ndarray
    page: int


def _browser(data: DataSet) -> None:
    chosen = _filtered(data)
    show_html(quiet(f"{len(chosen.members):,} pictures. Click one to use it on every page."))
    if refused := st.session_state.pop(_REFUSED, ""):
        refuse(refused)
    shown = chosen.members[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    try:
        made = _tiles(data.fingerprint, chosen.name, tuple(shown.tolist()), chosen.split, data.classes)
    except DataSetError as error:
        refuse(error)
        return
    mine = shared()
    reference, here = mine.picture.reference, ""
    if isinstance(reference, FromData) and (reference.fingerprint, reference.split) == (data.fingerprint, chosen.name):
        here = str(reference.index)
    tiles("data_samples", made, here, lambda file: _pick(data.fingerprint, chosen, file), large=True)
    if isinstance(reference, FromData):
        using = current_picture().name
        with st.container(horizontal=True, vertical_alignment="center"):
            show_html(paragraph("Your picture is now ", bold(using), ". See it in:"))
            for name in SEEN_ON:
                if name in TITLES:
                    link(name, TITLES[name])


def _filtered(data: DataSet) -> Chosen:
    """Draw the filters and return what they leave."""
    left, middle, right, last = st.columns([3, 3, 4, 2])
    name = left.segmented_control(
        "Split", ("training", "validation"), default="training", key="explore_split", required=True
    )
    split = data.train if name == "training" else data.validation
    label = middle.selectbox("Class", (ALL, *data.classes), key="explore_class")
    keep = np.ones(len(split), bool) if label not in data.classes else split.labels == data.classes.index(label)
    longest = split.sizes.max(axis=1)
    low, high = int(longest.min()), int(longest.max())
    if low < high:
        with right:
            least, most = st.slider(
                "Longer side, pixels", low, high, (low, high), key=f"explore_size_{data.fingerprint[:8]}_{name}"
            )
        keep &= (longest >= least) & (longest <= most)
    members = _interleaved(np.flatnonzero(keep), split.labels)
    pages = max(1, -(-len(members) // PER_PAGE))
    st.session_state["explore_page"] = int(number(st.session_state.get("explore_page", 1), 1, pages, pages))
    page = last.number_input(f"Page of {pages:,}", 1, pages, key="explore_page", disabled=pages == 1)
    return Chosen(name, split, members, int(page))


def _interleaved(members: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Order positions so that classes take turns; otherwise the first page would show one class only."""
    kept = labels[members]
    turn = np.zeros(len(members), int)
    for label in np.unique(kept):
        turn[kept == label] = np.arange(int((kept == label).sum()))
    return members[np.lexsort((kept, turn))]


@st.cache_data(max_entries=64, show_spinner=False)
def _tiles(
    fingerprint: str, split_name: str, shown: tuple[int, ...], _split: Split, classes: tuple[str, ...]
) -> list[Tile]:
    made = []
    for i in shown:
        width, height = _split.sizes[i]
        title = f"{_split.names[i]}, {classes[_split.labels[i]]}, {width} × {height}"
        made.append(tile(tile_of(_split, i), str(i), title, title))
    return made


def _pick(fingerprint: str, chosen: Chosen, file: str) -> None:
    split = chosen.split
    picked = place_in_digits(file, len(split))
    if picked is None:
        return
    try:
        picture = held(lambda: split.stored(picked), split.names[picked])
    except DataSetError as error:
        st.session_state[_REFUSED] = str(error)
        return
    mine = shared()
    mine.picture = mine.picture.chosen(picture, FromData(fingerprint, chosen.name, picked))


def _means(data: DataSet) -> None:
    places = [(name, split) for split in ("train", "validation") for name in data.classes]
    spreads = {place: np.sqrt(data.tallies[place[1], place[0]].variance().mean(axis=2)) for place in places}
    most = max(1.0, *(float(spread.max()) for spread in spreads.values()))
    images, captions = [], []
    for name, split in places:
        made, spread = data.tallies[split, name], spreads[name, split]
        varied = np.rint(spread * (255 / most)).astype(np.uint8)[..., None].repeat(3, axis=2)
        images.append(np.concatenate([made.mean(), varied], axis=1))
        least, most_spread = (decimal(float(end), 0) for end in (spread.min(), spread.max()))
        captions.append(f"{name}, {split}: mean of {made.count:,}, spread {least} to {most_spread}")
    st.image(
        images,
        caption=[plain(c) for c in captions],
        width=260,
        alt=[f"Mean picture and spread of {c}." for c in captions],
    )
    show_html(
        quiet(
            "Every picture stretched to 64 × 64 and averaged. If the means differ in their background, a network may "
            "learn that instead of what you mean. Beside it the spread: the square root of each pixel's variance over "
            f"the pictures, in grey levels, black where all are alike, white at {decimal(float(most), 0)}."
        )
    )


def _sizes(data: DataSet) -> None:
    sizes = np.concatenate([data.train.sizes, data.validation.sizes])
    widths, heights = sizes[:, 0], sizes[:, 1]
    said = (
        f"{len(sizes):,} pictures, {widths.min():,} to {widths.max():,} pixels wide and {heights.min():,} to "
        f"{heights.max():,} high."
    )
    if (widths == widths[0]).all() and (heights == heights[0]).all():
        said = f"All {len(sizes):,} pictures are {widths[0]} pixels wide and {heights[0]} high."
    else:
        plot("explore_sizes", figures.sizes(widths, heights), said)
    taken = "Your network reads sequences, so none of them reaches it."
    if shared().network.rank == 2:
        height, width, _ = shared().network.picture_shape
        taken = f"Each is stretched to {height} × {width} for your network, whatever its shape."
    show_html(quiet(f"{said} {taken}"))
    if shared().network.rank == 1:
        link_to_sequences()


def _colours(data: DataSet) -> None:
    classes = {name: data.tallies["train", name].histogram() for name in data.classes[:4]}
    plot(
        "explore_colours",
        figures.histograms(classes),
        "How often each value from 0 to 255 occurs in red, green and blue, class by class: "
        + "; ".join(f"{name} on average {_average(shares):.0f}" for name, shares in classes.items())
        + ".",
    )
    show_html(
        quiet(
            "Training pictures at their own size; each counts the same, however large. If one class is darker or "
            "greener than the other, a network may answer by that alone."
        )
    )


def _average(shares: np.ndarray) -> float:
    """Return the mean value of all channels from their histograms (3, bins)."""
    bins = shares.shape[1]
    return float((shares.mean(axis=0) * (np.arange(bins) + 0.5) * 256 / bins).sum())
