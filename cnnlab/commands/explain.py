"""The command `explain`: which pixels of a picture made the answer, as pictures and as numbers."""

import argparse

import numpy as np

from cnnlab.commands.looking import add_source, looking, writing
from cnnlab.commands.refusing import Command, CommandError, say
from cnnlab.core.explain.asked import METHODS, Asked, Target
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.settings import Settings
from cnnlab.core.words.numbers import decimal, probability
from cnnlab.processes.explain.attributions import Attribution, attribution
from cnnlab.viz.explain.files import map_files


def _options(explain: argparse.ArgumentParser) -> None:
    add_source(explain)
    explain.add_argument("--method", required=True, metavar="NAME", help=f"one of {', '.join(METHODS)}")
    explain.add_argument(
        "--class", type=int, dest="of_class", metavar="N", help="the class by its number; default: the one it says"
    )


def _explain(options: argparse.Namespace, settings: Settings) -> int:
    Asked(options.method)  # refuses before anything is opened
    with looking(options, settings) as (inside, subject, pixels):
        outputs = inside.look(subject, pixels).outputs[-1]
        chosen = _chosen(outputs, options.of_class)
        target = Target.of_class(chosen, len(outputs))
        asked = Asked(options.method, unit=target.unit, sign=target.sign)
        found = attribution(inside, subject, pixels, asked)
    with writing(options.out) as folder:
        for name, drawn in map_files(asked.method, pixels, found.values).items():
            (folder / name).write_bytes(drawn)
        np.savez_compressed(folder / f"{asked.method}.npz", allow_pickle=False, **found.arrays)
    say(f"{TABLE[asked.method].title} of class {chosen}: {_said(found)}; written to {options.out}")
    return 0


def _chosen(outputs: np.ndarray, of_class: int | None) -> int:
    """Return the class to explain: the one that was named, or the one that the network says."""
    if outputs.ndim > 1:
        return 0  # refused where it is asked for
    most = max(2, len(outputs))
    if of_class is None:
        return int(outputs[0] > 0.5) if len(outputs) == 1 else int(np.argmax(outputs))
    if not 0 <= of_class < most:
        raise CommandError(f"--class takes a number from 0 to {most - 1} for this network, and got {of_class}.")
    return of_class


def _said(found: Attribution) -> str:
    said = f"score {decimal(found.score, 4)}"
    said += f", probability {probability(found.probability, 4)}" if found.probability is not None else ""
    if found.completeness is not None:
        said += f", completeness error {decimal(found.completeness.error, 6)}"
    return said


EXPLAIN = Command("explain", "write which pixels of a picture made the answer", _options, _explain)
