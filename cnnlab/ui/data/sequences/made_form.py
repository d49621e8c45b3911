"""Draw the settings of the sequences that are made here; every change makes them anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnlab.core.sequences.generator import BOUNDS, STRANDS, Settings
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.motifs import INVENTED, LONGEST
from cnnlab.ui.data.sequences.current import MOST_LETTERS, made_settings
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import MADE_REFUSED
from cnnlab.ui.session.sent import chosen, number, text
from cnnlab.viz.html import quiet

PREFIX = "made_"
SHARES = ("gc", "positives", "noise")  # asked for in per cent
NO_SECOND = "no second motif"
MOTIF_HELP = (
    "An invented motif, or a word of your own: A, C, G, T, or IUPAC's letters for several of them (R is A or G, Y is C "
    "or T, S, W, K, M, B, D, H, V; N is any)."
)
NUMBERS: Mapping[str, tuple[str, str]] = {
    "count": ("Sequences", "A fifth of each class is for validation."),
    "length": ("Letters of each", "What the network's input must be long."),
    "positives": ("With motif (%)", "50 is balanced; in real data it is more like 0.4."),
    "gc": ("G and C in the background (%)", "Of the human genome about 41 %."),
    "noise": ("Noise (%)", "The share of a motif's letters that chance replaces."),
    "number": ("Copies in each", "How often each motif stands in a sequence that has it."),
    "position": ("First letter of the motif at", "Counted from 0; −1 puts it anywhere."),
    "spacing": ("Letters between motifs", "−1 leaves it to chance."),
    "seed": ("Seed of the sequences", "The same seed makes the same sequences."),
}


def made_form() -> None:
    """Draw the settings with those in use, or with what was refused and why."""
    refused = MADE_REFUSED.get()
    if not refused:
        _fill(Settings.from_text(shared().data.made))
    with st.container(key="made_sequences"):
        _motif("motif", "Motif", list(INVENTED))
        left, right = st.columns(2)
        for i, name in enumerate(("count", "length", "positives", "gc")):
            with (left, right)[i % 2]:
                _number(name)
        with st.expander("More about the sequences"):
            _motif("second", "Second motif", [NO_SECOND, *INVENTED])
            for name in ("number", "position", "spacing", "noise"):
                _number(name)
            st.selectbox("Strand", STRANDS, key=f"{PREFIX}strand", on_change=_take)
            st.toggle(
                "Train on both strands",
                key=f"{PREFIX}both_strands",
                on_change=_take,
                help="Each training sequence a second time, as its other strand reads.",
            )
            _number("seed")
        if refused:
            refuse(refused)
        show_html(quiet("The invented motifs were made up for CNN Lab: no protein is known to bind them."))


def _fill(made: Settings) -> None:
    for name in (*NUMBERS, "motif", "strand", "both_strands"):
        value = getattr(made, name)
        st.session_state[f"{PREFIX}{name}"] = round(100 * value, 3) if name in SHARES else value
    st.session_state[f"{PREFIX}second"] = made.second or NO_SECOND


def _motif(name: str, label: str, offered: list[str]) -> None:
    key = f"{PREFIX}{name}"
    st.selectbox(
        label,
        list(dict.fromkeys([*offered, st.session_state[key]])),
        key=key,
        accept_new_options=True,
        on_change=_take,
        help=MOTIF_HELP,
    )


def _bounds(name: str) -> tuple[Any, Any]:
    least, most = BOUNDS[name]
    if name in SHARES:
        return 100.0 * least, 100.0 * most
    return int(least), min(int(most), MOST_LETTERS // int(BOUNDS["length"][0]))


def _number(name: str) -> None:
    label, said = NUMBERS[name]
    least, most = _bounds(name)
    step = None if name not in SHARES else 1.0
    form = "%g" if name in SHARES else None
    st.number_input(label, least, most, step=step, format=form, key=f"{PREFIX}{name}", on_change=_take, help=said)


def _take() -> None:
    """Make the sequences that the form asks for; what cannot be made is refused, and the others stay."""
    before = Settings.from_text(shared().data.made)
    given: dict[str, Any] = {}
    for name in NUMBERS:
        now = getattr(before, name)
        sent = number(st.session_state.get(f"{PREFIX}{name}"), *_bounds(name), 100 * now if name in SHARES else now)
        given[name] = round(sent / 100, 5) if name in SHARES else int(sent)
    second = text(f"{PREFIX}second", LONGEST + 1).strip()
    made = replace(
        before,
        motif=text(f"{PREFIX}motif", LONGEST + 1).strip(),
        second="" if second == NO_SECOND else second,
        strand=chosen(f"{PREFIX}strand", STRANDS, before.strand),
        both_strands=st.session_state.get(f"{PREFIX}both_strands") is True,
        **given,
    )
    try:
        made.planted()
        reference = made_settings(made.text).text
    except SequenceError as error:
        MADE_REFUSED.set(str(error))
        return
    MADE_REFUSED.set("")
    shared().data = shared().data.making(reference)
