"""Give an optimizer its learning rate, a number or one of Keras' schedules, and change it while it trains."""

import keras
from keras.optimizers.schedules import LearningRateSchedule

from cnnlab.runs.record import RunSpec


def learning_rate(spec: RunSpec) -> float | LearningRateSchedule:
    """Return what a run's optimizer takes as its learning rate."""
    if spec.schedule is None:
        return spec.learning_rate
    made: LearningRateSchedule = getattr(keras.optimizers.schedules, spec.schedule.class_name)(
        spec.learning_rate, **spec.schedule.config
    )
    return made


def hold_rate(model: keras.Model, rate: float) -> None:
    """Train with this learning rate from the next batch on; a schedule ends with it.

    Keras lets nobody set the rate of an optimizer with a schedule, but takes another schedule; one that never falls is
    a constant. The old one is part of the compiled step, which is therefore made anew.
    """
    optimizer = model.optimizer
    if isinstance(optimizer._learning_rate, LearningRateSchedule):
        optimizer.learning_rate = keras.optimizers.schedules.ExponentialDecay(rate, decay_steps=1, decay_rate=1.0)
        model.make_train_function(force=True)
    else:
        optimizer.learning_rate.assign(rate)
