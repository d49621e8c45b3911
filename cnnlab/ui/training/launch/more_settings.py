"""Draw the settings of a training that a first lesson does not need, each explained in one line."""

from dataclasses import replace

import streamlit as st

from cnnlab.runs.record import LONGEST_NAME, MAX_SEED, OPTIMIZERS, RunSpec
from cnnlab.runs.record.losses import LOSSES
from cnnlab.ui.session.sent import text
from cnnlab.ui.training.launch.dropout import dropout_setting
from cnnlab.ui.training.launch.schedule import l2_setting, schedule_setting
from cnnlab.ui.training.launch.submit import without_augmentation

NAME_HELP = "So that you find it again in the list."
OPTIMIZER_HELP = "How a gradient becomes a step. The post uses rmsprop."
MOMENTUM_HELP = "How much of the last step goes on into the next one; 0.9 is usual."
RATE_HELP = "How far one step moves the weights: 0.00001 to 1. Too far and the loss explodes. It can be changed later."
PATIENCE_HELP = (
    "End when the validation loss has not fallen for so many epochs, and keep the best epoch's weights. "
    "Empty: train all epochs."
)
WEIGHTS_HELP = "Each class counts the same in the loss, however few pictures it has."
LOSS_HELP = "What training makes small. The network's last layer decides which one fits."
SEED_HELP = (
    "Same seed, same machine, same number of threads: same curve, bit by bit. Another machine or thread count adds up "
    "in another order."
)
LIMIT_HELP = "In each split; fewer train faster."
PROBE_HELP = (
    "The current picture is stored with the run, and what the network sees in it after every epoch. Whoever watches "
    "the run sees it too."
)


def more_settings(spec: RunSpec) -> RunSpec:
    """Draw the settings and return the spec with them."""
    with st.expander("More settings"):
        st.text_input("Name of the run", key="run_name", placeholder=spec.name, max_chars=LONGEST_NAME, help=NAME_HELP)
        spec = _steps(replace(spec, name=text("run_name", LONGEST_NAME).strip() or spec.name))
        below_the_rate = st.container()
        spec = _ending(_aim(spec))
        limit = st.number_input(
            "Images per class at most",
            1,
            value=None,
            placeholder="all",
            key="limit_per_class",
            persist_state="session",
            help=LIMIT_HELP,
        )
        # It counts batches, so it needs what stands below it.
        with below_the_rate:
            spec = schedule_setting(replace(spec, limit_per_class=None if limit is None else int(limit)))
        augment = st.toggle(
            "Augment the training pictures",
            True,
            key="augment",
            persist_state="session",
            help="With the settings of the augmentation page.",
        )
        st.toggle("Follow my picture", True, key="follow_picture", persist_state="session", help=PROBE_HELP)
        st.toggle(
            "Start paused",
            False,
            key="start_paused",
            persist_state="session",
            help="Then go on batch by batch or epoch by epoch.",
        )
    return spec if augment else without_augmentation(spec)


def _steps(spec: RunSpec) -> RunSpec:
    optimizer = st.selectbox("Optimizer", OPTIMIZERS, key="optimizer", persist_state="session", help=OPTIMIZER_HELP)
    momentum = 0.0
    if optimizer == "sgd":
        momentum = st.number_input(
            "Momentum", 0.0, 0.99, 0.9, 0.05, key="momentum", persist_state="session", help=MOMENTUM_HELP
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
        help=RATE_HELP,
    )
    return replace(spec, optimizer=optimizer, momentum=float(momentum), learning_rate=float(rate))


def _aim(spec: RunSpec) -> RunSpec:
    loss = st.selectbox(
        "Loss",
        [None, *LOSSES],
        key="loss",
        format_func=lambda name: name or "the one that fits the output",
        persist_state="session",
        help=LOSS_HELP,
    )
    dropout_setting()
    return l2_setting(replace(spec, loss=loss))


def _ending(spec: RunSpec) -> RunSpec:
    patience = st.number_input(
        "Stop early after",
        1,
        50,
        None,
        placeholder="never",
        key="patience",
        persist_state="session",
        help=PATIENCE_HELP,
    )
    weights = st.toggle(
        "Weigh the classes equally", False, key="class_weights", persist_state="session", help=WEIGHTS_HELP
    )
    seed = st.number_input(
        "Seed", 0, min(9999, MAX_SEED), RunSpec.seed, key="seed", persist_state="session", help=SEED_HELP
    )
    return replace(spec, patience=None if patience is None else int(patience), class_weights=weights, seed=int(seed))
