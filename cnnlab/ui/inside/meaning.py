"""Say what comes out of a network, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import numpy as np
import streamlit as st

from cnnlab.core.teach.brief import describe_shape, signed
from cnnlab.processes.subjects import Subject
from cnnlab.ui.inside.seen import Seen, Side

MOST_NAMED = 5


@dataclass(frozen=True)
class Meaning:
    """Say what the outputs stand for: the classes in their order, and the data set that was learned."""

    classes: tuple[str, ...]
    data_name: str


@dataclass(frozen=True)
class Epochs:
    """Offer the same network after the epochs of its training, `of` by their titles; the subject is `now`."""

    now: str = ""
    of: Mapping[str, Subject] = field(default_factory=dict)


def say_output(seen: Seen, sides: tuple[Side, ...], meaning: Meaning | None) -> None:
    """Say what comes out: the logit, the activation, and what the number means."""
    if meaning is None:
        st.html(
            '<div class="notice" role="status"><b>Random weights.</b> Nothing has been learned: these maps show what '
            "the layers do to a picture before any training, and the output means nothing.</div>"
        )
        return
    said = "".join(
        f"<p>{line}</p>"
        for side, outputs, logits in zip(sides, seen.outputs, seen.logits, strict=True)
        if side.learned
        for line in _lines(side, outputs, logits, meaning, many=len(sides) > 1)
    )
    warning = (
        "<p>It was trained on drawn silhouettes and knows nothing about photographs.</p>"
        if meaning.data_name == "silhouettes"
        else ""
    )
    st.html(f'<div class="notice output" style="--notice:#0b6e99">{said}{warning}</div>')


def _lines(
    side: Side, outputs: tuple[np.ndarray, ...], logits: np.ndarray | None, meaning: Meaning, *, many: bool
) -> list[str]:
    """Return one line for each output of one side."""
    lines = []
    for place, output in zip(side.subject.outputs, outputs, strict=True):
        row = side.subject.rows[place]
        title = f"{escape(side.title)}: " if many else ""
        title += f"{escape(row.name)}: " if len(outputs) > 1 else ""
        if output.ndim > 1:
            lines.append(f"{title}<b>The output is {describe_shape(output.shape)} numbers</b>, drawn below.")
            continue
        own = logits if place == len(side.subject.rows) - 1 else None
        lines.append(title + describe_output(output, own, meaning))
    return lines


def describe_output(output: np.ndarray, logits: np.ndarray | None, meaning: Meaning) -> str:
    """Return as html what a network's output says, with the number before its activation where there is one."""
    classes = meaning.classes
    before = ""
    if logits is not None and len(output) == 1:
        before = f' <span class="quiet">from the logit {signed(float(logits[0]))}</span>'
    if len(output) == 1 and len(classes) == 2:
        name = escape(classes[1])
        if not 0 <= output[0] <= 1:
            return (
                f"<b>The output is {signed(float(output[0]))}, which is no probability; class 1 is {name}.</b>{before}"
            )
        said = int(output[0] > 0.5)
        answer = _says(classes[said], output[0] if said else 1 - output[0])
        return f"{answer} P({name}) = {output[0]:.2f}, because class 1 is {name}.{before}"
    if len(output) == len(classes) or not classes:
        names = [escape(name) for name in classes] or [f"output {i}" for i in range(len(output))]
        best = np.argsort(-output, kind="stable")[:MOST_NAMED]
        is_probability = bool(np.all(output >= 0) and abs(float(output.sum()) - 1) < 1e-3)
        listed = ", ".join(
            (f"P({names[i]}) = {output[i]:.2f}" if is_probability else f"{names[i]} = {signed(float(output[i]))}")
            + ("" if logits is None else f' <span class="quiet">(logit {signed(float(logits[i]))})</span>')
            for i in best
        )
        more = f", and {len(output) - len(best)} smaller" if len(output) > len(best) else ""
        if is_probability and classes:
            return f"{_says(classes[best[0]], output[best[0]])} {listed}{more}."
        return f"<b>{listed}</b>{more}."
    return f"<b>The output is {len(output)} numbers.</b>"


def _says(name: str, probability: float) -> str:
    return f"<b>Says: {escape(name)}, {probability:.0%}.</b>"
