"""Name the settings of a training on the command line, and read them."""

import argparse
from typing import Any

from cnnlab.core.training.schedules import COSINE, EXPONENTIAL, SCHEDULES, Schedule
from cnnlab.runs.record.losses import RunError
from cnnlab.runs.record.settings import ASKED, Setting


def add_learning_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each setting of a training, and those of the schedule, with their defaults."""
    for setting in ASKED:
        _add(parser, setting)
    parser.add_argument("--schedule", choices=SCHEDULES, help="let the learning rate fall; default: constant")
    parser.add_argument("--decay-steps", type=int, metavar="N", help="of the schedule, in batches")
    parser.add_argument(
        "--decay-rate", type=float, default=Schedule.decay_rate, metavar="F", help="of ExponentialDecay"
    )
    parser.add_argument("--staircase", action="store_true", help="of ExponentialDecay: fall in steps")
    parser.add_argument("--alpha", type=float, default=Schedule.alpha, metavar="A", help="of CosineDecay")


def _add(parser: argparse.ArgumentParser, setting: Setting) -> None:
    option = f"--{setting.name.replace('_', '-')}"
    words = setting.help.replace("%", "%%")
    # What belongs to one optimizer has no default before the optimizer is known.
    default = None if setting.only_for else setting.default
    if setting.kind is bool:
        parser.add_argument(option, action="store_true", help=words)
    elif setting.choices:
        parser.add_argument(option, choices=setting.choices, default=default, help=words)
    else:
        parser.add_argument(option, type=setting.kind, default=default, metavar="N", help=words)


def learning_from(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked for as fields of a `RunSpec`; raise `RunError` for what does not go together."""
    asked = {setting.name: getattr(options, setting.name) for setting in ASKED}
    for setting in ASKED:
        if setting.only_for and asked[setting.name] is None:
            ours = setting.belongs_to(options.optimizer)
            asked[setting.name] = setting.offered if ours else setting.default
    return asked | {"schedule": _schedule(options)}


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
