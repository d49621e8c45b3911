"""Hold the trainings of an exercise to what it allows, and enter them in the student's work."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.augment import only_rescaled
from cnnlab.core.classroom.handles import AUGMENT, NETWORK, TRAIN, handles_between, handles_between_augmentations
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons.lesson import TRAINING
from cnnlab.core.shapes import trace_until_problem
from cnnlab.runs.record import RunError, RunSpec
from cnnlab.runs.record.settings import BY_NAME
from cnnlab.ui.session.exercise import at_work, is_locked, kept_training
from cnnlab.ui.session.services import classroom
from cnnlab.ui.training.launch.asked import asked_training

_KEPT = tuple(name for name in (*TRAINING, "schedule") if name in BY_NAME)


def said_of_limits() -> str:
    """Return in one sentence what the exercise allows, empty if nothing is said of it."""
    work = at_work()
    if work is None:
        return ""
    limits, said = work.exercise.limits, []
    if limits.trainings is not None:
        said.append(f"{counted(limits.trainings, 'training', 'trainings')} ({_taken():,} started)")
    if limits.epochs is not None:
        said.append(counted(limits.epochs, "epoch", "epochs"))
    if limits.minutes is not None:
        said.append(counted(limits.minutes, "minute", "minutes"))
    if limits.params is not None:
        said.append(counted(limits.params, "parameter", "parameters"))
    return f"This exercise allows at most {', '.join(said)}." if said else ""


def allowed(spec: RunSpec) -> RunSpec:
    """Return a training as an exercise allows it, and as it is where there is none; raise `RunError` if it does not."""
    work = at_work()
    if work is None:
        return spec
    for problem in _problems(spec, asked_training()):
        raise RunError(problem)
    limits = work.exercise.limits
    return replace(spec, minutes=limits.minutes, epochs_at_most=limits.epochs)


def trainings_left() -> int | None:
    """Return how many trainings an exercise still allows; None where it does not say, or where there is none."""
    work = at_work()
    most = None if work is None else work.exercise.limits.trainings
    return None if most is None else max(0, most - _taken())


def room_for(specs: Sequence[RunSpec]) -> None:
    """Raise `RunError` if an exercise does not allow all of these trainings together."""
    for spec in specs:
        allowed(spec)
    work = at_work()
    most = None if work is None else work.exercise.limits.trainings
    if most is not None and _taken() + len(specs) > most:
        raise RunError(
            f"This needs {len(specs)} trainings; the exercise allows {most:,} in all, and {_taken():,} are started."
        )


def booked(submit: Callable[[], str]) -> str:
    """Return the run that was submitted, as one of the student's trainings; raise `RunError` if none is left."""
    work = at_work()
    if work is None or work.is_preview:
        return submit()
    works = classroom().works
    try:
        number = works.book_training(work.token)
    except ClassroomError as error:
        raise RunError(str(error)) from None
    try:
        run = submit()
    except BaseException:
        with suppress(ClassroomError):
            works.unbook(work.token, number)
        raise
    # It trains already, and stays booked; a record that cannot be written now is no reason to lose it.
    with suppress(ClassroomError):
        works.trained(work.token, number, run)
    return run


def _problems(spec: RunSpec, like: RunSpec) -> Iterator[str]:
    work = at_work()
    assert work is not None
    limits = work.exercise.limits
    if is_locked(TRAIN, "start"):
        yield "No training can be started in this exercise; look at those that are there."
    if limits.epochs is not None and spec.epochs > limits.epochs:
        yield f"This exercise allows {limits.epochs:,} epochs, not {spec.epochs:,}; choose fewer."
    if spec.trunk is not None:
        yield "An exercise is for networks of one's own, and this training stands on a borrowed trunk."
    params = sum(row.params for row in trace_until_problem(spec.network)[0])
    if limits.params is not None and params > limits.params:
        yield f"This exercise allows {limits.params:,} parameters, and the network has {params:,}; make it smaller."
    for name in _KEPT:
        if is_locked(TRAIN, name) and getattr(spec, name) != getattr(like, name):
            yield f"This exercise keeps the {BY_NAME[name].said} as it is, and this would change it."
    if spec.range_test and is_locked(TRAIN, "learning_rate"):
        yield "This exercise keeps the learning rate as it is, so there is none to be found."
    if any(is_locked(NETWORK, handle) for handle in handles_between(like.network, spec.network)):
        yield "This exercise keeps the network as it is, and this training would have another one."
    bare = only_rescaled(like.augmentation)
    if spec.augmentation not in (like.augmentation, bare):
        changed = handles_between_augmentations(like.augmentation, spec.augmentation)
        if any(is_locked(AUGMENT, handle) for handle in changed):
            yield "This exercise keeps the augmentation as it is, and this training would have another one."
    wanted = like.augmentation if kept_training().get("augment", True) else bare
    if is_locked(TRAIN, "augment") and spec.augmentation != wanted:
        yield "This exercise says itself whether the training pictures are augmented."


def _taken() -> int:
    """Return how many trainings the student has started."""
    work = at_work()
    if work is None or work.is_preview:
        return 0
    try:
        return len(classroom().works.view(work.token).trainings)
    except ClassroomError:
        return 0
