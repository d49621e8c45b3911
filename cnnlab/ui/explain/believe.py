"""Test whether a map explains anything: let the network forget, and take the most important pixels away."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.core.explain.agreement import edges, spearman, verdict
from cnnlab.core.explain.asked import Asked, ExplainError
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.pictures import Pixels
from cnnlab.core.words.numbers import decimal
from cnnlab.processes.explain.attributions import forgettable
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import FileWeights, RandomWeights, Subject, Weighted
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.trained import Trained, of_run
from cnnlab.ui.explain.found import found_attribution, is_found, subject_key
from cnnlab.ui.explain.options import asked_of
from cnnlab.ui.explain.pixels_away import pixels_taken_away
from cnnlab.ui.explain.target import Answer
from cnnlab.ui.explain.view import draw_figures
from cnnlab.ui.explain.why import UNITS
from cnnlab.ui.parts import pages
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import BELIEVE_METHOD
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import store
from cnnlab.viz.explain.figures import Figure
from cnnlab.viz.html import bold, heading, notice, paragraph, quiet, tag, together

WANTED = "believe_wanted"
STEEP = "by Sobel's filter, of grey levels"
NOT_NOTICING = "guided_backpropagation"
MOST_STAGES = 8
RUNS_READ = 50
WHAT = (
    "An explanation of what a network has learned must change when the network forgets it. Here its layers are drawn "
    "anew one after the other, the last one first, and the same map is computed again for the same answer."
)
RHO = (
    "ρ is Spearman's rank correlation with the first map, of the absolute values: 1 means the same pixels in the same "
    "order, 0 no relation."
)
NOTHING_TO_FORGET = (
    "These weights are random, so nothing was learned that could be forgotten, and these numbers say nothing of the "
    "method; choose trained weights."
)


def can_i_believe_it(subject: Subject, pixels: Pixels, answer: Answer, controls: DeltaGenerator) -> None:
    """Draw the sanity check of one method (Adebayo and others 2018), and what its most important pixels are worth."""
    with controls:
        method = _method()
    try:
        asked = asked_of(method, answer.target, subject)
        key = (*subject_key(subject, pixels), answer.target)
        with st.container(key="forgetting"):
            show_html(heading("Does the map notice that the network forgets?"), paragraph(WHAT))
            if st.session_state.get(WANTED) != key:
                st.button("Let it forget", type="primary", on_click=lambda: st.session_state.update({WANTED: key}))
            else:
                _forgetting(subject, pixels, asked)
        pixels_taken_away(subject, pixels, asked)
    except (ExplainError, InferenceError) as error:
        refuse(error)


def _method() -> str:
    offered = list(TABLE)
    st.selectbox(
        "Method",
        offered,
        key=BELIEVE_METHOD.name,
        format_func=lambda name: TABLE[name].title,
        persist_state="session",
        width=200,
        label_visibility="collapsed",
    )
    return chosen(BELIEVE_METHOD.name, offered, BELIEVE_METHOD.default)


def _forgetting(subject: Subject, pixels: Pixels, asked: Asked) -> None:
    """Draw the map of every stage, and the sentence that follows from the correlations."""
    names = forgettable(subject)
    if not names:
        show_html(notice("This network has no weights that it could forget."))
        return
    stages, shuffled = _stages(len(names)), _shuffled_run(subject)
    beside = [asked] if asked.method == NOT_NOTICING else [asked, replace(asked, method=NOT_NOTICING)]
    _compute(subject, pixels, beside, stages)
    values = [found_attribution(subject, pixels, asked, count).values for count in stages]
    correlations = [spearman(np.abs(values[0]), np.abs(each)) for each in values]
    figures = [
        _figure(asked, f"forgot{count}", _stage(subject, count, names), found, correlation)
        for count, found, correlation in zip(stages, values, correlations, strict=True)
    ]
    if shuffled is not None:
        figures.append(_of_shuffled(shuffled, pixels, asked, values[0]))
    drawn = edges(pixels)
    with_edges = _correlated(values[0], drawn)
    figures.append(replace(_figure(asked, "edges", "edges only, no network", drawn, with_edges), unit=STEEP))
    draw_figures("believe_view", pixels, figures, small=True)
    said = NOTHING_TO_FORGET if _is_random(subject) else verdict(correlations[1:], stages[1:], with_edges)
    show_html(notice(bold(said)), quiet(RHO))
    if asked.method != NOT_NOTICING:
        _guided(subject, pixels, beside[1], stages)
    if shuffled is None and isinstance(subject, Weighted):
        _offer_shuffled()


def _stages(layers: int) -> list[int]:
    """Return after how many forgotten layers the map is drawn: none, the last one, the last two, ..., all."""
    if layers < MOST_STAGES:
        return list(range(layers + 1))
    return sorted({0, 1, 2, *np.linspace(2, layers, MOST_STAGES - 2).astype(int).tolist()})


def _is_random(subject: Subject) -> bool:
    return isinstance(subject, Weighted) and isinstance(subject.weights, RandomWeights)


def _stage(subject: Subject, count: int, names: Sequence[str]) -> str:
    if not count:
        return "as it is, random" if _is_random(subject) else "trained"
    return "all random" if count == len(names) else f"{count} forgotten, up to {names[count - 1]}"


def _compute(subject: Subject, pixels: Pixels, methods: Sequence[Asked], stages: Sequence[int]) -> None:
    """Compute what is not kept yet, with progress; whatever the visitor does meanwhile ends it, and nothing is lost."""
    wanted = [(asked, count) for asked in methods for count in stages if not is_found(subject, pixels, asked, count)]
    if not wanted:
        return
    bar = st.progress(0.0)
    for done, (asked, count) in enumerate(wanted):
        bar.progress(done / len(wanted), text=f"{TABLE[asked.method].title}, layers forgotten: {count}…")
        try:
            found_attribution(subject, pixels, asked, count)
        except (ExplainError, InferenceError):
            if asked == methods[0]:
                bar.empty()
                raise
            break  # what stands beside is missing, and says so in its place
    bar.empty()


def _figure(asked: Asked, name: str, title: str, values: np.ndarray, correlation: float | None) -> Figure:
    said = "" if name == "forgot0" else "ρ cannot be told" if correlation is None else f"ρ = {decimal(correlation)}"
    alt = f"{TABLE[asked.method].title}, {title}. {said}"
    return Figure(name, together(bold(title), tag("span", said)), alt, values, UNITS[asked.method])


def _correlated(one: np.ndarray, other: np.ndarray) -> float | None:
    return spearman(np.abs(one), np.abs(other))


def _guided(subject: Subject, pixels: Pixels, asked: Asked, stages: Sequence[int]) -> None:
    """Say how much of this guided backpropagation notices, which many take for an explanation."""
    try:
        values = [found_attribution(subject, pixels, asked, count).values for count in stages]
    except (ExplainError, InferenceError) as error:
        show_html(quiet(str(error)))
        return
    found = [_correlated(values[0], each) for each in values[1:]]
    told = ", ".join("none" if each is None else decimal(each) for each in found)
    follows = "" if _is_random(subject) else f" {verdict(found, stages[1:])}"
    show_html(paragraph(bold("Beside it, guided backpropagation"), f": ρ = {told}.{follows}"))


def _shuffled_run(subject: Subject) -> Trained | None:
    """Return the newest training of this network whose pictures had each other's labels, if there is one."""
    if not isinstance(subject, Weighted):
        return None
    with suppress(StoreFault):
        for run in store().runs(RUNS_READ):
            if run.is_terminal and run.spec.shuffle_labels and run.spec.network == subject.network:
                return of_run(store(), run)
    return None


def _of_shuffled(run: Trained, pixels: Pixels, asked: Asked, trained: np.ndarray) -> Figure:
    other = Weighted(run.network, FileWeights(run.path, run.rescale))
    values = found_attribution(other, pixels, asked).values
    return _figure(asked, "shuffled", "trained on shuffled labels", values, _correlated(trained, values))


def _offer_shuffled() -> None:
    show_html(
        quiet(
            "A network that was trained on shuffled labels has learned nothing that is true of the pictures. Train "
            "this network so (experiment “Shuffled labels” on the training page), and its map stands here as well."
        )
    )
    pages.link("training", "To the experiments")
