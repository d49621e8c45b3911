"""Launch a training in this visitor's name."""

from dataclasses import replace

import streamlit as st

from cnnlab.core.augment import only_rescaled
from cnnlab.core.data.held import Measure
from cnnlab.core.pictures import PictureError, input_problem
from cnnlab.runs.record import RunError, RunSpec
from cnnlab.runs.record.control import Mode
from cnnlab.ui.parts.components import component
from cnnlab.ui.session import current_picture
from cnnlab.ui.session.keys import FOLLOW_PICTURE
from cnnlab.ui.session.services import engine
from cnnlab.ui.session.visitor import me, nickname, origin
from cnnlab.ui.training.launch.exercise import allowed, booked
from cnnlab.viz.html import tag

LAUNCHED = "launched"
_INTO_SIGHT = component("into_sight", "frame/into_sight.js", html=tag("span"))


def launch(spec: RunSpec, *, paused: bool = False, follow: bool = True) -> str:
    """Queue a training and return its id; raise `RunError` if it is not taken.

    With `follow` the current picture goes along, unless the visitor does not want that. An exercise bounds what it
    allows, and enters it.
    """
    spec = allowed(spec)
    probe = None
    wanted = follow and FOLLOW_PICTURE.get()
    if wanted and not input_problem(*spec.input_shape):
        try:
            probe = current_picture().prepared(Measure(*spec.picture_shape))
        except PictureError as error:
            raise RunError(f"The training cannot follow your picture. {error}") from None
    mode = Mode.PAUSE if paused else Mode.PLAY
    named = {"owner": me(), "origin": origin(), "nickname": nickname().strip()}
    run_id = booked(lambda: engine().submit(spec, **named, mode=mode, probe=probe))
    st.session_state[LAUNCHED] = True
    return run_id


def follow_launch() -> None:
    """Bring the panel of a run that was launched just now into sight: its button may stand far below the curves."""
    if st.session_state.pop(LAUNCHED, False):
        _INTO_SIGHT("into_sight", ".st-key-run_panel")


def without_augmentation(spec: RunSpec) -> RunSpec:
    """Return the spec without augmentation."""
    return replace(spec, augmentation=only_rescaled(spec.augmentation))
