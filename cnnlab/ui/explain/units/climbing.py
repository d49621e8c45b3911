"""Climb towards the picture that a unit answers most, and draw all channels of a layer so on one sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.explain.ascent import BOUNDS, PLACES, Ascent, suited
from cnnlab.core.words.numbers import two_digits
from cnnlab.processes.explain.units import Frame, Sheet, maximise, maximise_all
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.units.notebook_view import notebook_button, notebook_view
from cnnlab.ui.explain.units.sheets import npz_button, tiles
from cnnlab.ui.explain.units.unit import Unit
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.work import Step, Steps, Works, awaited, begin
from cnnlab.ui.session import services
from cnnlab.ui.session.sent import chosen, number
from cnnlab.viz.explain.climb import climb_facts
from cnnlab.viz.html import heading, notice, paragraph, quiet, together

PLACE_WORDS = {"mean": "the mean of its map", "centre": "the place in the middle"}
MOST_KEPT = 48 << 20  # bytes of climbs and sheets, those of a few dozen visitors
CONTROLS: dict[str, tuple[str, str]] = {
    "steps": ("Steps", ""),
    "rate": ("Rate", "How far one step goes, as a share of the range of pixels."),
    "jitter": ("Jitter, in pixels", "The picture is moved by up to so much before each step, and back after it."),
    "blur_every": ("Blur every so many steps, 0: never", ""),
    "l2": ("L2", "Pulls every pixel towards the middle grey."),
    "variation": ("Total variation", "Pulls every pixel towards its neighbours."),
    "seed": ("Seed of the start", ""),
}
_CLIMB = component("climb", "climb/entry.js", html="climb/climb.html", styles=["climb/climb.css"])


@dataclass(frozen=True, eq=False)
class Climbed:
    """Hold the frames of a climb that is over."""

    frames: tuple[Frame, ...]

    @property
    def curve(self) -> list[float]:
        """Return what the unit answered after each step from 0 on."""
        return [value for frame in self.frames for value in frame.curve]


CLIMBS: Works[Climbed] = Works(MOST_KEPT, lambda done: sum(frame.picture.nbytes + 500 for frame in done.frames))
SHEETS: Works[Sheet] = Works(MOST_KEPT, lambda sheet: sheet.pictures.nbytes + 1000)


def climb_view(subject: Subject, unit: Unit, known: float | None) -> None:
    """Draw the climb of one unit; `known` is the largest answer of real pictures, None where nobody has looked."""
    show_html(
        heading("The picture that it answers most"),
        paragraph(
            "From noise around the middle grey, each step goes where the unit answers more, as far as pixels can go."
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="climb_controls"):
        ascent = _settings(subject, unit)
        sheet_key = f"{subject.key} {unit.row} {ascent}"
        climb_key = f"{sheet_key} {unit.channel}"
        one, all_of_them = _climb(subject, unit, ascent), _climb_all(subject, unit, ascent)
        st.button("Climb", type="primary", key="climb_start", on_click=lambda: begin(CLIMBS, climb_key, one))
        every = f"All {unit.channels:,} {unit.plural}" if unit.channels > 1 else "On a sheet"
        st.button(every, key="sheet_start", on_click=lambda: begin(SHEETS, sheet_key, all_of_them))
        notebook_button(subject, unit)
    if (done := awaited(CLIMBS, climb_key, "climb")) is not None:
        _show(unit, done, ascent, known)
    if (sheet := awaited(SHEETS, sheet_key, "sheet")) is not None:
        _show_sheet(subject, unit, sheet)
    notebook_view(subject, unit)


def _settings(subject: Subject, unit: Unit) -> Ascent:
    """Draw the settings of the climb, and return them; each layer begins with those that suit what it sees."""
    first = suited(subject.graph.fields[unit.row])
    with st.popover("Settings", key="climb_settings"):
        for name, (label, said) in CONTROLS.items():
            kind, least, most = BOUNDS[name]
            step = 1 if kind is int else 0.01
            st.number_input(
                label,
                kind(max(least, 1) if name == "steps" else least),
                kind(most),
                kind(getattr(first, name)),
                step,
                key=f"climb_{name}_{unit.row}",
                help=said or None,
                persist_state="session",
            )
        st.segmented_control(
            "Its answer is",
            PLACES,
            default=first.place,
            key=f"climb_place_{unit.row}",
            format_func=PLACE_WORDS.__getitem__,
            required=True,
            persist_state="session",
        )
    taken: dict[str, Any] = {"place": chosen(f"climb_place_{unit.row}", PLACES, first.place)}
    for name in CONTROLS:
        kind, least, most = BOUNDS[name]
        taken[name] = kind(number(st.session_state.get(f"climb_{name}_{unit.row}"), least, most, getattr(first, name)))
    return Ascent(**taken)


def _climb(subject: Subject, unit: Unit, ascent: Ascent) -> Steps[Climbed]:
    """Return what climbs; it runs in a thread."""
    inside = services.inference()

    def steps() -> Iterator[Step | Climbed]:
        frames = []
        for frame in maximise(inside, subject, unit.row, unit.channel, ascent):
            frames.append(frame)
            yield Step(frame.steps / ascent.steps, f"Climbing: step {frame.steps} of {ascent.steps}…")
        yield Climbed(tuple(frames))

    return steps


def _climb_all(subject: Subject, unit: Unit, ascent: Ascent) -> Steps[Sheet]:
    """Return what climbs for every channel of a layer; it runs in a thread."""
    inside = services.inference()

    def steps() -> Iterator[Step | Sheet]:
        for sheet in maximise_all(inside, subject, unit.row, ascent):
            yield Step(sheet.share, f"Climbing: {len(sheet.channels)} of {unit.channels} {unit.plural} are done…")
        yield sheet

    return steps


def _show(unit: Unit, done: Climbed, ascent: Ascent, known: float | None) -> None:
    last = done.frames[-1]
    if last.silent:
        show_html(
            notice(
                f"{unit.name.capitalize()} answers 0 to everything on the way, so there is nothing that it likes: it "
                "may be dead."
            )
        )
        return
    frames = done.frames
    comparable = known if ascent.place == "centre" else None
    facts = climb_facts(
        unit.name.replace(" ", "_"),
        unit.name,
        [frame.picture for frame in frames],
        [frame.steps for frame in frames],
        done.curve,
        comparable,
        _words(unit, frames, ascent, known),
    )
    _CLIMB("climb", pack(*facts))


def _words(unit: Unit, frames: Sequence[Frame], ascent: Ascent, known: float | None) -> str:
    """Say what the number is, how far the picture uses its range, and what real pictures reach."""
    what = f"The number is {PLACE_WORDS[ascent.place]}; it" if unit.has_map else "It"
    first, last = frames[0], frames[-1].picture
    words = f"{what} began with {two_digits(first.activation)}. The last picture holds {last.min()} to {last.max()}."
    if known is None:
        return words
    words += f" The largest answer to a picture of the data is {two_digits(known)}"
    if ascent.place == "centre":
        return f"{words} (dashed)."
    return f"{words}, at one place: in the settings, let its answer be the place in the middle to compare."


def _show_sheet(subject: Subject, unit: Unit, sheet: Sheet) -> None:
    """Draw what all channels of the layer answer most; a silent one is said to be silent."""
    name = subject.rows[unit.row].name
    captions = [
        f"{channel}: {'silent' if silent else two_digits(float(answer))}"
        for channel, answer, silent in zip(sheet.channels, sheet.activations, sheet.silent, strict=True)
    ]
    show_html(heading(f"All {unit.plural} of {name}"), tiles(sheet.pictures, captions))
    made_by = {"channels": np.array(sheet.channels), "pictures": sheet.pictures, "answers": sheet.activations}
    npz_button("These pictures (npz)", f"{name}_channels", made_by)
    silent = int(sheet.silent.sum())
    if silent:
        show_html(
            quiet(together(f"{silent} of {len(sheet.channels)} {unit.plural} are silent: they answer 0 all the way."))
        )
