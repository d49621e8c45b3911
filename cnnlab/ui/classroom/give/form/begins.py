"""Draw what students begin with: network, picture, data, weights, settings, seed; its first step has the page."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnlab.core.classroom.drafts.draft import Draft
from cnnlab.core.classroom.reading import MAX_SEED
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.lessons.playing import network_of
from cnnlab.core.network import NetworkFormatError
from cnnlab.core.sequences.loading import is_made
from cnnlab.core.shapes import InvalidNetwork, layer_names, trace
from cnnlab.core.teach.brief import describe_shape
from cnnlab.runs.record.settings import BY_NAME
from cnnlab.ui.classroom.give.form.drafting import drafting, edit, field_key, restructure
from cnnlab.ui.classroom.give.form.fields import menu, number_field
from cnnlab.ui.classroom.give.now import left_out, taken_anew
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import heading, pairs, quiet

PAGE_TITLES = {name: TITLES[name] for name in PAGES}
_WEIGHTS = {
    "trained": "trained, as they ship with CNN Lab",
    "random": "random, from the seed: the same for everybody",
    "": "as each student has them",
}


FIELDS = ("epochs", "batch_size", "learning_rate")
MOST = 1_000_000.0
ON, OFF = "on", "off"
AUGMENTED = {"": "as the form begins: on", ON: "yes", OFF: "no"}


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
    _training(draft)


def _training(draft: Draft) -> None:
    """Draw the settings of a training that a class is given most; all others are taken from the training page."""
    now = draft.begin.training

    def put(name: str, value: object) -> None:
        edit(lambda d: replace(d, begin=replace(d.begin, training=_with(d.begin.training, name, value))))

    show_html(heading("The form of the training page"), quiet("Empty: as it begins for everybody."))
    places = st.columns(len(FIELDS) + 1)
    for name, place in zip(FIELDS, places, strict=False):
        setting = BY_NAME[name]
        most = settings().max_epochs if name == "epochs" else setting.most
        with place:
            number_field(
                setting.label,
                field_key("training", name),
                now.get(name),
                (setting.least or 0, most or MOST),
                lambda v, name=name: put(name, v),  # type: ignore[misc]
                whole=setting.kind is int,
                hint=f"{setting.offered:g}",
            )
    with places[-1]:
        chosen = {None: "", True: ON, False: OFF}[now.get("augment")]
        key = field_key("training", "augment")
        menu("Augment", key, AUGMENTED, chosen, lambda v: put("augment", v == ON if v else None))


def _with(training: Mapping[str, Any], name: str, value: object) -> dict[str, Any]:
    others = {key: each for key, each in training.items() if key != name}
    return others if value is None else others | {name: value}


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
    data = "sequences that are made with your settings" if is_made(go.data) else go.data
    yield "Data", data or "as each student has it"
    if go.layer:
        yield "Selected", go.layer if go.channel is None else f"{go.layer}, channel {go.channel}"
    if go.training:
        yield "Training", ", ".join(f"{name} {value}" for name, value in go.training.items())
    if go.augment:
        yield "Augmentation", ", ".join(f"{name} {value}" for name, value in go.augment.items())
