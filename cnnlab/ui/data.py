"""Draw the data page: choose a set, see what is in it, and what was found wrong with it."""

from dataclasses import dataclass
from html import escape
from typing import BinaryIO, cast

import numpy as np
import streamlit as st

from cnnlab.core.archives import ArchiveError
from cnnlab.core.datasets import DataSet, DataSetError, Split, describe_class_order, load
from cnnlab.core.pictures import prepare
from cnnlab.ui.services import library, settings
from cnnlab.ui.state import shared

SILHOUETTES = "silhouettes"
SHOWN_PER_CLASS = 10
SKIPPED_SHOWN = 100


@st.cache_resource(max_entries=8, show_spinner="Reading every picture of the data set…")
def loaded(reference: str) -> DataSet:
    """Return a data set, read and checked once; raise `DataSetError`."""
    return load(reference, settings().max_pixels)


def choose_data() -> None:
    """Draw the choice among bundled, uploaded and served data sets; the choice holds on every page."""
    mine = shared()
    current_data()
    offered = offered_data()
    st.session_state["data_choice"] = mine.data_reference
    st.radio(
        "Data set",
        list(offered),
        format_func=lambda reference: offered[reference].label if reference in offered else reference,
        key="data_choice",
        on_change=lambda: setattr(mine, "data_reference", st.session_state["data_choice"]),
    )
    with st.container(key="data_upload"):
        st.file_uploader(
            "Your photographs as a zip",
            type=["zip"],
            key="data_file",
            on_change=_take_upload,
            max_upload_size=settings().max_upload_mb,
            help="Folders train/cats, train/dogs, validation/cats, validation/dogs, or one folder for each class.",
        )
    if settings().data_root is not None:
        st.text_input("A folder on this server", key="data_folder", on_change=_take_folder, placeholder="cats-and-dogs")
    if refused := st.session_state.get("data_refused"):
        st.error(refused)


@dataclass(frozen=True)
class Offered:
    """Name a data set that a visitor can choose, and say where it comes from."""

    name: str
    origin: str

    @property
    def label(self) -> str:
        """Return name and origin as one text."""
        return f"{self.name} ({self.origin})"


def offered_data() -> dict[str, Offered]:
    """Return every data set a visitor can choose, by its reference."""
    found = {SILHOUETTES: Offered(SILHOUETTES, "bundled")}
    found |= {entry.reference: Offered(entry.name, "uploaded") for entry in library().entries()}
    current = shared().data_reference
    if current not in found and settings().data_root is not None:
        found[current] = Offered(current.rsplit("/", 1)[-1], "folder")
    return found


def current_data() -> Offered:
    """Return the visitor's data set; one that is gone is replaced by the bundled one."""
    mine, offered = shared(), offered_data()
    if mine.data_reference not in offered:
        mine.data_reference = SILHOUETTES
    return offered[mine.data_reference]


def _take_upload() -> None:
    uploaded = st.session_state.get("data_file")
    st.session_state["data_refused"] = ""
    if uploaded is None:
        return
    try:
        with st.spinner("Unpacking and checking your zip…"):
            entry = library().add_zip(cast(BinaryIO, uploaded), uploaded.name)
    except (ArchiveError, DataSetError) as error:
        st.session_state["data_refused"] = str(error)
        return
    shared().data_reference = entry.reference


def _take_folder() -> None:
    text = st.session_state.get("data_folder", "")
    st.session_state["data_refused"] = ""
    if not text.strip():
        return
    try:
        reference = library().folder_below_root(text)
        loaded(reference)
    except DataSetError as error:
        st.session_state["data_refused"] = str(error)
        return
    shared().data_reference = reference


def show_data() -> None:
    """Draw the counts, the order of the classes, samples, findings and skipped files of the current set."""
    try:
        data = loaded(shared().data_reference)
    except DataSetError as error:
        st.error(str(error))
        return
    _counts(data)
    for finding in data.report.findings:
        st.html(f'<div class="notice">{escape(finding)}</div>')
    _samples(data)
    _skipped(data)


def _counts(data: DataSet) -> None:
    splits = (("training", data.train), ("validation", data.validation))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in data.classes)
    lines = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f'<td class="number">{n:,}</td>' for n in np.bincount(split.labels, minlength=len(data.classes)))
        + f'<td class="number">{len(split):,}</td></tr>'
        for name, split in splits
    )
    with st.container(key="data_counts"):
        st.html(
            '<table class="shapes"><caption class="said">Pictures of each class in each split</caption><thead><tr>'
            f'<th scope="col">split</th>{head}<th scope="col">all</th></tr></thead><tbody>{lines}</tbody></table>'
            f"<p>{escape(describe_class_order(data.classes))}</p>"
        )


def _samples(data: DataSet) -> None:
    with st.container(key="data_samples"):
        for label, name in enumerate(data.classes):
            st.html(f'<h2 class="small">{escape(name)} <span class="quiet">class {label}, training</span></h2>')
            st.image(
                _some(data.train, label),
                width=80,
                alt=[f"A training picture of the class {name}."] * _shown(data.train, label),
            )


def _shown(split: Split, label: int) -> int:
    return min(SHOWN_PER_CLASS, int(np.sum(split.labels == label)))


def _some(split: Split, label: int) -> list[np.ndarray]:
    """Return evenly spread pictures of a class, uint8 (96, 96, 3)."""
    members = np.flatnonzero(split.labels == label)
    chosen = members[np.linspace(0, len(members) - 1, _shown(split, label)).astype(int)]
    return [prepare(split.image(int(i)), 96, 96, 3) for i in chosen]


def _skipped(data: DataSet) -> None:
    skipped = data.report.skipped
    if not skipped:
        return
    with st.expander(f"{len(skipped):,} files were skipped"):
        lines = "".join(f"<li><code>{escape(s.file)}</code>: {escape(s.reason)}</li>" for s in skipped[:SKIPPED_SHOWN])
        st.html(f"<ul>{lines}</ul>")
