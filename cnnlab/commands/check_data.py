"""The command `check-data`: what is in a folder or zip of pictures, and what is wrong with it."""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from cnnlab.commands.refusing import Command, add_class_order, class_order, say
from cnnlab.core.data.checking import check
from cnnlab.core.data.datasets import describe_class_order, in_order
from cnnlab.core.settings import Settings
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.limits.memory import limit_memory

DATA_MEMORY = 2 << 30  # bytes more than at the start, for looking at a data set of unknown origin


def _options(data: argparse.ArgumentParser) -> None:
    data.add_argument("path", type=Path, metavar="PATH-or-zip")
    add_class_order(data)
    data.add_argument("--json", action="store_true")


def _check(options: argparse.Namespace, settings: Settings) -> int:
    # A stranger's archive is unpacked here and its pictures are decoded in processes of their own.
    limit_memory(DATA_MEMORY)
    with tempfile.TemporaryDirectory() as aside, LimitedReading(replace(settings, home=Path(aside))) as reading:
        report = check(options.path, settings.max_pixels, reading=reading)
    chosen = class_order(options)
    if chosen is not None and not report.refused:
        report = replace(report, classes=in_order(options.path.name, report.classes, chosen))
    if options.json:
        say(json.dumps(report.to_dict()))
    else:
        for split, counts in report.splits.items():
            say(f"{split}: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
        if report.classes and not report.refused:
            say(describe_class_order(report.classes, chosen=chosen is not None, as_keras=report.as_keras))
        for finding in report.details:
            say(f"- {finding.sentence} {finding.action}")
        for skipped in report.skipped:
            say(f"skipped {skipped.file}: {skipped.reason}")
    if report.refused:
        sys.stderr.write(f"{report.refused}\n")
        if report.tree and not options.json:
            say(report.tree)
        return 2
    return 0


CHECK_DATA = Command("check-data", "say what is in a folder or zip of pictures, and what is wrong", _options, _check)
