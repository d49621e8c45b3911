"""Show the followed picture through a training: its maps, filters and the output at every moment kept."""

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

_PROBE = component("probe", "run/probe.js", html="run/probe.html", styles=["run/probe.css"])


def probe_view(run: Run, classes: tuple[str, ...]) -> None:
    """Draw the slider over the moments, or why there is none."""
    folder = runs().folder(run.id) / "probe"
    known = {moment: fact for moment in frames(folder) if (fact := _facts(str(folder), *moment)) is not None}
    rows = trace(run.spec.network)
    known = {moment: fact for moment, fact in known.items() if all(0 <= i < len(rows) for i in fact["kept"])}
    moments, facts = list(known), list(known.values())
    if not moments:
        later = "It appears with the first batches." if not run.is_terminal else "This run followed no picture."
        show_html(quiet(f"{later} Switch on ", bold("Follow my picture"), " in ", bold("More settings"), "."))
        return
    shown: list[dict[str, Any]] = [
        {
            "key": str(i),
            "title": f"{rows[i].name}, {describe_shape(rows[i].output_shape)}",
            "note": _note(facts[0]["kept"][i], rows[i].output_shape[2]),
        }
        for i in facts[0]["kept"]
    ]
    if facts[0]["limits"].get(KERNEL) is not None:
        note = "One column a filter, one row an input channel: red, green, blue for a colour picture."
        shown.append({"key": KERNEL, "title": "filters of the first convolution", "note": note})
    moments_shown = [
        {
            "key": f"{epoch}-{batch}",
            "label": _label(epoch, batch),
            "said": _said(fact["output"], classes),
            "output": fact["output"],
            "limits": fact["limits"],
        }
        for (epoch, batch), fact in zip(moments, facts, strict=True)
    ]
    data = {
        "run": run.id,
        "base": address("runs", run.id, "probe"),
        "layers": shown,
        "layer": shown[0]["key"] if shown else "",
        "frames": moments_shown,
        "shown": len(facts[0]["output"]) if len(facts[0]["output"]) <= 10 else 0,
    }
    if shown:
        _PROBE("probe_scrubber", [data])


@st.cache_data(max_entries=4000, show_spinner=False)
def _facts(folder: str, epoch: int, batch: int) -> dict[str, Any] | None:
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


def _note(kept: int, channels: int) -> str:
    every = "Blue is above zero, brown below; the scale is that of this layer at this moment."
    return every if kept == channels else f"The first {kept} of {channels} channels. {every}"


def _label(epoch: int, batch: int) -> str:
    if epoch == 0:
        return "before training"
    return f"batch {batch} of epoch 1" if batch else f"epoch {epoch}"


def _said(output: list[float], classes: tuple[str, ...]) -> str:
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
        return sprite_sheet(frame.values(int(layer)), frame.limits[int(layer)], COLUMNS)
    except (OSError, KeyError) as error:
        raise RunError("There is no such moment.") from error
