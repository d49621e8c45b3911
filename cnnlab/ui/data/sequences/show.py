"""Show what a set of sequences holds: counts, findings, and examples with what was planted in them."""

import csv
import io

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.sequences.letters import text_of
from cnnlab.core.sequences.sequence_set import SequenceSet, SequenceSplit
from cnnlab.ui.data.counted import counts_and_order, counts_table, doctor
from cnnlab.ui.data.sequences.current import loaded_sequences, ordered_sequences
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import link_to_sequences
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import SHOW_PLANTED
from cnnlab.viz.data.letters import SHOWN, letters
from cnnlab.viz.html import Html, bold, heading, line, paragraph, quiet, table, tag, together

EACH = 6  # examples of a class
MOST_CLASSES = 4  # that examples are shown of
MOST_CSV = 20 << 20  # letters


def show_sequences() -> None:
    """Draw the counts, the order of the classes, the findings and examples of the current set."""
    reference = shared().data.reference
    try:
        found, usual = ordered_sequences(reference), loaded_sequences(reference).classes
    except DataSetError as error:
        refuse(error)
        return
    labels = {"training": found.train.labels, "validation": found.validation.labels}
    letters_each = f"Each has {found.length:,} letters; a network takes them as {found.length:,} × 4:"
    counts = together(
        counts_table("Sequences of each class in each split", found.classes, labels),
        paragraph(letters_each, " one axis of places, and one channel for each letter."),
    )
    counts_and_order(counts, found.name, found.classes, usual)
    doctor(found.findings)
    _examples(found)
    _take_along(found)
    link_to_sequences()


def _examples(found: SequenceSet) -> None:
    show_html(heading("Examples"))
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        truth = bool(found.motifs) and st.toggle(
            "Show where the motif was planted",
            key=SHOW_PLANTED.name,
            persist_state="session",
            help="Look for it yourself first: which letters do the sequences with the motif share?",
        )
    with right:
        st.button("Show others", key="other_sequences", on_click=_draw_others)
    draw = int(st.session_state.get("sequence_draw", 0))
    show_html(_table(found, draw, truth=truth))
    if truth:
        show_html(_legend(found))


def _draw_others() -> None:
    st.session_state["sequence_draw"] = int(st.session_state.get("sequence_draw", 0)) + 1


def _table(found: SequenceSet, draw: int, *, truth: bool) -> Html:
    """Return examples of each class from the training part, those that show what was planted where there are any."""
    split, rng, rows = found.train, np.random.default_rng(draw), []
    told = np.array([bool(each) for each in split.truth] or [False] * len(split))
    for label, name in reversed(list(enumerate(found.classes))[-MOST_CLASSES:]):
        own = np.flatnonzero(split.labels == label)
        shown = own[told[own]] if told[own].any() else own
        rows += [_row(found, split, int(i), name, truth=truth) for i in rng.permutation(shown)[:EACH]]
    return tag("div", table("Examples of sequences", ("class", "letters"), rows, "examples"), class_="sideways")


def _row(found: SequenceSet, split: SequenceSplit, i: int, name: str, *, truth: bool) -> Html:
    planted = split.truth[i] if truth and split.truth else ()
    return line(name, tag("td", letters(split.codes[i], planted, found.motifs)))


def _legend(found: SequenceSet) -> Html:
    said = [together(bold(motif.name), " ", tag("code", motif.word)) for motif in found.motifs]
    parts = [part for each in said for part in (", ", each)][1:]
    rest = f" Of longer sequences {SHOWN} letters are shown." if found.length > SHOWN else ""
    return quiet(
        "Underlined: planted, with dashes where it stands on the other strand. What was planted: ",
        *parts,
        f".{rest}",
    )


def _take_along(found: SequenceSet) -> None:
    count = len(found.train) + len(found.validation)
    if count * found.length <= MOST_CSV:
        st.download_button(
            "Sequences (.csv)",
            lambda: _as_csv(found),
            "sequences.csv",
            "text/csv",
            on_click="ignore",
            help="A sequence and its label in each line, with the part that it belongs to.",
        )


def _as_csv(found: SequenceSet) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sequence", "label", "split"])
    for name, split in (("training", found.train), ("validation", found.validation)):
        writer.writerows(
            (text_of(codes), found.classes[label], name) for codes, label in zip(split.codes, split.labels, strict=True)
        )
    return out.getvalue()
