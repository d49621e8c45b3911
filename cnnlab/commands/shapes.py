"""The command `shapes`: the trace of a network."""

import argparse
import json
from pathlib import Path

from cnnlab.commands.refusing import Command, read_network, say
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_pair, describe_shape


def _options(shapes: argparse.ArgumentParser) -> None:
    shapes.add_argument("file", nargs="?", type=Path, metavar="FILE.json", help="default: the post's network")
    shapes.add_argument("--json", action="store_true")


def _shapes(options: argparse.Namespace, _settings: Settings) -> int:
    rows = trace(read_network(options.file))
    total = sum(row.params for row in rows)
    if options.json:
        names = ("name", "class_name", "output_shape", "params", "macs", "receptive_field")
        say(json.dumps({"layers": [{n: getattr(r, n) for n in names} for r in rows], "total_params": total}))
        return 0
    say(f"{'layer':24}{'output shape':>18}{'parameters':>14}{'multiply-adds':>16}{'receptive field':>18}")
    for row in rows:
        shape, field = describe_shape(row.output_shape), describe_pair(row.receptive_field)
        say(f"{row.name:24}{shape:>18}{row.params:>14,}{row.macs:>16,}{field:>18}")
    say(f"{'total':24}{'':18}{total:>14,}{sum(row.macs for row in rows):>16,}")
    return 0


SHAPES = Command("shapes", "print the trace of a network", _options, _shapes)
