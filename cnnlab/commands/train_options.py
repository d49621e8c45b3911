"""Name the settings of learning on the command line, and read them."""

import argparse
from typing import Any

from cnnlab.core.training.schedules import COSINE, EXPONENTIAL, SCHEDULES, Schedule
from cnnlab.runs.record import OPTIMIZERS, RunSpec
from cnnlab.runs.record.losses import RunError


def add_learning_options(parser: argparse.ArgumentParser) -> None:
    """Add optimizer, learning rate, schedule and L2 with their defaults."""
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default=RunSpec.optimizer)
    parser.add_argument("--learning-rate", type=float, default=RunSpec.learning_rate, metavar="R")
    parser.add_argument("--schedule", choices=SCHEDULES, help="let the learning rate fall; default: constant")
    parser.add_argument("--decay-steps", type=int, metavar="N", help="of the schedule, in batches")
    parser.add_argument(
        "--decay-rate", type=float, default=Schedule.decay_rate, metavar="F", help="of ExponentialDecay"
    )
    parser.add_argument("--staircase", action="store_true", help="of ExponentialDecay: fall in steps")
    parser.add_argument("--alpha", type=float, default=Schedule.alpha, metavar="A", help="of CosineDecay")
    parser.add_argument("--l2", type=float, default=RunSpec.l2, metavar="L2", help="L2 on every kernel")


def learning_from(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked for as fields of a `RunSpec`; raise `RunError` for what does not go together."""
    return {
        "optimizer": options.optimizer,
        "learning_rate": options.learning_rate,
        "schedule": _schedule(options),
        "l2": options.l2,
    }


def _schedule(options: argparse.Namespace) -> Schedule | None:
    if options.schedule is None:
        if options.decay_steps is not None:
            raise RunError("--decay-steps belongs to a schedule; name one with --schedule.")
        return None
    if options.decay_steps is None:
        raise RunError(f"--schedule {options.schedule} needs --decay-steps, the batches over which it falls.")
    if options.schedule == EXPONENTIAL:
        return Schedule(EXPONENTIAL, options.decay_steps, options.decay_rate, options.staircase)
    return Schedule(COSINE, options.decay_steps, alpha=options.alpha)
