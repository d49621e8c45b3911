"""What every command does alike: be one of the command line, read a file, refuse in one sentence, print."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal

ORDER_HELP = "the classes in the order of their numbers, such as dogs,cats; default: as Keras sorts them"


class CommandError(Refusal):
    """Say in one sentence what is wrong with what was asked for."""


@dataclass(frozen=True)
class Command:
    """Hold one command: its name, what it is for, what adds its options, and what does it and returns the exit code."""

    name: str
    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Settings], int]


def add_class_order(parser: argparse.ArgumentParser) -> None:
    """Add the option that numbers the classes in another order."""
    parser.add_argument("--class-order", metavar="NAMES", help=ORDER_HELP)


def class_order(options: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the classes in the order that was asked for, None if none was."""
    if options.class_order is None:
        return None
    return tuple(name.strip() for name in options.class_order.split(","))


def read(path: Path) -> bytes:
    """Return what a file holds; raise `CommandError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def read_network(path: Path | None) -> Network:
    """Return the network of a JSON file, the post's without one; raise `NetworkFormatError` if it is none."""
    return Network.seed() if path is None else Network.from_json(read(path), str(path))


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)
