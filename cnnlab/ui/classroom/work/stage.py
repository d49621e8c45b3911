"""Set the stage of an exercise: what it begins with, and what each of its steps names on top."""

from contextlib import suppress
from dataclasses import replace

from cnnlab.core.classroom.exercise import StudentExercise
from cnnlab.core.lessons.lesson import Go
from cnnlab.core.lessons.playing import layer_of, network_of
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.lessons.stage import set_stage
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import at_work, change_work, lock, unlock
from cnnlab.ui.session.keys import LESSON_PLACE, PAGE_WANTED, RANDOM_SEED, WEIGHTS_SOURCE


def set_begin(exercise: StudentExercise) -> None:
    """Set what an exercise begins with, before its first step."""
    RANDOM_SEED.set(exercise.seed)
    go = replace(exercise.begin, training={"seed": exercise.seed, **exercise.begin.training})
    set_stage(go, exercise.network, layer_of(go, exercise.network), "")
    if exercise.weights_run:
        look_with(exercise.weights_run)
    change_work(training=go.training, weights=WEIGHTS_SOURCE.get())


def network_at(exercise: StudentExercise, step: int) -> Network:
    """Return the network that a step works with: a step builds on those before it."""
    network = exercise.network
    for one in exercise.steps[: step + 1]:
        with suppress(NetworkFormatError, ValueError):
            network = network_of(one.go, network)
    return network


def go_to(step: int, *, anew: bool = False) -> None:
    """Go to a step of the exercise, and set what it names; `anew` also what the student has changed of the network.

    A step that says nothing of the network leaves it as the student has made it.
    """
    work = at_work()
    if work is None:
        return
    step = min(max(step, 0), len(work.exercise.steps) - 1)
    go = work.exercise.steps[step].go
    network = network_at(work.exercise, step) if anew or _names_network(go) else shared().network
    unlock()
    LESSON_PLACE.set(None)
    if go.training:
        go = replace(go, training={"seed": work.exercise.seed, **go.training})
        change_work(training=go.training)
    set_stage(go, network, layer_of(go, network), "")
    if go.weights:
        change_work(weights=WEIGHTS_SOURCE.get())
    change_work(step=step)
    lock()
    PAGE_WANTED.set(go.page)


def move(by: int) -> None:
    """Go on, or back, by so many steps; before the first one there is none."""
    work = at_work()
    if work is not None:
        go_to(0 if work.step is None else work.step + by)


def _names_network(go: Go) -> bool:
    return bool(go.network or go.changes or go.input_shape is not None)
