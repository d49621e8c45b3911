"""Start one training for each student of a class: on the student's own network, with the settings of the exercise."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.work import Student
from cnnlab.classroom.table import Row
from cnnlab.classroom.works import MOST_TRAININGS
from cnnlab.core.augment import Augmentation, AugmentationError, only_rescaled
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.exchange.link import LinkError, decode
from cnnlab.core.network import Network
from cnnlab.core.shapes import trace_until_problem
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.problems import problems
from cnnlab.runs.record.settings import ASKED, LARGEST_SIDE, SMALLEST_SIDE
from cnnlab.ui.session.services import classroom, engine, settings
from cnnlab.ui.session.visitor import LONGEST_NICKNAME, origin
from cnnlab.ui.training.launch.asked import LESSON_SIZE

FIRST_SET = "silhouettes"
PICTURES = 3  # axes of an input: the bundled sets have pictures


@dataclass(frozen=True)
class Start:
    """Hold a training that can be started for a student."""

    student: Student
    spec: RunSpec


def who_can_start(exercise: Exercise, rows: Iterable[Row]) -> tuple[Start, ...]:
    """Return a training for each student whom the exercise and this server allow one more."""
    found = []
    for row in rows:
        taken = len(row.trainings)
        if taken >= (exercise.limits.trainings or MOST_TRAININGS):
            continue
        spec = spec_for(exercise, _network_of(exercise, row))
        params = sum(each.params for each in trace_until_problem(spec.network)[0])
        is_of_pictures = len(spec.network.input_shape) == PICTURES
        is_too_large = exercise.limits.params is not None and params > exercise.limits.params
        if is_of_pictures and not is_too_large and problems(spec, settings()) is None:
            found.append(Start(row.student, spec))
    return tuple(found)


def start_for(exercise_id: str, start: Start) -> str:
    """Start a training in a student's name, and return its id; raise `RunError` or `ClassroomError`."""
    room = classroom()
    token, owner = room.students.stand_in(exercise_id, start.student.id)
    number = room.works.book_training(token)
    try:
        run = engine().submit(
            start.spec, owner=owner, origin=origin(), nickname=start.student.name[:LONGEST_NICKNAME].strip()
        )
    except BaseException:
        with suppress(ClassroomError):
            room.works.unbook(token, number)
        raise
    room.works.trained(token, number, run)
    return run


def spec_for(exercise: Exercise, network: Network) -> RunSpec:
    """Return the training that an exercise begins with, on a network, within the limits of the exercise."""
    asked, limits = exercise.begin.training, exercise.limits
    chosen = {each.name: each.taken(asked[each.name]) if each.name in asked else each.offered for each in ASKED}
    chosen |= {each.name: each.default for each in ASKED if not each.belongs_to(chosen["optimizer"])}
    chosen["seed"] = asked.get("seed", exercise.seed)
    epochs = min(filter(None, (chosen["epochs"], limits.epochs, settings().max_epochs)))
    data = exercise.begin.data if exercise.begin.data in SETS else FIRST_SET
    augmentation = _augmentation(exercise)
    if not asked.get("augment", True):
        augmentation = only_rescaled(augmentation)
    return RunSpec(
        name=exercise.title,
        network=_at_size(network, asked.get("image_size")),
        data=data,
        data_name=data,
        augmentation=augmentation,
        threads=settings().threads,
        minutes=limits.minutes,
        epochs_at_most=limits.epochs,
        **{**chosen, "epochs": epochs},
    )


def _network_of(exercise: Exercise, row: Row) -> Network:
    with suppress(LinkError):
        return decode(row.standing.network)
    return exercise.begins_with


def _at_size(network: Network, asked: object) -> Network:
    if len(network.input_shape) != PICTURES or network.input_shape[0] != network.input_shape[1]:
        return network
    height = network.input_shape[0]
    size = asked if isinstance(asked, int) and SMALLEST_SIDE <= asked <= LARGEST_SIDE else min(LESSON_SIZE, height)
    return network.with_image_size(size, size)


def _augmentation(exercise: Exercise) -> Augmentation:
    with suppress(AugmentationError, TypeError):
        if exercise.begin.augment:
            return Augmentation.from_dict(exercise.begin.augment)
    return Augmentation.post()
