"""The command `features`: the maps of a picture as files."""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.commands.refusing import Command, CommandError, read, read_network, say
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.pictures import Picture, decode, prepare
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, Opened, RandomWeights, Subject, Weighted, Weights
from cnnlab.runs.store import trained
from cnnlab.viz.inside.sprites import as_maps, sprite_sheet, statistics

Layers = list[tuple[str, npt.NDArray[np.float32]]]


def _options(features: argparse.ArgumentParser) -> None:
    features.add_argument("--image", type=Path, required=True, metavar="FILE")
    source = features.add_mutually_exclusive_group()
    source.add_argument("--model", type=Path, metavar="FILE", help="a .keras file; default: the shipped weights")
    source.add_argument("--network", type=Path, metavar="FILE", help="a network as JSON, with random weights")
    features.add_argument("--out", type=Path, required=True, metavar="DIR")


def _write(options: argparse.Namespace, settings: Settings) -> int:
    picture = decode(read(options.image), options.image.name, settings.max_pixels)
    layers = _model_layers(options.model, picture, settings) if options.model else _layers(options, picture, settings)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        written = _write_layers(options.out, layers)
    except OSError as error:
        raise CommandError(f"{options.out} cannot be written: {error.strerror}; name another --out.") from None
    say(f"{counted(written, 'layer')} written to {options.out}")
    return 0


def _write_layers(folder: Path, layers: Layers) -> int:
    """Write a sheet for each layer and `layers.json`, which tells of them; return how many layers there are."""
    entries = []
    for index, (name, values) in enumerate(layers):
        facts = statistics(values)
        file = f"{index:02}_{name.replace('/', '.')}.png"
        (folder / file).write_bytes(sprite_sheet(as_maps(values), facts.limit))
        entry = {"name": name, "shape": list(values.shape), "min": facts.minimum, "max": facts.maximum}
        entries.append(entry | {"zero_fraction": facts.zero_fraction, "file": file})
    (folder / "layers.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    return len(entries)


def _layers(options: argparse.Namespace, picture: Picture, settings: Settings) -> Layers:
    """Return each layer's name and output for the shipped network, or for a network file with random weights."""
    weights: Weights = FileWeights(trained.demo().path)
    network = trained.demo().network
    said = "The shipped weights: the network that everybody starts with, trained on silhouettes."
    if options.network is not None:
        network, weights = read_network(options.network), RandomWeights(0)
        said = "Random weights, seed 0: nothing has been learned."
    with closing(Inside(settings)) as inside:
        layers = _outputs(inside, Weighted(network, weights), picture)
    sys.stderr.write(f"{said}\n")
    return layers


def _model_layers(path: Path, picture: Picture, settings: Settings) -> Layers:
    """Return each layer's name and output for a model file, which may be anybody's and of any form."""
    with closing(Inside(settings)) as inside:
        model = ModelImporter(settings, inside).open(read(path), path.name)
        sys.stderr.writelines(f"{sentence}\n" for sentence in model.said)
        return _outputs(inside, Opened(model, *model.rescaling), picture)


def _outputs(inside: Inside, subject: Subject, picture: Picture) -> Layers:
    outputs = inside.look(subject, prepare(picture.pixels, *subject.input_shape)).outputs
    return [(row.name, values) for row, values in zip(subject.rows, outputs, strict=True)]


FEATURES = Command("features", "write the feature maps of a picture, one PNG a layer", _options, _write)
