"""Show the followed sequence through a training: what is said of it, and the filters as logos at every moment kept."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from cnnlab.core.inside.sliding import sliding
from cnnlab.core.sequences.generator import Settings
from cnnlab.core.sequences.letters import LETTERS, UNKNOWN
from cnnlab.core.sequences.loading import is_made
from cnnlab.core.sequences.matching import Fit, fits
from cnnlab.core.sequences.motifs import Motif
from cnnlab.core.shapes import trace
from cnnlab.core.training.story import Story
from cnnlab.core.words.numbers import decimal, probability
from cnnlab.runs.record import Run, RunError
from cnnlab.runs.record.findings import Frame, frame_path, read_followed, read_frame
from cnnlab.ui.parts.components import source
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.session.keys import MOTIF_WITHHELD
from cnnlab.ui.session.services import runs
from cnnlab.ui.training.run.probe import Facts, Moment, kept_moments, map_layers, said_of, scrubber
from cnnlab.viz.data.letters import letters
from cnnlab.viz.html import paragraph, style_sheet
from cnnlab.viz.sequences.moment import FilterMoment, moment_sheet
from cnnlab.viz.training.followed import followed_figure

LOGOS, ALONE = "logos", "alone"
"""Filters with what was planted, and without it for somebody who is to find it."""
NOTE = (
    "On top what the best filter answers along the followed sequence, then this filter as a logo, and every filter in "
    "the order of its number. Logos are read from the weights, each on its own scale."
)
_STYLE = style_sheet(source("sequences/written.css"))
Best = Mapping[Moment, tuple[int, Fit]]
"""The filter that fits a motif best at each moment, and how well."""


def followed_view(run: Run, story: Story) -> None:
    """Draw what the network says of the followed sequence over the epochs, and the slider over its moments."""
    known = kept_moments(run, "sequence", "Follow a sequence")
    if not known:
        return
    best = _best_fits(run, known)
    _say_followed(run)
    _draw_probability(story, known, best)
    layers = map_layers(run, known)
    if _reads_letters(run):
        key = ALONE if MOTIF_WITHHELD.get() else LOGOS
        layers.insert(0, {"key": key, "title": "filters as logos", "note": NOTE, "kind": "svg"})

    def said(moment: Moment, fact: Facts) -> str:
        answer, found = said_of(fact["output"], _classes(story)), best.get(moment)
        if found is None:
            return answer
        filter_, fit = found
        return f"{answer}; filter {filter_} fits {fit.motif.name} best, r = {decimal(fit.match.correlation)}"

    scrubber(run, known, layers, said, line=False)


def _say_followed(run: Run) -> None:
    shape = run.spec.network.input_shape
    if (kept := read_followed(runs().folder(run.id), shape)) is not None:
        show_html(_STYLE, paragraph("The followed sequence: ", letters(_codes(kept))))


def _draw_probability(story: Story, known: Mapping[Moment, Facts], best: Best) -> None:
    classes = _classes(story)
    outputs = [_of_classes(fact["output"], len(classes)) for fact in known.values()]
    if not classes or any(len(each) != len(classes) for each in outputs):
        return
    batches = max(1, int(story.first_start.get("batches", 1)))
    epochs = [epoch - 1 + batch / batches if batch else epoch for epoch, batch in known]
    fit = [best[moment][1].match.correlation for moment in known] if len(best) == len(known) else None
    began, now = (probability(each[-1]) for each in (outputs[0], outputs[-1]))
    alt = f"P of {classes[-1]} for the followed sequence: {began} at first, {now} now."
    plot("followed_probability", followed_figure(epochs, outputs, classes, fit), alt)


def _classes(story: Story) -> tuple[str, ...]:
    return tuple(map(str, story.first_start.get("classes", ())))


def _of_classes(output: list[float], classes: int) -> list[float]:
    return [1 - output[0], output[0]] if len(output) == 1 and classes == 2 else output


def _reads_letters(run: Run) -> bool:
    first = run.spec.network.layers[0]
    return first.class_name == "Conv1D" and run.spec.network.input_shape[1] == len(LETTERS)


def _motifs(run: Run) -> tuple[Motif, ...]:
    """Return what was planted, where the run was trained on sequences that were made."""
    return Settings.from_text(run.spec.data).planted() if is_made(run.spec.data) else ()


def _best_fits(run: Run, known: Mapping[Moment, Facts]) -> Best:
    motifs, folder = () if MOTIF_WITHHELD.get() else _motifs(run), str(runs().folder(run.id) / "probe")
    if not motifs or not _reads_letters(run):
        return {}
    found = {moment: _best_of(folder, *moment, motifs) for moment in known}
    return {moment: each for moment, each in found.items() if each is not None}


@st.cache_data(max_entries=4000, show_spinner=False)
def _best_of(folder: str, epoch: int, batch: int, motifs: tuple[Motif, ...]) -> tuple[int, Fit] | None:
    """Return the filter that fits a motif best at one moment; a frame never changes once it is there."""
    kernel = read_frame(frame_path(Path(folder), epoch, batch)).kernel
    if kernel is None or kernel.ndim != 4 or kernel.shape[2] != len(LETTERS):
        return None
    each = [(i, fit) for i, fit in enumerate(fits(kernel[0], motifs)) if fit is not None]
    return max(each, key=lambda one: one[1].match.correlation, default=None)


def _codes(kept: np.ndarray) -> np.ndarray:
    return np.where(kept.any(axis=1), kept.argmax(axis=1), UNKNOWN).astype(np.uint8)


def logos_svg(run_id: str, layer: str, moment: str) -> str:
    """Return the filters of a run at a moment, "epoch-batch", as an SVG; raise `RunError` or ValueError otherwise.

    `layer` tells whether they stand beside what was planted.
    """
    epoch, batch = (int(part) for part in moment.split("-"))
    run = runs().get(run_id)
    if layer not in (LOGOS, ALONE) or run.spec.network.rank != 1 or not _reads_letters(run):
        raise RunError("This run has no filters over letters.")
    folder = runs().folder(run_id)
    frame = read_frame(frame_path(folder / "probe", epoch, batch))
    followed = read_followed(folder, run.spec.network.input_shape)
    if followed is None or frame.kernel is None or 0 not in frame.maps:
        raise RunError("There is no such moment.")
    return str(moment_sheet(_moment(run, frame, _codes(followed), _motifs(run) if layer == LOGOS else ())))


def _moment(run: Run, frame: Frame, codes: np.ndarray, motifs: tuple[Motif, ...]) -> FilterMoment:
    kernel = np.zeros((1, 0, 0, 0), np.float32) if frame.kernel is None else frame.kernel
    (window,) = sliding(run.spec.network.layers[0], trace(run.spec.network)[0])
    return FilterMoment(codes, kernel[0], frame.values(0)[0], window.starts, fits(kernel[0], motifs))
