"""The command `features`: the maps of a picture as files."""

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.commands.looking import add_source, looking, writing
from cnnlab.commands.refusing import Command, say
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.settings import Settings
from cnnlab.viz.inside.sprites import as_maps, sprite_sheet, statistics

Layers = list[tuple[str, npt.NDArray[np.float32]]]


def _write(options: argparse.Namespace, settings: Settings) -> int:
    with looking(options, settings) as (inside, subject, pixels):
        outputs = inside.look(subject, pixels).outputs
    with writing(options.out) as folder:
        written = _write_layers(folder, [(row.name, maps) for row, maps in zip(subject.rows, outputs, strict=True)])
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


FEATURES = Command("features", "write the feature maps of a picture, one PNG a layer", add_source, _write)
