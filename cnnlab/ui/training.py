"""Draw the start of a training: its settings, each with a sensible default, and what is wrong with them."""

from dataclasses import replace
from html import escape

import streamlit as st

from cnnlab.core.augment import Augmentation
from cnnlab.core.explain import describe_pair
from cnnlab.core.network import Network
from cnnlab.core.shapes import check
from cnnlab.runs.record import OPTIMIZERS, RunError, RunSpec
from cnnlab.ui.data import Offered, current_data
from cnnlab.ui.pages import link
from cnnlab.ui.services import engine, settings
from cnnlab.ui.state import shared

LESSON_SIZE = 64
BATCH_SIZES = (8, 16, 32, 50, 64, 128)


def start_panel() -> None:
    """Draw the settings and the button that launches a training."""
    data = current_data()
    st.html(f'<span class="quiet">Data set</span><br><b>{escape(data.label)}</b>')
    link("data", "Look at it or change it")
    spec = _more(_main_settings(data))
    problem = check(spec.network)
    with st.container(key="start_training"):
        if st.button("Start training", type="primary", disabled=problem is not None, width="stretch"):
            _start(spec)
    if problem is not None:
        st.html(
            f'<div class="notice" role="status" style="--notice:#b3261e">At this size it cannot exist. {problem}</div>'
        )
    st.html(
        f'<p class="quiet">This server trains {settings().slots} at a time, in the order in which they were started; '
        "the others wait.</p>"
    )


def _main_settings(data: Offered) -> RunSpec:
    mine = shared()
    network = _sized_network(mine.network)
    left, right = st.columns(2)
    limit = settings().max_epochs
    epochs = left.number_input(
        "Epochs",
        1,
        limit,
        min(RunSpec.epochs, limit),
        key="epochs",
        persist_state="session",
        help="How often every picture is seen.",
    )
    batch_size = right.selectbox(
        "Batch size",
        BATCH_SIZES,
        BATCH_SIZES.index(RunSpec.batch_size),
        key="batch_size",
        persist_state="session",
        help="How many pictures make one step.",
    )
    return RunSpec(
        name=data.name,
        network=network,
        data=mine.data_reference,
        data_name=data.name,
        augmentation=mine.augmentation,
        epochs=int(epochs),
        batch_size=batch_size,
        threads=settings().threads,
        classes=mine.class_orders.get(mine.data_reference),
    )


def _sized_network(network: Network) -> Network:
    height, width, _ = network.input_shape
    size = int(
        st.number_input(
            "Image size",
            4,
            256,
            min(LESSON_SIZE, height),
            key="image_size",
            persist_state="session",
            help="Every picture is stretched to this height and width; 64 trains about ten times faster than 150.",
        )
    )
    if (size, size) != (height, width):
        st.html(
            f'<p class="quiet">Your network takes {describe_pair((height, width))} pixels; this training runs it at '
            f"<b>{size} × {size}</b>.</p>"
        )
    return network.with_image_size(size, size)


def _more(spec: RunSpec) -> RunSpec:
    with st.expander("More settings"):
        name = st.text_input("Name of the run", spec.name, max_chars=60, help="So that you find it again in the list.")
        spec = _learning(replace(spec, name=name.strip() or spec.name))
        limit = st.number_input(
            "Images per class at most",
            1,
            value=None,
            placeholder="all",
            key="limit_per_class",
            persist_state="session",
            help="In each split; fewer train faster.",
        )
        augment = st.toggle(
            "Augment the training pictures",
            True,
            key="augment",
            persist_state="session",
            help="With the settings of the augmentation page.",
        )
    plain = Augmentation(rescale=spec.augmentation.rescale)
    return replace(
        spec,
        limit_per_class=None if limit is None else int(limit),
        augmentation=spec.augmentation if augment else plain,
    )


def _learning(spec: RunSpec) -> RunSpec:
    optimizer = st.selectbox(
        "Optimizer", OPTIMIZERS, key="optimizer", persist_state="session", help="The post uses rmsprop."
    )
    rate = st.number_input(
        "Learning rate",
        1e-5,
        1.0,
        RunSpec.learning_rate,
        1e-4,
        format="%.5f",
        key="learning_rate",
        persist_state="session",
        help="How far one step moves the weights; too far and the loss explodes.",
    )
    seed = st.number_input(
        "Seed", 0, 9999, RunSpec.seed, key="seed", persist_state="session", help="Same seed, same machine, same curve."
    )
    return replace(spec, optimizer=optimizer, learning_rate=float(rate), seed=int(seed))


def _start(spec: RunSpec) -> None:
    try:
        st.query_params["run"] = engine().submit(spec)
    except RunError as error:
        st.error(str(error))
