"""Show where a trained network is wrong: confusion, threshold, its surest mistakes, and whether it beats chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.data.held import Measure
from cnnlab.core.data.one_picture import stored_of
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.network.layers.kind import SEEN
from cnnlab.core.pictures import Preparation
from cnnlab.core.training.answers import (
    THRESHOLDS,
    Answers,
    at_thresholds,
    compared_with_chance,
    confusion,
    in_cell,
    most_confident_mistakes,
)
from cnnlab.core.training.rare import RareClass, rare_class, thresholds_along
from cnnlab.core.training.roc import corners, precision_recall, roc
from cnnlab.core.words.numbers import percent, probability
from cnnlab.runs.record import Run
from cnnlab.runs.record.findings import read_answers
from cnnlab.runs.store.trained import key_of
from cnnlab.ui.data.reading import held, read
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import go
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import shared
from cnnlab.ui.session.decoders import decimal, position, position_in_digits, row
from cnnlab.ui.session.services import runs
from cnnlab.viz.html import Html, notice, paragraph, quiet, tag
from cnnlab.viz.images import as_image, data_url, jpeg

THUMBNAIL = 96
SHOWN = 24


@dataclass(frozen=True)
class Cell:
    """Name a cell of the matrix, by the positions of both classes, at a threshold."""

    true: int
    given: int
    threshold: float


class ConfusionSends:
    """Declare what the matrix sends: the cell that was pressed."""

    picked = Message(row(Cell, position, position, decimal(0, 1)))


class PicturesSends:
    """Declare what the pictures send: the one that was pressed."""

    picked = Message(position_in_digits)


_CONFUSION = component(
    "confusion", "run/confusion.js", html="run/confusion.html", styles=["run/confusion.css"], sends=ConfusionSends
)
_PICTURES = component(
    "answered_pictures",
    "pictures/gallery.js",
    html=tag("div", class_="gallery", role="toolbar", aria_label="Pictures; press one to see its maps"),
    styles=["pictures/gallery.css"],
    sends=PicturesSends,
)


def evaluation_view(run: Run) -> None:
    """Draw the evaluation of a run on its validation split, or when there will be one."""
    answers = _answers(run.id, run.finished or 0.0)
    if answers is None:
        said = "It is evaluated when it ends." if not run.is_terminal else "It ended before it could be evaluated."
        show_html(quiet(said))
        return
    verdict = paragraph(compared_with_chance(answers).verdict)
    rare = rare_class(answers) if _curves(run.id, run.finished or 0.0) else None
    show_html(verdict if rare is None else _of_the_rare(run, answers, rare))
    cell = _matrix(run, answers, rare)
    if rare is not None:
        show_html(verdict)
    if len(answers.classes) == 2:
        show_html(
            quiet(
                "Each curve goes through every threshold; the dot is the one that is set, the dashed line is guessing. "
                "An area of 1 is perfect, guessing has 0.5 under ROC and the share of the class under precision-recall."
            )
        )
    if cell is None:
        threshold, chosen = 0.5, most_confident_mistakes(answers)
        title = f"Its {counted(len(chosen), 'mistake')}, the surest first" if chosen else "No mistakes"
    else:
        true, given, threshold = cell
        chosen = in_cell(answers, true, given, threshold)
        seen = counted(len(chosen), SEEN[run.spec.network.rank])
        title = f"{seen} of {answers.classes[true]} given {answers.classes[given]}"
    show_html(tag("h3", title, class_="small"))
    if chosen:
        _pictures(run, answers, _on_page(chosen, f"answered_page_{run.id}_{cell}"), threshold)


def _of_the_rare(run: Run, answers: Answers, rare: RareClass) -> Html:
    """Say what counts where one class of two is rare, and why accuracy does not."""
    curves = _curves(run.id, run.finished or 0.0) or {}
    name, usual = answers.classes[rare.position], answers.classes[1 - rare.position]
    area, chance = (probability(curves["pr"][of]) for of in ("area", "chance"))
    return notice(
        f"{name} is {percent(rare.share)} of these: whoever always says {usual} is right for "
        f"{percent(1 - rare.share)}, so accuracy means nothing here. Look at precision and recall of {name}: the area "
        f"under the curve is {area}, and guessing has {chance}."
    )


def _on_page(chosen: Sequence[int], key: str) -> Sequence[int]:
    """Return the pictures of the page that is turned to; draw the choice of one if there are several."""
    pages = -(-len(chosen) // SHOWN)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page of {pages:,}", 1, pages, key=key, width=160))
    return chosen[(page - 1) * SHOWN : page * SHOWN]


@st.cache_data(max_entries=32, show_spinner=False)
def _answers(run_id: str, finished: float) -> Answers | None:
    return read_answers(runs().folder(run_id) / "evaluation.json")


@st.cache_data(max_entries=32, show_spinner=False)
def _curves(run_id: str, finished: float) -> dict[str, dict[str, Any]] | None:
    """Return ROC and precision-recall curve for the browser, None for another number of classes than two.

    They are those of the second class, or of a rare one.
    """
    answers = _answers(run_id, finished)
    if answers is None:
        return None
    of = _judged(rare_class(answers))
    if (rates := roc(answers, of)) is None or (precision := precision_recall(answers, of)) is None:
        return None
    own, other = answers.classes[of], answers.classes[1 - of]
    found = f"recall of {own}"
    places = {"across": f"{other} given {own}", "up": found}, {"across": found, "up": f"precision of {own}"}
    drawn = ("roc", "ROC", rates, places[0]), ("pr", "Precision-recall", precision, places[1])
    return {
        key: {"name": name, "points": corners(c), "area": c.area, "chance": c.chance, "steps": key == "pr"} | place
        for key, name, c, place in drawn
    }


def _judged(rare: RareClass | None) -> int:
    """Return the class whose precision and recall are told: the second of two, or a rare one."""
    return 1 if rare is None else rare.position


def _matrix(run: Run, answers: Answers, rare: RareClass | None) -> tuple[int, int, float] | None:
    """Draw the matrix and return the cell (true, given, threshold) that was pressed last.

    Where a class is rare its precision-recall curve comes first, and accuracy last.
    """
    of = _judged(rare)
    if answers.has_threshold:
        thresholds = THRESHOLDS if rare is None else thresholds_along(answers, of)
        steps: list[dict[str, Any]] = [
            {
                "threshold": step.threshold,
                "counts": step.counts,
                "accuracy": step.accuracy,
                "precision": step.precision,
                "recall": step.recall,
            }
            for step in at_thresholds(answers, thresholds, of)
        ]
    else:
        counts = confusion(answers)
        accuracy = float(np.trace(counts)) / max(1, len(answers.labels))
        steps = [{"threshold": 0.5, "counts": counts.tolist(), "accuracy": accuracy}]
    cells: dict[str, tuple[int, int, float]] = st.session_state.setdefault("confusion_cells", {})

    def pick(cell: Cell) -> None:
        if max(cell.true, cell.given) < len(answers.classes):
            cells[run.id] = (cell.true, cell.given, cell.threshold)

    with st.container(key="confusion"):
        data = {
            "run": run.id,
            "classes": list(answers.classes),
            "steps": steps,
            "cell": cells.get(run.id),
            "curves": _curves(run.id, run.finished or 0.0),
            "of": of,
            "rare": rare is not None,
            "noun": SEEN[run.spec.network.rank],
        }
        _CONFUSION("confusion_matrix", [data], ConfusionSends.picked.to(pick))
    return cells.get(run.id)


def _pictures(run: Run, answers: Answers, chosen: Sequence[int], threshold: float) -> None:
    given, probabilities = answers.predicted(threshold), answers.probabilities()
    if run.spec.network.rank == 1:
        show_html(tag("ul", *(tag("li", _said(answers, given, probabilities, i)) for i in chosen)))
        return
    show_html(quiet("Press a picture to see what the network sees in it."))
    try:
        shown = [
            {
                "file": str(i),
                "truth": f"is {answers.classes[answers.labels[i]]}",
                "said": f"says {answers.classes[given[i]]}, {percent(float(probabilities[i, given[i]]), 0)}",
                "title": f"{answers.names[i]}, output for {answers.classes[given[i]]} "
                f"{probability(float(probabilities[i, given[i]]), 4)}",
                "alt": f"{answers.names[i]} is {answers.classes[answers.labels[i]]}, given {answers.classes[given[i]]}",
                "src": thumbnail(run.spec.data, answers.names[i]),
            }
            for i in chosen
        ]
    except DataSetError as error:
        show_html(quiet(error))
        return

    def open_maps(picked: int) -> None:
        if picked < len(answers.names):
            st.session_state["open_maps_of"] = picked

    with st.container(key="answered"):
        data = [{"pictures": shown, "chosen": "", "large": True}]
        _PICTURES("answered_pictures", data, PicturesSends.picked.to(open_maps))
    if (picked := st.session_state.pop("open_maps_of", None)) is not None:
        mine, name = shared(), answers.names[picked]
        truth = answers.classes[answers.labels[picked]]
        mine.picture = mine.picture.chosen(held(lambda: stored_of(run.spec.data, name), name), truth=truth)
        look_with(key_of(run))
        go("feature_maps")


def _said(answers: Answers, given: np.ndarray, probabilities: np.ndarray, i: int) -> str:
    """Say of one sequence what it is and what the network gives."""
    sure = percent(float(probabilities[i, given[i]]), 0)
    truth, said = answers.classes[answers.labels[i]], answers.classes[given[i]]
    return f"{answers.names[i]} is {truth}; the network says {said}, {sure}"


@st.cache_data(max_entries=2000, show_spinner=False)
def thumbnail(reference: str, name: str) -> str:
    """Return a picture of a data set, small, as a data URL; raise `DataSetError` if it is not there."""
    measure = Measure(THUMBNAIL, THUMBNAIL, how=Preparation(interpolation="bicubic"))
    small = as_image(read(lambda: stored_of(reference, name), name, [measure]).prepared[0])
    return data_url(jpeg(small), "jpeg")
