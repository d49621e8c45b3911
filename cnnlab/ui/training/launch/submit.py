"""Launch a training in this visitor's name."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab.core.augment import only_rescaled
from cnnlab.core.data.held import Measure
from cnnlab.core.network.layers.kind import SEEN
from cnnlab.core.pictures import PictureError, input_problem
from cnnlab.core.sequences.letters import SequenceError, one_hot
from cnnlab.runs.record import RunError, RunSpec
from cnnlab.runs.record.control import Mode
from cnnlab.ui.data.sequences.followed import followed_sequence
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

    With `follow` the current picture or sequence goes along, unless the visitor does not want that. An exercise
    bounds what it allows, and enters it.
    """
    spec = allowed(spec)
    probe = _followed(spec) if follow and FOLLOW_PICTURE.get() else None
    mode = Mode.PAUSE if paused else Mode.PLAY
    named = {"owner": me(), "origin": origin(), "nickname": nickname().strip()}
    run_id = booked(lambda: engine().submit(spec, **named, mode=mode, probe=probe))
    st.session_state[LAUNCHED] = True
    return run_id


def _followed(spec: RunSpec) -> npt.NDArray[np.uint8] | None:
    """Return what is followed in the shape of the network's input, None where nothing can be; raise `RunError`."""
    try:
        if spec.network.rank == 1:
            sequence = followed_sequence(spec.data, spec.input_shape)
            return None if sequence is None else one_hot(sequence.codes)
        if input_problem(*spec.input_shape):
            return None
        return current_picture().prepared(Measure(*spec.picture_shape))
    except (PictureError, SequenceError) as error:
        raise RunError(f"The training cannot follow your {SEEN[spec.network.rank]}. {error}") from None


def launch_each(specs: Sequence[RunSpec], *, follow: bool = True) -> list[str]:
    """Queue many trainings that belong together, draw how far that is, and return their ids; raise `RunError`."""
    bar, ids = st.progress(0.0), []
    for number, spec in enumerate(specs, start=1):
        bar.progress(number / len(specs), text=f"Queuing training {number} of {len(specs)}")
        ids.append(launch(spec, follow=follow))
    bar.empty()
    return ids


def follow_launch() -> None:
    """Bring the panel of a run that was launched just now into sight: its button may stand far below the curves."""
    if st.session_state.pop(LAUNCHED, False):
        _INTO_SIGHT("into_sight", ".st-key-run_panel")


def without_augmentation(spec: RunSpec) -> RunSpec:
    """Return the spec without augmentation."""
    return replace(spec, augmentation=only_rescaled(spec.augmentation))
