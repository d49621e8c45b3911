"""Show the patches of a data set that a channel answers most, least, and over its range."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from cnnlab.core.data.datasets import DataSet, DataSetError
from cnnlab.core.data.held import Measure
from cnnlab.core.explain.strongest import Kind, Peak, Ranking, StrongestError, convolutions, most_pictures, patch
from cnnlab.core.pictures import Pixels
from cnnlab.core.words import Refusal, plain
from cnnlab.core.words.numbers import two_digits
from cnnlab.processes.explain.strongest import Looked, strongest
from cnnlab.processes.subjects import Subject
from cnnlab.ui.data.current import loaded
from cnnlab.ui.data.reading import made_of
from cnnlab.ui.explain.units.unit import Unit
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.work import Step, Steps, Works, awaited, begin
from cnnlab.ui.session import services, shared
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.visitor import me
from cnnlab.viz.html import Html, bold, heading, notice, paragraph, quiet, tag
from cnnlab.viz.images import as_image, data_url, png

TRAINING, VALIDATION = "training", "validation"
WHERE = "patches_of"
ROWS: dict[Kind, str] = {
    "strongest": "The strongest",
    "spread": "Spread over the range, from the strongest to the weakest",
    "weakest": "The weakest",
}


def _bytes_of(ranking: Ranking) -> int:
    return sum(each.nbytes for layer in ranking.layers for each in (layer.values, layer.pictures, layer.rows)) * 2


RANKINGS: Works[Ranking] = Works(32 << 20, _bytes_of)


@dataclass(frozen=True)
class Pictures:
    """Name the pictures that are ranked: a part of a data set, or as much of it as can be."""

    data: DataSet
    part: str
    count: int

    def picture(self, i: int, measure: Measure, who: str) -> Pixels:
        """Return picture i as a network takes it, read for this visitor; raise `DataSetError`."""
        return made_of(self.data.train if self.part == TRAINING else self.data.validation, i, measure, who)

    def name(self, i: int) -> str:
        """Return what a picture is called."""
        return (self.data.train if self.part == TRAINING else self.data.validation).names[i]

    @property
    def fingerprint(self) -> str:
        """Return a text that changes whenever they do."""
        return f"{self.data.fingerprint} {self.part}"


def strongest_patches(subject: Subject, unit: Unit) -> float | None:
    """Draw the patches of one channel, once they are ranked; return its largest answer, None where it is not known."""
    show_html(heading("Its patches in real pictures"))
    try:
        rows = convolutions(subject.graph.nodes)
        if unit.row not in rows:
            show_html(quiet("Patches are ranked for the channels of convolutions; choose one of these layers."))
            return None
        pictures = _pictures(subject)
    except (DataSetError, StrongestError) as error:
        refuse(error)
        return None
    key = f"{subject.key} {pictures.fingerprint} {pictures.count}"
    ranking = awaited(RANKINGS, key, "patches")
    if ranking is None:
        _offer(subject, pictures, key)
        return None
    return _draw(subject, unit, pictures, ranking)


def _pictures(subject: Subject) -> Pictures:
    data = loaded(shared().data.reference)
    most = most_pictures(subject.graph.nodes)
    sizes = {TRAINING: len(data.train), VALIDATION: len(data.validation)}
    offered = [part for part, size in sizes.items() if size]
    part = st.segmented_control(
        f"Pictures of {plain(data.name)}",
        offered,
        default=offered[0],
        key=WHERE,
        format_func=lambda part: f"{part} ({min(most, sizes[part]):,})",
        required=True,
        persist_state="session",
    )
    part = chosen(WHERE, offered, offered[0])
    return Pictures(data, part, min(most, sizes[part]))


def _offer(subject: Subject, pictures: Pictures, key: str) -> None:
    """Draw the button that begins the ranking, unless it goes on."""
    work = RANKINGS.get(key)
    st.button(
        "Find the strongest patches",
        key="patches_start",
        disabled=work is not None and not work.standing.ended,
        on_click=lambda: begin(RANKINGS, key, _steps(subject, pictures, me())),
        help=f"The network looks at {pictures.count:,} pictures once, for all channels; whoever asks next has it at "
        "once.",
    )


def _steps(subject: Subject, pictures: Pictures, who: str) -> Steps[Ranking]:
    """Return what ranks; it runs in a thread, where no visitor can be asked for."""
    inside, folder = services.inference(), services.settings().strongest
    height, width, channels = subject.input_shape
    measure = Measure(height, width, channels)

    def steps() -> Iterator[Step | Ranking]:
        made = (pictures.picture(i, measure, who) for i in range(pictures.count))
        for each in strongest(inside, subject, made, pictures.count, pictures.fingerprint, folder):
            if isinstance(each, Looked):
                yield Step(each.done / each.of, f"Looking at picture {each.done:,} of {each.of:,}…")
            else:
                yield each

    return steps


def _draw(subject: Subject, unit: Unit, pictures: Pictures, ranking: Ranking) -> float | None:
    layer = ranking.layer(unit.row)
    if layer.silent[unit.channel]:
        show_html(notice(f"{unit.name.capitalize()} is silent for all {ranking.count:,} pictures: it may be dead."))
        return None
    shape, who = subject.input_shape, me()
    regions = subject.graph.fields[unit.row]
    measure, kept = Measure(*shape), {}

    def cut(peak: Peak) -> Html:
        if peak.picture not in kept:
            kept[peak.picture] = pictures.picture(peak.picture, measure, who)
        pixels, _ = patch(kept[peak.picture], regions, peak)
        return _tile(pixels, peak, pictures.name(peak.picture))

    try:
        for kind, title in ROWS.items():
            tiles = [cut(peak) for peak in layer.of(unit.channel, kind)]
            show_html(paragraph(bold(title)), tag("div", *tiles, class_="patches"))
    except (DataSetError, Refusal) as error:
        refuse(error)
    unseen = f" The whole picture is shown, for {regions}." if isinstance(regions, str) else ""
    show_html(
        quiet(
            f"Each is what the place of the largest answer sees of its picture, of {ranking.count:,} pictures; the "
            f"number is the answer of {unit.name}, before any activation that is a layer of its own.{unseen}"
        )
    )
    return float(layer.of(unit.channel, "strongest")[0].value)


def _tile(pixels: Pixels, peak: Peak, name: str) -> Html:
    where = f"{name}, seen from row {peak.row}, column {peak.column} of the map"
    image = tag("img", src=data_url(png(as_image(pixels)), "png"), alt=where, title=where)
    return tag("figure", image, tag("figcaption", two_digits(peak.value)))
