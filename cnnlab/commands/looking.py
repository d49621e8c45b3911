"""What commands that look into a network do alike: take a picture and a network, a model or the shipped weights."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cnnlab.commands.refusing import CommandError, read, read_network
from cnnlab.core.pictures import Pixels, decode, prepare
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, Opened, RandomWeights, Subject, Weighted
from cnnlab.runs.store import trained


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the picture, the network and where to write."""
    parser.add_argument("--image", type=Path, required=True, metavar="FILE")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--model", type=Path, metavar="FILE", help="a .keras file; default: the shipped weights")
    source.add_argument("--network", type=Path, metavar="FILE", help="a network as JSON, with random weights")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


@contextmanager
def looking(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[Inside, Subject, Pixels]]:
    """Open what `add_source` named: whom to ask, about what, and the picture as it takes it, uint8.

    It says on stderr what weights these are. Raises a `Refusal` for what cannot be opened.
    """
    picture = decode(read(options.image), options.image.name, settings.max_pixels)
    with closing(Inside(settings)) as inside:
        subject, said = _subject(options, settings, inside)
        yield inside, subject, prepare(picture.pixels, *subject.input_shape)
        sys.stderr.writelines(f"{sentence}\n" for sentence in said)


def _subject(options: argparse.Namespace, settings: Settings, inside: Inside) -> tuple[Subject, tuple[str, ...]]:
    """Return a model of any form, a network with random weights, or the shipped one, and what is said of it."""
    if options.model:
        model = ModelImporter(settings, inside).open(read(options.model), options.model.name)
        return Opened(model, *model.rescaling), model.said
    if options.network is not None:
        said = "Random weights, seed 0: nothing has been learned."
        return Weighted(read_network(options.network), RandomWeights(0)), (said,)
    said = "The shipped weights: the network that everybody starts with, trained on silhouettes."
    return Weighted(trained.demo().network, FileWeights(trained.demo().path)), (said,)


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """Make the folder that `--out` names; raise `CommandError` where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        raise CommandError(f"{folder} cannot be written: {error.strerror}; name another --out.") from None
