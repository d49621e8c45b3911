"""Draw what students begin with: network, picture, data, weights, settings, seed; its first step has the page."""

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from cnnlab.core.classroom.drafts.draft import Draft
from cnnlab.core.classroom.reading import MAX_SEED
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.lessons.playing import network_of
from cnnlab.core.network import NetworkFormatError
from cnnlab.core.shapes import InvalidNetwork, layer_names, trace
from cnnlab.core.teach.brief import describe_shape
from cnnlab.ui.classroom.give.form.drafting import drafting, edit, field_key, restructure
from cnnlab.ui.classroom.give.form.fields import number_field
from cnnlab.ui.classroom.give.now import left_out, taken_anew
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES
from cnnlab.viz.html import pairs, quiet

PAGE_TITLES = {name: TITLES[name] for name in PAGES}
_WEIGHTS = {
    "trained": "trained, as they ship with CNN Lab",
    "random": "random, from the seed: the same for everybody",
    "": "as each student has them",
}


def begins() -> None:
    """Draw what students begin with, and the button that takes it anew."""
    draft = drafting().draft
    show_html(pairs(_facts(draft), css="begins"))
    st.button(
        "Take what I have before me now",
        key=field_key("now"),
        on_click=lambda: restructure("What students begin with was taken anew", taken_anew),
        help="Network, picture, data, weights, selected layer and settings, as they stand on your pages.",
    )
    for sentence in left_out():
        show_html(quiet(sentence))
    with st.container(width=280):
        number_field(
            "Seed",
            field_key("seed"),
            draft.seed,
            (0, MAX_SEED),
            lambda v: edit(lambda d: replace(d, seed=int(v or 0))),
            help="Of random weights and of trainings: the same first loss for everybody.",
        )


def layers_of(draft: Draft) -> tuple[str, ...]:
    """Return the names of the layers that students begin with."""
    try:
        return tuple(layer_names(network_of(draft.begin, draft.network)))
    except (NetworkFormatError, ValueError):
        return tuple(layer_names(draft.network))


def _facts(draft: Draft) -> Iterator[tuple[str, str]]:
    go, network = draft.begin, draft.network
    try:
        size = f"{sum(row.params for row in trace(network)):,} parameters"
    except InvalidNetwork:
        size = "cannot exist as it is"
    yield "Network", f"{len(network.layers)} layers on {describe_shape(network.input_shape)}, {size}"
    yield "Weights", "those of one of the trainings" if draft.weights_run else _WEIGHTS[go.weights]
    yield "Picture", go.picture or "as each student has it"
    yield "Data", go.data or "as each student has it"
    if go.layer:
        yield "Selected", go.layer if go.channel is None else f"{go.layer}, channel {go.channel}"
    if go.training:
        yield "Training", ", ".join(f"{name} {value}" for name, value in go.training.items())
    if go.augment:
        yield "Augmentation", ", ".join(f"{name} {value}" for name, value in go.augment.items())
