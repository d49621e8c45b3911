"""Let a visitor take along what was computed of a sequence: as arrays and as a table."""

import csv
import io

import numpy as np
import streamlit as st

from cnnlab.core.sequences.letters import LETTERS, one_hot, text_of
from cnnlab.ui.data.sequences.choose import Sequence
from cnnlab.ui.sequences.found import Decided


def take_letters(sequence: Sequence, answer: str, decided: Decided) -> None:
    """Draw the downloads of one sequence, each made when it is pressed."""
    with st.container(horizontal=True, vertical_alignment="center", key="take_letters"):
        st.download_button(
            "Numbers (npz)",
            lambda: _arrays(sequence, answer, decided),
            "sequence.npz",
            "application/octet-stream",
            on_click="ignore",
            help="The sequence one-hot, what each change does to P and to the score, and the gradient.",
        )
        st.download_button(
            "Table (CSV)",
            lambda: _table(sequence, decided),
            "sequence.csv",
            "text/csv",
            on_click="ignore",
            help="One line a position, counted from 1.",
        )


def _arrays(sequence: Sequence, answer: str, decided: Decided) -> bytes:
    out = io.BytesIO()
    made = decided.mutated
    np.savez_compressed(
        out,
        sequence=np.array(text_of(sequence.codes)),
        one_hot=one_hot(sequence.codes) // 255,
        answer=np.array(answer),
        outputs=made.outputs,
        p=np.float32(made.answer.own),
        p_changes=made.answer.changes,
        score=np.float32(made.score.own),
        score_changes=made.score.changes,
        importance=made.score.importance,
        gradient=decided.gradient.values,
        gradient_times_input=decided.gradient.times_input,
    )
    return out.getvalue()


def _table(sequence: Sequence, decided: Decided) -> str:
    out = io.StringIO()
    made = decided.mutated
    writer = csv.writer(out, lineterminator="\r\n")
    kinds = (("p", made.answer.changes), ("score", made.score.changes))
    heads = [f"{kind}_change_to_{letter}" for kind, _ in kinds for letter in LETTERS]
    writer.writerow(["position", "letter", "importance", "gradient_times_input", *heads])
    for i, letter in enumerate(text_of(sequence.codes)):
        numbers = [
            made.score.importance[i],
            decided.gradient.times_input[i],
            *(v for _, each in kinds for v in each[i]),
        ]
        writer.writerow([i + 1, letter, *(f"{float(value):.6g}" for value in numbers)])
    return out.getvalue()
