"""Show which letters made an answer, after the student has said where the motif is."""

from collections.abc import Sequence as Listed

import streamlit as st

from cnnlab.core.explain.asked import Target
from cnnlab.core.sequences.comparing import Span, correlation, overlap, share_within
from cnnlab.core.words import plain
from cnnlab.core.words.numbers import decimal, percent, probability
from cnnlab.processes.explain.sequences import Gradient
from cnnlab.ui.data.sequences.choose import Sequence
from cnnlab.ui.explain.target import answers_of
from cnnlab.ui.inside.meaning import describe_output
from cnnlab.ui.inside.weights import Choice
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.sequences.found import Decided, found_decided
from cnnlab.ui.sequences.letters_view import Mark, draw_letters
from cnnlab.ui.sequences.take_along import take_letters
from cnnlab.ui.session.keys import MOTIF_WITHHELD
from cnnlab.ui.session.keys import SEQUENCE_ANSWER as ANSWER
from cnnlab.ui.session.keys import SEQUENCE_CHANGE_OF as OF
from cnnlab.ui.session.sent import among, chosen
from cnnlab.viz.html import Html, bold, notice, paragraph, quiet, tag
from cnnlab.viz.sequences.tracks import Track

ASKED = "What is true is told once you have found the word that the lesson asks for."
P, SCORE = "P", "score"
OF_HELP = "P is the answer itself, and hardly moves near 0 and 1; the score is the number before the last activation."
ALIKE = 0.7
"""From this correlation on, two methods are said to agree; the bound is ours."""


def say_answer(current: Choice, sequence: Sequence, outputs: Gradient, *, truth: bool) -> None:
    """Say what the network answers to the sequence, beside its class if that may be seen."""
    meaning = current.meaning
    if meaning is None:
        why = " Nothing has been learned, so the answer means nothing: see what the layers do before any training."
        show_html(notice(bold("Random weights."), why))
        return
    lines = [paragraph(describe_output(outputs.outputs, None, meaning))]
    if truth and sequence.label:
        lines.insert(0, paragraph("This sequence is ", bold(sequence.label), "."))
    show_html(tag("div", *lines, class_="notice output", style="--notice:#0b6e99"))


def target_choice(current: Choice, outputs: Gradient) -> tuple[Target, str]:
    """Draw the choice of the answer that is asked about, at first the last class, and return its target and name."""
    names = current.meaning.classes if current.meaning else ()
    known = {each.name: each.target for each in answers_of(outputs.outputs, current.meaning)}
    offered = [name for name in names if name in known] or sorted(known)
    if chosen(ANSWER, offered, None) is None:
        st.session_state[ANSWER] = offered[-1]
    st.selectbox("Answer", offered, key=ANSWER, format_func=plain, persist_state="session", width=170)
    name = among(st.session_state[ANSWER], offered, offered[-1])
    return known[name], name


def what_decides(current: Choice, sequence: Sequence, outputs: Gradient, mark: Mark | None) -> None:
    """Draw the sequence with the truth, what each change does, and gradient × input, with what is read of them."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="decides_controls"):
        target, name = target_choice(current, outputs)
        st.segmented_control(
            "Change of", (P, SCORE), default=P, key=OF, help=OF_HELP, required=True, persist_state="session"
        )
    with st.spinner("Changing every letter…", show_time=False):
        decided = found_decided(current.subject, sequence.codes, target)
    of = chosen(OF, (P, SCORE), P)
    shown = decided.mutated.answer if of == P else decided.mutated.score
    unit = f"of P({name})" if of == P else "of the score"
    tracks = (
        Track("changes", f"What each change does to {'P' if of == P else 'the score'} of {name}", shown.changes, unit),
        Track("gradient", "gradient × input", decided.gradient.times_input, "of the score"),
    )
    planted = [(one.position, one.position + len(motif) - 1) for one, motif in sequence.planted or ()]
    if mark is not None:
        show_html(_marked(sequence, mark, planted))
    draw_letters("sequence_letters", sequence, tracks, mark, truth=True)
    show_html(_said(decided, mark, planted, name))
    take_letters(sequence, name, decided)


def _said(decided: Decided, mark: Mark | None, planted: Listed[Span], name: str) -> Html:
    lines = [
        paragraph(
            f"P({name}) = {probability(decided.mutated.answer.own)}, from the score "
            f"{decimal(decided.mutated.score.own)}."
        )
    ]
    if mark is not None and not mark.is_none:
        lines += _share("your mark", decided, (mark.first, mark.last))
    for span in planted:
        lines += _share("the planted motif", decided, span)
    lines.append(_compared(decided))
    return tag("div", *lines, class_="sequence-said")


def _marked(sequence: Sequence, mark: Mark, planted: Listed[Span]) -> Html:
    """Hold the student's mark against the truth."""
    if mark.is_none:
        if sequence.planted is None:
            return paragraph("You said that there is no motif; ", _unknown("nobody knows."))
        said = "Wrong: a motif was planted." if planted else "Right: none was planted."
        return paragraph("You said that there is no motif. ", bold(said))
    span = (mark.first, mark.last)
    where = f"You marked positions {mark.first + 1} to {mark.last + 1}. "
    if sequence.planted is None:
        return paragraph(where, _unknown("What is true of this sequence is not known."))
    if not planted:
        return paragraph(where, bold("None was planted in this sequence."))
    whole, found = sum(last - first + 1 for first, last in planted), overlap(span, planted)
    return paragraph(where, bold(f"{found} of {whole} planted letters are in it."))


def _unknown(said: str) -> str:
    """Return why nothing true is told: nobody knows it, or a lesson asks for it."""
    return ASKED if MOTIF_WITHHELD.get() else said


def _share(what: str, decided: Decided, span: Span) -> list[Html]:
    """Say how much of both attributions lies in a range, beside a random one as long."""
    said = []
    for name, values in (
        ("mutagenesis", decided.mutated.score.importance),
        ("gradient × input", decided.gradient.times_input),
    ):
        if found := share_within(values, span):
            said.append(f"{percent(found[0], 0)} of {name} (a random range as long: {percent(found[1], 0)})")
    return [paragraph(f"In {what} lies ", " and ".join(said), ".")] if said else []


def _compared(decided: Decided) -> Html:
    r = correlation(decided.mutated.score.importance, decided.gradient.times_input)
    if r is None:
        return quiet("No letter matters to this answer, so there is nothing to compare.")
    said = (
        "they agree"
        if r >= ALIKE
        else "they differ: a gradient is what a tiny change would do, and letters change whole"
    )
    return quiet(
        f"How much each letter matters by mutagenesis (its score minus the mean over the four letters) and gradient × "
        f"input: r = {decimal(r)}; {said}."
    )
