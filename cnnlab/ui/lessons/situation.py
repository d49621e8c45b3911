"""Gather what a lesson may ask about from what this visitor has before them."""

from functools import cache, partial

import numpy as np

from cnnlab.core.augment import Augmentation
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.lessons import Situation
from cnnlab.core.lessons.language import NotYet
from cnnlab.core.lessons.situation import Arrays, DataFacts, Place, RunFacts, no_place, no_run
from cnnlab.core.pictures import PictureError
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.processes.inference import InferenceError
from cnnlab.runs.judge.lesson_facts import run_facts
from cnnlab.runs.record import RunError
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.data.current import ordered
from cnnlab.ui.data.sequences.current import ordered_sequences
from cnnlab.ui.inside.current import Current, current_subject
from cnnlab.ui.pictures.current import prepared_picture, truth
from cnnlab.ui.session import services, shared
from cnnlab.ui.session.keys import LESSON_PLACE
from cnnlab.ui.session.visitor import mine


def situation() -> Situation:
    """Return what stands before the visitor; maps and kernels are computed when they are asked for."""
    session, subject = shared(), current_subject()
    augmentation = session.augment.augmentation
    return Situation(
        session.network,
        session.layer.selected,
        session.layer.channel,
        augmentation if isinstance(augmentation, Augmentation) else Augmentation.none(),
        data=_data,
        run=cache(partial(_run, session.run_id)),
        classes=subject.meaning.classes if subject.meaning else (),
        truth=truth(),
        maps=cache(partial(_maps, subject)),
        kernels=partial(_kernel, subject),
        place=partial(_place, subject),
    )


def _maps(subject: Current) -> Arrays:
    try:
        pixels = prepared_picture(subject.subject.input_shape)
        return tuple(services.inference().look(subject.subject, pixels).outputs)
    except (InferenceError, PictureError) as error:
        raise NotYet(str(error)) from None


def _place(subject: Current) -> Place:
    """Return the place that was pressed, if it lies in a map of what is shown."""
    sent, rows = LESSON_PLACE.get(), subject.subject.rows
    if sent is None:
        return no_place()
    shape = rows[sent.layer].shape if sent.layer < len(rows) else ()
    place = (sent.row, sent.column, sent.channel)
    if len(shape) != len(place) or not all(at < side for at, side in zip(place, shape, strict=True)):
        return no_place()
    return Place(rows[sent.layer].name, sent.channel, sent.row, sent.column)


def _kernel(subject: Current) -> Arrays:
    try:
        kernels = services.inference().kernels(subject.subject)
    except InferenceError as error:
        raise NotYet(str(error)) from None
    values = next((kernel.values for kernel in kernels if kernel.index == subject.selected), None)
    if values is None:
        raise NotYet("No convolution is selected; press one in the strip.")
    return (np.asarray(values),)


def _data() -> DataFacts:
    try:
        reference = shared().data.reference
        data = ordered_sequences(reference) if is_sequences(reference) else ordered(reference)
    except DataSetError as error:
        raise NotYet(str(error)) from None
    counts = [
        tuple(int(np.sum(split.labels == label)) for label in range(len(data.classes)))
        for split in (data.train, data.validation)
    ]
    return DataFacts(data.classes, *counts)


def _run(run_id: str) -> RunFacts:
    """Return how the training that is watched goes."""
    if not run_id:
        return no_run()
    try:
        runs = services.runs()
        return run_facts(runs, run_id, yours=mine(runs.get(run_id)))
    except (StoreFault, RunError) as error:
        raise NotYet(str(error)) from None
