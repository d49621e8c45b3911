"""Draw the settings of a training that a first lesson does not need, each explained in one line."""

import streamlit as st

from cnnlab.core.classroom.handles import TRAIN
from cnnlab.runs.record import LONGEST_NAME, RunSpec
from cnnlab.runs.record.settings import ASKED
from cnnlab.ui.data.sequences.followed import followed_choice
from cnnlab.ui.session.exercise import is_hidden, is_locked, kept_training
from cnnlab.ui.session.keys import AUGMENT, FOLLOW_PICTURE, RUN_NAME, START_PAUSED
from cnnlab.ui.training.launch.dropout import dropout_setting
from cnnlab.ui.training.launch.fields import field, is_line
from cnnlab.ui.training.launch.schedule import schedule_fields
from cnnlab.ui.training.launch.submit import without_augmentation

MAIN = ("epochs", "batch_size")  # they stand above, where the first lesson sees them
NAME_HELP = "So that you find it again in the list."
PROBE_HELP = (
    "The current picture is stored with the run, and what the network sees in it after every epoch. Whoever watches "
    "the run sees it too."
)


def more_settings(spec: RunSpec) -> RunSpec:
    """Draw the settings of a training, and return it as it is augmented."""
    # What the session holds is all that a field begins with, since a lesson or an exercise may have set it.
    for each in (AUGMENT, FOLLOW_PICTURE, START_PAUSED):
        each.set(each.get())
    kept = is_locked(TRAIN, "augment")
    if kept:
        AUGMENT.set(bool(kept_training().get("augment", AUGMENT.default)))
    with st.expander("More settings"):
        st.text_input(
            "Name of the run", key=RUN_NAME.name, placeholder=spec.name, max_chars=LONGEST_NAME, help=NAME_HELP
        )
        for setting in ASKED:
            if setting.name not in MAIN and not is_line(setting):
                field(setting.name)
            if setting.name == "learning_rate":
                schedule_fields(spec)
            if setting.name == "loss":
                dropout_setting()
        augment = spec.network.rank == 2 and _of_pictures(kept=kept)
        if spec.network.rank == 1:
            _of_sequences(spec)
        st.toggle(
            "Start paused",
            key=START_PAUSED.name,
            persist_state="session",
            help="Then go on batch by batch or epoch by epoch.",
        )
    return spec if augment else without_augmentation(spec)


def set_lines() -> None:
    """Draw what an experiment has set that is not asked for otherwise, each with a press to drop it."""
    for setting in filter(is_line, ASKED):
        field(setting.name)


def _of_sequences(spec: RunSpec) -> None:
    """Draw what only sequences have: which one is followed."""
    followed = st.toggle(
        "Follow a sequence",
        key=FOLLOW_PICTURE.name,
        persist_state="session",
        help="It is stored with the run, and what the network sees in it after every epoch, with its filters. Whoever "
        "watches the run sees it too.",
    )
    if followed:
        followed_choice(spec.data, spec.input_shape)


def _of_pictures(*, kept: bool) -> bool:
    """Draw what only pictures have, and return whether they are augmented."""
    augment = AUGMENT.get()
    if not is_hidden(TRAIN, "augment"):
        augment = st.toggle(
            "Augment the training pictures",
            key=AUGMENT.name,
            persist_state="session",
            help="With the settings of the augmentation page.",
            disabled=kept,
        )
    st.toggle(
        "Follow my picture",
        key=FOLLOW_PICTURE.name,
        persist_state="session",
        help=PROBE_HELP,
    )
    return augment
