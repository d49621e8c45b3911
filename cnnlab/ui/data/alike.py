"""Show pictures that look almost the same side by side, those that stand in both splits first."""

import streamlit as st

from cnnlab.core.data.datasets import DataSet, DataSetError, Split
from cnnlab.core.data.held import Measure
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.data.survey.near_copies import LEVELS, MOST_PAIRS, SIDE, NearCopy
from cnnlab.core.pictures import Preparation
from cnnlab.core.words.numbers import decimal
from cnnlab.ui.data.reading import made_of
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.viz.html import Html, aside, bold, paragraph, quiet, table, tag, together
from cnnlab.viz.images import as_image, data_url, jpeg

PER_PAGE = 12
LONGEST = 160  # pixels of a shown picture's longer side
HOW = (
    f"Every picture is shrunk to {SIDE} × {SIDE} grey values; two are near duplicates if these are less than "
    f"{LEVELS:g} of 255 levels apart (root mean square). That finds pictures stored again, resized, a little brighter "
    "or slightly cut; not mirrored, turned or strongly cut ones."
)


def near_duplicates(data: DataSet) -> None:
    """Draw the pairs, one a row, with where each picture stands and how far apart they are."""
    if not data.alike:
        show_html(paragraph(bold("No two pictures look almost the same.")), quiet(HOW))
        return
    places = _places(data)
    pairs = sorted(data.alike, key=lambda pair: (not _leaks(pair, places), pair.levels))
    across = sum(_leaks(pair, places) for pair in pairs)
    least = "At least " if len(pairs) == MOST_PAIRS else ""
    pages = -(-len(pairs) // PER_PAGE)
    found = bold(f"{least}{counted(len(pairs), 'pair')} of near duplicates")
    show_html(paragraph(found, f", {across:,} across training and validation."), quiet(HOW))
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page of {pages:,}", 1, pages, key=f"alike_page_{data.fingerprint[:8]}", width=160))
    shown = tuple(pairs[(page - 1) * PER_PAGE : page * PER_PAGE])
    try:
        show_html(_table(data.fingerprint, shown, data))
    except DataSetError as error:
        refuse(error)


Places = dict[str, tuple[str, Split, int]]


def _places(data: DataSet) -> Places:
    """Return for every picture's name its split and its position there."""
    splits = (("training", data.train), ("validation", data.validation))
    return {name: (said, split, i) for said, split in splits for i, name in enumerate(split.names)}


def _leaks(pair: NearCopy, places: Places) -> bool:
    return places[pair.first][0] != places[pair.second][0]


@st.cache_data(max_entries=32, show_spinner=False)
def _table(fingerprint: str, pairs: tuple[NearCopy, ...], _data: DataSet) -> Html:
    places = _places(_data)
    rows = []
    for pair in pairs:
        cells = (_cell(name, places, _data.classes) for name in (pair.first, pair.second))
        labels = {int(places[name][1].labels[places[name][2]]) for name in (pair.first, pair.second)}
        warnings = ["in training and validation"] * _leaks(pair, places) + ["two labels"] * (len(labels) > 1)
        said = (together(tag("br"), tag("b", warning, class_="bad")) for warning in warnings)
        rows.append(tag("tr", *cells, tag("td", f"{decimal(pair.levels, 1)} levels apart", *said)))
    return table("Near duplicates side by side", ("one", "the other", "difference"), rows, "alike")


def _cell(name: str, places: Places, classes: tuple[str, ...]) -> Html:
    where, split, i = places[name]
    label = classes[split.labels[i]]
    width, height = split.sizes[i]
    share = min(1.0, LONGEST / max(width, height))
    measure = Measure(
        max(1, round(height * share)), max(1, round(width * share)), how=Preparation(interpolation="bicubic")
    )
    small = as_image(made_of(split, i, measure))
    picture = tag("img", src=data_url(jpeg(small, 88), "jpeg"), alt=name)
    said = aside(f"{label}, {where}, {width} × {height}")
    return tag("td", picture, tag("br"), tag("code", name), tag("br"), said)
