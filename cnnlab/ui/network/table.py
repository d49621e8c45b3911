"""Take what a visitor asks of the shape table: more columns, the batch, a column to predict, an answer."""

from dataclasses import dataclass, replace

from cnnlab.core.network import Network
from cnnlab.core.teach.predict import ASKED, MOST_CHARACTERS, judge
from cnnlab.ui.session import Shared, traced
from cnnlab.ui.session.choices import LabChoice
from cnnlab.ui.session.decoders import any_text, flag, position, record, whole, word
from cnnlab.ui.session.exercise import withheld
from cnnlab.viz.network.shape_table import TableView

MOST_PICTURES = 1024
BATCHES = ("", "None", "size")


@dataclass(frozen=True)
class Wish:
    """Hold what a visitor wants of the table; None for what shall stay."""

    every_number: bool | None = None
    batch: str | None = None
    batch_size: int | None = None
    asked: str | None = None
    revealed: bool | None = None


@dataclass(frozen=True)
class Prediction:
    """Hold what was typed for a layer's number."""

    index: int
    text: str


WISH = record(
    Wish,
    every_number=flag,
    batch=word(BATCHES),
    batch_size=whole(1, MOST_PICTURES),
    asked=word(("", *ASKED)),
    revealed=flag,
)
PREDICTION = record(Prediction, index=position, text=any_text(MOST_CHARACTERS + 1))


def view_data(mine: Shared, problem: bool) -> dict[str, object]:
    """Return what the browser needs to draw the tools of the table."""
    view = seen(mine)
    right = sum(verdict.right for verdict in view.verdicts.values())
    score = f"{right} of {len(mine.network.layers)} right" if view.asked and not problem else ""
    return {
        "every_number": view.every_number,
        "batch": "size" if view.batch.isdigit() else view.batch,
        "batch_size": view.batch_size,
        "asked": view.asked,
        "columns": [(key, asked.said) for key, asked in ASKED.items()],
        "hidden": hides(mine),
        "score": score,
        "said": mine.lab.verdict if view.asked == mine.lab.view.asked else "",
    }


def seen(mine: Shared) -> TableView:
    """Return how the visitor sees the table: as chosen, without what an exercise withholds."""
    # The number of multiply-adds is that of the places, times what everybody knows.
    hidden = (*withheld(), *(("macs",) if "shape" in withheld() else ()))
    view = replace(mine.lab.view, withheld=hidden)
    # What was said of a prediction before would tell the number, too.
    return replace(view, asked="", verdicts={}) if view.asked in hidden else view


def hides(mine: Shared) -> bool:
    """Tell whether a column of numbers waits for predictions, or is withheld."""
    return seen(mine).hides


def change_view(mine: Shared, wish: Wish) -> None:
    """Take a wish over."""
    view, verdict = mine.lab.view, mine.lab.verdict
    if wish.every_number is not None:
        view = replace(view, every_number=wish.every_number)
    if (size := wish.batch_size) is not None:
        view = replace(view, batch_size=size, batch=str(size) if view.batch.isdigit() else view.batch)
    if wish.batch is not None:
        view = replace(view, batch=str(view.batch_size) if wish.batch == "size" else wish.batch)
    if wish.asked is not None:
        view = replace(view, asked=wish.asked, verdicts={}, revealed=False)
        verdict = ""
    if wish.revealed:
        view = replace(view, revealed=True)
    mine.lab = mine.lab.with_view(view, verdict)


def answer(mine: Shared, prediction: Prediction) -> None:
    """Judge one prediction, while a column waits for some."""
    view = seen(mine)
    if view.is_hidden(view.asked) and prediction.index < len(traced(mine.network)[0]):
        mine.lab = _judged(mine.lab, mine.network, prediction.index, prediction.text)


def _judged(lab: LabChoice, network: Network, index: int, text: str) -> LabChoice:
    view, rows = lab.view, traced(network)[0]
    verdicts = dict(view.verdicts)
    verdicts.pop(index, None)
    said = ""
    if text.strip():
        verdicts[index] = judge(network, rows, index, view.asked, text)
        said = f"{rows[index].name}: {verdicts[index].message}"
    return lab.with_view(replace(view, verdicts=verdicts), said)
