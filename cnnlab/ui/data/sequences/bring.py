"""Let a visitor bring sequences of their own, in one file or one for each class."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.reading import ENDINGS
from cnnlab.core.sequences.shelf import bundle
from cnnlab.ui.data.work import arriving, begin_adding, keep_refusal
from cnnlab.ui.session.browser_files import release
from cnnlab.ui.session.services import settings


def bring_sequences() -> None:
    """Draw the choice of files."""
    with st.container(key="sequence_upload"):
        st.file_uploader(
            "Your sequences as FASTA, CSV, TSV or npy",
            type=[ending.removeprefix(".") for ending in ENDINGS],
            key="sequence_files",
            accept_multiple_files=True,
            on_change=_take,
            max_upload_size=settings().max_upload_mb,
            help="One FASTA file a class, or headers that end in label=; a table with a sequence and a label in each "
            "line; X.npy (sequences, length, 4) with y.npy. N fills shorter ones.",
        )


def _take() -> None:
    """Take what was brought together: one file a class comes in one go."""
    files = st.session_state.get("sequence_files") or []
    keep_refusal(None)
    # What was taken before shows its name and holds nothing any more.
    if new := [file for file in files if isinstance(file, UploadedFile) and file.size]:
        _begin(new)


def _begin(sources: Sequence[UploadedFile]) -> None:
    """Write the files to disk as one, and start reading it in a limited process."""
    if problem := settings().disk.problem(sum(source.size for source in sources)):
        keep_refusal(DataSetError(problem))
        return
    try:
        with arriving() as file:
            bundle(((source.name, source.getvalue) for source in sources), file)
    except (SequenceError, DataSetError) as error:
        keep_refusal(error)
        return
    for source in sources:
        release(source)
    begin_adding(file, sources[0].name.rpartition(".")[0] or sources[0].name, "add-sequences")
