"""Draw the start of a training: its settings, each with a sensible default, and what is wrong with them."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from cnnlab.core.augment import augments
from cnnlab.core.classroom.handles import TRAIN
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.network import Network
from cnnlab.core.pictures import input_problem
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.shapes import check
from cnnlab.core.teach.brief import describe_pair, describe_shape
from cnnlab.runs.record import RunError, RunSpec, pick_loss
from cnnlab.runs.record.losses import Loss
from cnnlab.runs.record.settings import LARGEST_SIDE, SMALLEST_SIDE
from cnnlab.ui.data.current import classes_of, current_data
from cnnlab.ui.parts.faults import faults_said, notice
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import link, link_to_sequences
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.teacher import teacher_panel
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.ui.session.keys import IMAGE_SIZE, START_PAUSED
from cnnlab.ui.session.services import engine, settings
from cnnlab.ui.session.visitor import nickname_field
from cnnlab.ui.training.launch.asked import LESSON_SIZE, asked_size, asked_training
from cnnlab.ui.training.launch.exercise import said_of_limits
from cnnlab.ui.training.launch.experiments import experiments_panel
from cnnlab.ui.training.launch.fields import field
from cnnlab.ui.training.launch.fitting import fit_them, misfit
from cnnlab.ui.training.launch.more_settings import more_settings, set_lines
from cnnlab.ui.training.launch.range_test import rate_finder
from cnnlab.ui.training.launch.submit import launch
from cnnlab.ui.trunks.choose import features_said, trunk_choice
from cnnlab.viz.html import Html, aside, bold, quiet, tag

CLUSTER_SECONDS = 5.0


def start_panel() -> None:
    """Draw the settings and the button that launches a training."""
    data = current_data()
    show_html(aside("Data set"), tag("br"), bold(data.label))
    link("data", "Look at it or change it")
    fit_them()
    nickname_field()
    trunk_choice(_classes())
    _main_settings()
    set_lines()
    spec = more_settings(asked_training())
    features_said(augments(spec.augmentation))
    problem = check(spec.network)
    loss = None if problem else _loss(spec)
    cannot = problem is not None or isinstance(loss, str) or is_locked(TRAIN, "start")
    hidden = is_hidden(TRAIN, "start")
    if not hidden:
        _start_button(spec, cannot=cannot)
    if problem is not None:
        notice(f"At this size it cannot exist. {problem}")
    elif isinstance(loss, str):
        _said_once(loss)
    elif loss is not None:
        show_html(quiet("Loss: ", bold(loss.name), f", because {loss.reason}."))
    if said := said_of_limits():
        show_html(quiet(said))
    if not (hidden or is_hidden(TRAIN, "learning_rate")):
        rate_finder(spec, disabled=cannot)
    if problem is None and not hidden:
        experiments_panel(spec)
    if settings().engine == "ray":
        st.fragment(_room, run_every=CLUSTER_SECONDS)()
    else:
        _slots("This server", settings().slots)
    teacher_panel()


def _start_button(spec: RunSpec, *, cannot: bool) -> None:
    with st.container(key="start_training"):
        begin = "Start training, paused" if START_PAUSED.get() else "Start training"
        if st.button(begin, type="primary", disabled=cannot, width="stretch") and not cannot:
            _start(spec)


def _said_once(problem: str) -> None:
    """Say what is wrong, unless it stands above with the press that mends it."""
    with suppress(DataSetError):
        if misfit() is not None:
            return
    notice(problem)


def _classes() -> Sequence[str]:
    """Return the classes of the current set, none if it cannot be read."""
    try:
        return classes_of(shared().data.reference)
    except DataSetError:
        return ()


def cluster_notice() -> None:
    """Say why nothing can be started on the cluster, for as long as that is so."""
    if settings().engine == "ray":
        st.fragment(_problem, run_every=CLUSTER_SECONDS)()


def _problem() -> None:
    with faults_said():
        problem = engine().capacity().problem
        if problem is not None:
            notice(problem)


def _room() -> None:
    """Say how much room the cluster has; machines come and go while the page is open."""
    with faults_said():
        if slots := engine().capacity().slots:
            _slots("The Ray cluster", slots)


def _slots(who: str, slots: int) -> None:
    rest = "the others wait, and nobody's second run comes before anybody's first."
    show_html(quiet(f"{who} trains {slots} at a time; {rest}"))


def _loss(spec: RunSpec) -> Loss | str:
    """Return the loss with its reason, or in one sentence why there is none."""
    if not is_sequences(spec.data) and (problem := input_problem(*spec.input_shape)):
        return problem
    try:
        if found := misfit():
            return found.said
        return pick_loss(spec.network, len(classes_of(spec.data)), spec.loss)
    except (RunError, DataSetError) as error:
        return str(error)


def _main_settings() -> None:
    left, right = st.columns(2)
    with left:
        field("epochs")
    with right:
        field("batch_size")
    _image_size(shared().network)


def _image_size(network: Network) -> None:
    """Draw at which size the pictures are trained; one side is no answer for a network that is not square."""
    if network.rank == 1:
        show_html(quiet(f"Your network reads sequences of {describe_shape(network.input_shape)}."))
        link_to_sequences()
        return
    if shared().trunk is not None or is_hidden(TRAIN, "image_size"):
        return
    height, width, _ = network.picture_shape
    if height != width:
        show_html(quiet("Your network is not square, so this training runs it at ", _pixels(*asked_size()), "."))
        return
    if IMAGE_SIZE.get() is None:
        IMAGE_SIZE.set(max(SMALLEST_SIDE, min(LESSON_SIZE, height)))
    st.number_input(
        "Image size",
        SMALLEST_SIDE,
        LARGEST_SIDE,
        key=IMAGE_SIZE.name,
        persist_state="session",
        disabled=is_locked(TRAIN, "image_size"),
        help="Every picture is stretched to this height and width; 64 trains about ten times faster than 150.",
    )
    size = asked_size()
    if size != (height, width):
        own = describe_pair((height, width))
        with st.container(key="size_differs"):
            show_html(quiet(f"Your network takes {own} pixels; this training runs it at ", _pixels(*size), "."))


def _pixels(*sides: int) -> Html:
    return tag("b", f"{describe_pair(sides)} pixels")


def _start(spec: RunSpec) -> None:
    try:
        st.query_params["run"] = launch(spec, paused=START_PAUSED.get())
    except RunError as error:
        refuse(error)
