"""Launch a training in this visitor's name, and put the settings of an earlier one back on the page."""

from dataclasses import replace

import streamlit as st

from cnnlab.core.augment import augments, only_rescaled
from cnnlab.core.data.held import Measure
from cnnlab.core.pictures import PictureError, input_problem
from cnnlab.runs.record import RunError, RunSpec
from cnnlab.runs.record.control import Mode
from cnnlab.ui.data.current import offered_data
from cnnlab.ui.parts.components import component
from cnnlab.ui.session import current_picture, shared
from cnnlab.ui.session.services import engine, library
from cnnlab.ui.session.visitor import me, nickname, origin
from cnnlab.ui.training.launch.schedule import choice_of

LAUNCHED = "launched"
BATCH_SIZES = (8, 16, 32, 50, 64, 128)
LARGEST_SIZE = 256  # pixels
_INTO_SIGHT = component("into_sight", "frame/into_sight.js", html="<span></span>")


def launch(spec: RunSpec, *, paused: bool = False, follow: bool = True) -> str:
    """Queue a training and return its id; raise `RunError` if it is not taken.

    With `follow` the current picture goes along, unless the visitor does not want that.
    """
    probe = None
    wanted = follow and st.session_state.get("follow_picture", True)
    if wanted and not input_problem(*spec.network.input_shape):
        try:
            probe = current_picture().prepared(Measure(*spec.network.input_shape))
        except PictureError as error:
            raise RunError(f"The training cannot follow your picture. {error}") from None
    mode = Mode.PAUSE if paused else Mode.PLAY
    run_id = engine().submit(spec, owner=me(), origin=origin(), nickname=nickname().strip(), mode=mode, probe=probe)
    st.session_state[LAUNCHED] = True
    return run_id


def follow_launch() -> None:
    """Bring the panel of a run that was launched just now into sight: its button may stand far below the curves."""
    if st.session_state.pop(LAUNCHED, False):
        _INTO_SIGHT(key="into_sight", data=".st-key-run_panel")


def take_settings_of(spec: RunSpec) -> str:
    """Put what a run was made from on the page, so that it can be changed and started again; say what stays out.

    Its data set comes along if this visitor could choose it too.
    """
    mine = shared()
    mine.change_network(spec.network)
    refused = ""
    if spec.data in offered_data():
        mine.data_reference = spec.data
    elif library().is_below_root(spec.data):
        mine.give_folder(spec.data)
    else:
        refused = f"The data set of this run, {spec.data_name}, is not offered to you; yours stays chosen."
    if spec.classes is not None and not refused:
        mine.class_orders[spec.data] = spec.classes
    augmented = augments(spec.augmentation)
    if augmented:
        mine.use_augmentation(spec.augmentation)
    st.session_state.update(
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        image_size=spec.network.input_shape[0],
        optimizer=spec.optimizer,
        momentum=spec.momentum,
        learning_rate=spec.learning_rate,
        loss=spec.loss,
        patience=spec.patience,
        class_weights=spec.class_weights,
        limit_per_class=spec.limit_per_class,
        seed=spec.seed,
        augment=augmented,
        run_name=spec.name,
        l2=spec.l2,
        **choice_of(spec.schedule),
    )
    return refused


def without_augmentation(spec: RunSpec) -> RunSpec:
    """Return the spec without augmentation."""
    return replace(spec, augmentation=only_rescaled(spec.augmentation))
