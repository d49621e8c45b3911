"""Let a visitor choose the data set that every page works on: bundled, uploaded, or a folder of the server."""

from dataclasses import dataclass

import streamlit as st

from cnnlab.core.data.archives.zip_archives import Limits
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import DataSet, DataSetError, NotRead, load, read_nothing, with_classes
from cnnlab.core.markdown import plain
from cnnlab.core.pictures import shown_name
from cnnlab.ui.data.owner import owner_panel, visible_entries
from cnnlab.ui.data.work import begin_cifar10, begin_reading, begin_upload, read_beside, refuse, show_work
from cnnlab.ui.session import shared
from cnnlab.ui.session.sent import chosen, text
from cnnlab.ui.session.services import library, settings

SILHOUETTES = "silhouettes"
LIMITS = Limits()
CIFAR10 = "keras-cifar10"  # begins the name of the folder that Keras' own data set is kept in
LONGEST_PATH = 500  # characters of the name of a folder


@st.cache_resource(max_entries=8, show_spinner="Reading every picture of the data set…")
def loaded(reference: str) -> DataSet:
    """Return a data set, read and checked once in a limited process; raise `DataSetError`."""
    try:
        return _remembered(reference)
    except NotRead:
        read_beside(reference)
        return _remembered(reference)


def _remembered(reference: str) -> DataSet:
    left_out = library().left_out(reference)
    cache, reading = settings().surveys, read_nothing
    return load(reference, settings().max_pixels, tally=True, cache=cache, left_out=left_out, reading=reading)


def ordered(reference: str) -> DataSet:
    """Return a data set with its classes in the order that the visitor chose; raise `DataSetError`."""
    data = loaded(reference)
    return with_classes(data, shared().class_orders.get(reference, data.classes))


def choose_data() -> None:
    """Draw the choice among bundled, uploaded and served data sets; the choice holds on every page."""
    mine = shared()
    current_data()
    offered = offered_data()
    st.session_state["data_choice"] = mine.data_reference
    st.radio(
        "Data set",
        list(offered),
        format_func=lambda reference: offered[reference].choice if reference in offered else reference,
        key="data_choice",
        on_change=lambda: setattr(mine, "data_reference", chosen("data_choice", offered_data(), mine.data_reference)),
    )
    owner_panel()
    with st.container(key="data_upload"):
        st.file_uploader(
            "Your photographs as a zip or tar",
            type=["zip", "tar", "tgz", "gz", "bz2", "xz"],
            key="data_file",
            on_change=_take_upload,
            max_upload_size=settings().max_upload_mb,
            help="Folders train/cats, train/dogs, validation/cats, validation/dogs, or one folder a class, or names "
            f"such as cat.1.jpg. At most {LIMITS.max_files:,} files, {LIMITS.max_total_bytes >> 30} GiB unpacked.",
        )
    if settings().data_root is not None:
        st.text_input(
            "A folder on this server",
            key="data_folder",
            on_change=_take_folder,
            placeholder="cats-and-dogs",
            max_chars=LONGEST_PATH,
        )
    if not any(CIFAR10 in entry.reference for entry in library().entries()):
        st.button(
            "Fetch CIFAR-10's cats and dogs",
            key="fetch_cifar10",
            on_click=begin_cifar10,
            help="12,000 real photographs of 32 × 32 pixels. Keras fetches 170 MB from www.cs.toronto.edu.",
        )
    show_work()
    if refused := st.session_state.get("data_refused"):
        st.error(plain(refused))
    if found := st.session_state.get("data_refused_tree"):
        st.code(found, language=None)


@dataclass(frozen=True)
class Offered:
    """Name a data set that a visitor can choose, and say where it comes from."""

    name: str
    origin: str

    @property
    def label(self) -> str:
        """Return name and origin as one text."""
        return f"{self.name} ({self.origin})"

    @property
    def choice(self) -> str:
        """Return the same as Markdown."""
        return f"{plain(self.name)} ({self.origin})"


def offered_data() -> dict[str, Offered]:
    """Return every data set a visitor can choose, by its reference."""
    found = {name: Offered(name, "bundled") for name in SETS}
    found |= {reference: Offered(entry.name, "uploaded") for reference, entry in visible_entries().items()}
    return found | {path: Offered(shown_name(path), "folder") for path in shared().folders if path not in found}


def classes_of(reference: str) -> tuple[str, ...]:
    """Return the classes of a data set, without reading its pictures where that is known already."""
    if reference in SETS:
        return SETS[reference].classes
    known = {entry.reference: entry for entry in library().entries()}
    if reference in known:
        return tuple(known[reference].report["classes"])
    return loaded(reference).classes


def current_data() -> Offered:
    """Return the visitor's data set; one that is gone is replaced by the bundled one."""
    mine, offered = shared(), offered_data()
    if mine.data_reference not in offered:
        mine.data_reference = SILHOUETTES
    return offered[mine.data_reference]


def _take_upload() -> None:
    uploaded = st.session_state.get("data_file")
    refuse(None)
    if uploaded is None:
        return
    begin_upload(uploaded, uploaded.name)


def _take_folder() -> None:
    typed = text("data_folder", LONGEST_PATH)
    refuse(None)
    if not typed.strip():
        return
    try:
        reference = library().folder_below_root(typed)
        if begin_reading(reference):
            return
        loaded(reference)
    except DataSetError as error:
        refuse(error)
        return
    shared().give_folder(reference)
