"""Show pictures that look almost the same side by side, those that stand in both splits first."""

import base64
import io
from html import escape

import numpy as np
import streamlit as st
from PIL import Image

from cnnlab.core.data.datasets import DataSet, DataSetError, Split
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.data.survey.near_copies import LEVELS, MOST_PAIRS, SIDE, NearCopy
from cnnlab.core.pictures import Pixels
from cnnlab.ui.parts.refuse import refuse

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
        st.html(f'<p><b>No two pictures look almost the same.</b></p><p class="quiet">{HOW}</p>')
        return
    places = _places(data)
    pairs = sorted(data.alike, key=lambda pair: (not _leaks(pair, places), pair.levels))
    across = sum(_leaks(pair, places) for pair in pairs)
    least = "At least " if len(pairs) == MOST_PAIRS else ""
    pages = -(-len(pairs) // PER_PAGE)
    st.html(
        f"<p><b>{least}{counted(len(pairs), 'pair')} of near duplicates</b>, {across:,} across training and "
        f'validation.</p><p class="quiet">{HOW}</p>'
    )
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page of {pages:,}", 1, pages, key=f"alike_page_{data.fingerprint[:8]}", width=160))
    shown = tuple(pairs[(page - 1) * PER_PAGE : page * PER_PAGE])
    try:
        st.html(_table(data.fingerprint, shown, data))
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
def _table(fingerprint: str, pairs: tuple[NearCopy, ...], _data: DataSet) -> str:
    places = _places(_data)
    rows = []
    for pair in pairs:
        cells = "".join(_cell(name, places, _data.classes) for name in (pair.first, pair.second))
        labels = {int(places[name][1].labels[places[name][2]]) for name in (pair.first, pair.second)}
        warnings = ["in training and validation"] * _leaks(pair, places) + ["two labels"] * (len(labels) > 1)
        said = "".join(f'<br><b class="bad">{warning}</b>' for warning in warnings)
        rows.append(f"<tr>{cells}<td>{pair.levels:.1f} levels apart{said}</td></tr>")
    return (
        '<table class="alike"><caption class="said">Near duplicates side by side</caption><thead><tr>'
        '<th scope="col">one</th><th scope="col">the other</th><th scope="col">difference</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _cell(name: str, places: Places, classes: tuple[str, ...]) -> str:
    where, split, i = places[name]
    label = classes[split.labels[i]]
    width, height = split.sizes[i]
    return (
        f'<td><img src="{_source(split.image(i))}" alt="{escape(name)}"><br><code>{escape(name)}</code><br>'
        f'<span class="quiet">{escape(label)}, {where}, {width} × {height}</span></td>'
    )


def _source(pixels: Pixels) -> str:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((LONGEST, LONGEST))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
