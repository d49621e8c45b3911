"""Take what a visitor asks of the shape table: more columns, the batch, a column to predict, an answer."""

from dataclasses import replace

from cnnlab.core.network import Network
from cnnlab.core.teach.predict import ASKED, MOST_CHARACTERS, judge
from cnnlab.ui.session import Shared, traced
from cnnlab.ui.session.sent import place
from cnnlab.viz.network.shape_table import TableView

MOST_PICTURES = 1024
BATCHES = ("", "None", "size")


def view_data(mine: Shared, problem: bool) -> dict[str, object]:
    """Return what the browser needs to draw the tools of the table."""
    view = mine.view
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
        "said": mine.last_verdict,
    }


def hides(mine: Shared) -> bool:
    """Tell whether a column of numbers waits for predictions."""
    return mine.view.is_hidden(mine.view.asked)


def change_view(mine: Shared, sent: object) -> None:
    """Take one wish over; a client can send anything, so what is unknown changes nothing."""
    if not isinstance(sent, dict):
        return
    view = mine.view
    if isinstance(sent.get("every_number"), bool):
        view = replace(view, every_number=sent["every_number"])
    size = sent.get("batch_size")
    if isinstance(size, int) and not isinstance(size, bool) and 1 <= size <= MOST_PICTURES:
        view = replace(view, batch_size=size, batch=str(size) if view.batch.isdigit() else view.batch)
    if sent.get("batch") in BATCHES:
        view = replace(view, batch=str(view.batch_size) if sent["batch"] == "size" else sent["batch"])
    if sent.get("asked") in ("", *ASKED):
        view = replace(view, asked=sent["asked"], verdicts={}, revealed=False)
        mine.last_verdict = ""
    if sent.get("revealed") is True:
        view = replace(view, revealed=True)
    mine.view = view


def answer(mine: Shared, sent: object) -> None:
    """Judge one prediction."""
    if not isinstance(sent, dict) or not hides(mine):
        return
    rows, text = traced(mine.network)[0], sent.get("text")
    index = place(sent.get("index"), len(rows))
    if index is not None and isinstance(text, str):
        mine.view = _judged(mine, mine.network, index, text[: MOST_CHARACTERS + 1])


def _judged(mine: Shared, network: Network, index: int, text: str) -> TableView:
    view, rows = mine.view, traced(network)[0]
    verdicts = dict(view.verdicts)
    verdicts.pop(index, None)
    mine.last_verdict = ""
    if text.strip():
        verdicts[index] = judge(network, rows, index, view.asked, text)
        mine.last_verdict = f"{rows[index].name}: {verdicts[index].message}"
    return replace(view, verdicts=verdicts)
