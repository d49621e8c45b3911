"""Run CNN Lab from the command line: `cnnlab run | shapes | train | features | explain | check-data | recover`."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from cnnlab.commands.check_data import CHECK_DATA
from cnnlab.commands.check_lesson import CHECK_LESSON
from cnnlab.commands.explain import EXPLAIN
from cnnlab.commands.features import FEATURES
from cnnlab.commands.recover import RECOVER
from cnnlab.commands.run import RUN
from cnnlab.commands.shapes import SHAPES
from cnnlab.commands.train import TRAIN
from cnnlab.commands.worksheet import WORKSHEET
from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal

COMMANDS = (RUN, SHAPES, TRAIN, FEATURES, EXPLAIN, CHECK_DATA, CHECK_LESSON, WORKSHEET, RECOVER)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the training failed, 2 refused with one sentence."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options, Settings.from_env())
    except Refusal as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="cnnlab", description="See every tensor of a convolutional neural network.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(command.name, help=command.help)
        command.add_options(added)
        added.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
