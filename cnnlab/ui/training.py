"""Draw the start of a training: its settings, each with a sensible default, and what is wrong with them."""

from dataclasses import replace
from html import escape

import streamlit as st

from cnnlab.core.augment import Augmentation
from cnnlab.core.explain import describe_pair
from cnnlab.core.network import Network
from cnnlab.core.shapes import check
from cnnlab.runs.record import OPTIMIZERS, RunError, RunSpec
from cnnlab.ui.data import data_names
from cnnlab.ui.pages import link
from cnnlab.ui.services import engine, settings
from cnnlab.ui.state import shared

LESSON_SIZE = 64
BATCH_SIZES = (8, 16, 32, 50, 64, 128)


def start_panel() -> None:
    """Draw the settings and the button that launches a training."""
    mine, names = shared(), data_names()
    st.html(f'<span class="quiet">Data set</span><br><b>{escape(names.get(mine.data_reference, ""))}</b>')
    link("data", "Look at it or change it")
    network = _sized_network(mine.network)
    epochs, batch = st.columns(2)
    limit = settings().max_epochs
    spec = RunSpec(
        name=names.get(mine.data_reference, "data").split(" (")[0],
        network=network,
        data=mine.data_reference,
        data_name=names.get(mine.data_reference, "data").split(" (")[0],
        augmentation=mine.augmentation,
        epochs=int(
            epochs.number_input(
                "Epochs",
                1,
                limit,
                min(RunSpec.epochs, limit),
                key="epochs",
                persist_state="session",
                help="How often every picture is seen.",
            )
        ),
        batch_size=batch.selectbox(
            "Batch size",
            BATCH_SIZES,
            BATCH_SIZES.index(RunSpec.batch_size),
            key="batch_size",
            persist_state="session",
            help="How many pictures make one step.",
        ),
        threads=settings().threads,
    )
    if mine.data_reference == "silhouettes":
        spec = replace(spec, data_name="silhouettes")
    spec = _more(spec)
    problem = check(network)
    with st.container(key="start_training"):
        if st.button("Start training", type="primary", disabled=problem is not None, width="stretch"):
            _start(spec)
    if problem is not None:
        st.html(
            f'<div class="notice" role="status" style="--notice:#b3261e">At this size it cannot exist. {problem}</div>'
        )
    slots = settings().slots
    st.html(
        f'<p class="quiet">This server trains {slots} at a time, in the order in which they were started; '
        "the others wait.</p>"
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
        seed = st.number_input(
            "Seed",
            0,
            9999,
            RunSpec.seed,
            key="seed",
            persist_state="session",
            help="Same seed, same machine, same curve.",
        )
    return replace(
        spec,
        name=name.strip() or spec.name,
        optimizer=optimizer,
        learning_rate=float(rate),
        limit_per_class=None if limit is None else int(limit),
        seed=int(seed),
        augmentation=spec.augmentation if augment else Augmentation(rescale=spec.augmentation.rescale),
    )


def _start(spec: RunSpec) -> None:
    try:
        st.query_params["run"] = engine().submit(spec)
    except RunError as error:
        st.error(str(error))
