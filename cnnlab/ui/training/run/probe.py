"""Show the followed picture through a training: its maps, filters and the output at every moment kept."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words.numbers import probability
from cnnlab.runs.record import Run, RunError
from cnnlab.runs.record.findings import frame_path, frames, read_frame
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.services import runs
from cnnlab.viz.html import bold, quiet
from cnnlab.viz.inside.sprites import sprite_sheet

COLUMNS = 16
KERNEL = "kernel"
MOST_LINES = 10
Moment = tuple[int, int]
"""An epoch and a batch of it, 0 for its end; epoch 0 is before training."""
Facts = Mapping[str, Any]

_PROBE = component("probe", "run/probe.js", html="run/probe.html", styles=["run/probe.css"])


def probe_view(run: Run, classes: tuple[str, ...]) -> None:
    """Draw the slider over the moments, or why there is none."""
    known = kept_moments(run, "picture", "Follow my picture")
    if not known:
        return
    shown = map_layers(run, known)
    if next(iter(known.values()))["limits"].get(KERNEL) is not None:
        note = "One column a filter, one row an input channel: red, green, blue for a colour picture."
        shown.append({"key": KERNEL, "title": "filters of the first convolution", "note": note})
    scrubber(run, known, shown, lambda _, fact: said_of(fact["output"], classes))


def kept_moments(run: Run, what: str, switch: str) -> dict[Moment, Facts]:
    """Return what is said of each moment kept; where there is none, say why and which switch keeps them."""
    folder = runs().folder(run.id) / "probe"
    known = {moment: fact for moment in frames(folder) if (fact := _facts(str(folder), *moment)) is not None}
    layers = len(run.spec.network.layers)
    known = {moment: fact for moment, fact in known.items() if all(0 <= i < layers for i in fact["kept"])}
    if not known:
        later = "It appears with the first batches." if not run.is_terminal else f"This run followed no {what}."
        show_html(quiet(f"{later} Switch on ", bold(switch), " in ", bold("More settings"), "."))
    return known


def map_layers(run: Run, known: Mapping[Moment, Facts]) -> list[dict[str, Any]]:
    """Return what the choice of layers says of each that has maps."""
    rows, kept = trace(run.spec.network), next(iter(known.values()))["kept"]
    return [
        {
            "key": str(i),
            "title": f"{rows[i].name}, {describe_shape(rows[i].output_shape)}",
            "note": _note(kept[i], rows[i].output_shape[-1], rank=run.spec.network.rank),
        }
        for i in kept
    ]


def scrubber(
    run: Run,
    known: Mapping[Moment, Facts],
    layers: Sequence[Mapping[str, Any]],
    said: Callable[[Moment, Facts], str],
    *,
    line: bool = True,
) -> None:
    """Draw the slider over the moments of some layers; `said` stands beside each, and `line` draws the output."""
    moments = [
        {
            "key": f"{epoch}-{batch}",
            "label": _label(epoch, batch),
            "said": said((epoch, batch), fact),
            "output": fact["output"],
            "limits": fact["limits"],
        }
        for (epoch, batch), fact in known.items()
    ]
    outputs = len(moments[0]["output"])
    data = {
        "run": run.id,
        "base": address("runs", run.id, "probe"),
        "layers": layers,
        "layer": layers[0]["key"] if layers else "",
        "frames": moments,
        "shown": outputs if line and outputs <= MOST_LINES else 0,
    }
    if layers:
        _PROBE("probe_scrubber", [data])


@st.cache_data(max_entries=4000, show_spinner=False)
def _facts(folder: str, epoch: int, batch: int) -> Facts | None:
    """Return what is said of one moment, None if its file is damaged; a frame never changes once it is there."""
    try:
        frame = read_frame(frame_path(Path(folder), epoch, batch))
    except ValueError:
        return None
    limits: dict[str, float] = {str(i): float(f"{limit:.2g}") for i, limit in frame.limits.items()}
    if frame.kernel is not None:
        limits[KERNEL] = float(f"{np.abs(frame.kernel).max():.2g}")
    kept = {i: maps.shape[2] for i, maps in frame.maps.items()}
    return {"limits": limits, "kept": kept, "output": [round(float(v), 4) for v in frame.output[:10]]}


def _note(kept: int, channels: int, *, rank: int) -> str:
    every = "Blue is above zero, brown below; the scale is that of this layer at this moment."
    if rank == 1:
        every = f"One row a channel, one column a place along the sequence. {every}"
    return every if kept == channels else f"The first {kept} of {channels} channels. {every}"


def _label(epoch: int, batch: int) -> str:
    if epoch == 0:
        return "before training"
    return f"batch {batch} of epoch 1" if batch else f"epoch {epoch}"


def said_of(output: list[float], classes: tuple[str, ...]) -> str:
    """Return the answer in words, with its probability."""
    if len(output) == 1 and len(classes) == 2:
        return f"output for {classes[1]}: {probability(output[0])}"
    if len(output) == len(classes):
        best = int(np.argmax(output))
        return f"{classes[best]}: {probability(output[best])}"
    return ""


def probe_png(run_id: str, layer: str, moment: str) -> bytes:
    """Return one layer's maps at a moment, "epoch-batch", as PNG; raise `RunError` or ValueError for anything else."""
    epoch, batch = (int(part) for part in moment.split("-"))
    path = frame_path(runs().folder(run_id) / "probe", epoch, batch)
    try:
        frame = read_frame(path)
        if layer == KERNEL and frame.kernel is not None:
            height, width, inputs, filters = frame.kernel.shape
            maps = frame.kernel.reshape(height, width, inputs * filters)
            return sprite_sheet(maps, float(np.abs(maps).max()), filters)
        maps = frame.values(int(layer))
        if runs().get(run_id).spec.network.rank == 1:
            maps = maps[0].T[:, :, None]  # one picture: a row a channel
        return sprite_sheet(maps, frame.limits[int(layer)], COLUMNS)
    except (OSError, KeyError) as error:
        raise RunError("There is no such moment.") from error
