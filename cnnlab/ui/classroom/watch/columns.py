"""Say what the columns of the teacher's table are: how each is headed, drawn and sorted, and which rows are wanted."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.classroom.record.work import State
from cnnlab.classroom.table import Cell, Row
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.core.lessons import Ask
from cnnlab.ui.classroom.watch.scores import Score
from cnnlab.ui.parts.pages import TITLES
from cnnlab.viz.html import NOTHING, Html, aside, button, line_head, number_cell, tag, together

LONGEST_SHOWN = 28  # characters of an answer in a cell
AWAY = 90.0  # seconds without a sign of life after which somebody counts as away
SAID = {
    State.DRAFT: "draft",
    State.VALIDATED: "validated",
    State.SUBMITTED: "handed in",
    State.RETURNED: "given back",
}


@dataclass(frozen=True)
class Column:
    """Hold a column: its head, what the head says whole, how a row is drawn in it, and by what rows are sorted."""

    head: str
    says: str
    cell: Callable[[Row], Html]
    order: Callable[[Row], Any]


@dataclass(frozen=True)
class Wanted:
    """Hold which rows are wanted, by which column sorted, and whether the largest stand first."""

    text: str = ""
    state: State | None = None
    wrong_at: At | None = None
    column: int = 0
    falling: bool = False


@dataclass(frozen=True)
class Class:
    """Hold what the columns are made from: the newest version, the questions under way, scores by run, Unix seconds."""

    exercise: Exercise
    version: int
    withheld: Collection[At]
    scores: Mapping[str, Score]
    now: float


def columns_of(told: Class) -> tuple[Column, ...]:
    """Return the columns of an exercise: who, where, state, each question, attempts, goals, trainings, time, points."""
    goals = len(told.exercise.goals)
    return (
        Column("Who", "The name that the student chose", _who, lambda row: row.student.name.casefold()),
        Column("Where", "The page and the step", lambda row: _where(row, told), _progress),
        Column(
            "State",
            "How far the work has come",
            lambda row: _state(row, told),
            lambda row: list(State).index(row.state),
        ),
        *(_question(at, ask, told) for at, ask in told.exercise.asks.items()),
        Column("Attempts", "Answers given, and slips among them", _attempts, lambda row: (row.attempts, row.slips)),
        *([_goals(goals)] if goals else []),
        Column(
            "Trainings", "Best validation accuracy", lambda row: _trainings(row, told), lambda row: _best(row, told)
        ),
        Column("Time", "Minutes of work", _time, lambda row: row.seconds),
        Column("Points", f"Of {told.exercise.max_points:g}", _points, _score),
    )


def rows_wanted(rows: Sequence[Row], columns: Sequence[Column], wanted: Wanted) -> list[Row]:
    """Return the rows that are wanted, sorted; equal ones stay in the order in which the students began."""
    text = wanted.text.casefold()
    found = [
        row
        for row in rows
        if text in row.student.name.casefold()
        and wanted.state in (None, row.state)
        and (wanted.wrong_at is None or _is_wrong(row, wanted.wrong_at))
    ]
    # Python's own reverse keeps equal rows in their order too.
    return sorted(found, key=columns[wanted.column].order, reverse=wanted.falling)


def shown_answer(ask: Ask, given: str) -> str:
    """Return an answer in words: that of a choice is kept as its place."""
    if ask.choices and given.isascii() and given.isdecimal() and len(given) < 4 and int(given) < len(ask.choices):
        return ask.choices[int(given)].text
    return given


def cut(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return a text in at most so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def label_of(at: At) -> str:
    """Return how a question is named: step and question, counted from 1."""
    return f"{at[0] + 1}.{at[1] + 1}"


def minutes(seconds: float) -> str:
    """Return a time of work in words."""
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def _is_wrong(row: Row, at: At) -> bool:
    return at in row.cells and row.cells[at].right is False


def _who(row: Row) -> Html:
    return line_head(button(row.student.name, data_open=row.student.id, data_focus=row.student.id))


def _where(row: Row, told: Class) -> Html:
    page = TITLES.get(row.standing.page, "")
    step = "" if row.standing.step is None else f"step {row.standing.step + 1}"
    said = ", ".join(filter(None, (page, step))) or "begun"
    idle = told.now - row.touched
    return tag("td", said, aside(f" · {minutes(idle)} ago") if idle > AWAY else NOTHING)


def _progress(row: Row) -> tuple[int, str]:
    return (-1 if row.standing.step is None else row.standing.step, row.standing.page)


def _state(row: Row, told: Class) -> Html:
    times = f" ×{row.handed_in}" if row.handed_in > 1 else ""
    old = aside(f" version {row.version}") if row.version != told.version else NOTHING
    return tag("td", f"{SAID[row.state]}{times}", old)


def _question(at: At, ask: Ask, told: Class) -> Column:
    return Column(
        label_of(at),
        ask.question,
        lambda row: _answer(row.cells.get(at), ask, label_of(at), at in told.withheld),
        _by(at),
    )


def _by(at: At) -> Callable[[Row], tuple[int, str]]:
    """Sort by a question: wrong ones first, then those that nobody judges, right ones, and none at all."""

    def order(row: Row) -> tuple[int, str]:
        cell = row.cells.get(at)
        if cell is None:
            return 3, ""
        return (1 if cell.right is None else 2 if cell.right else 0), cell.given

    return order


def _answer(cell: Cell | None, ask: Ask, label: str, withheld: bool) -> Html:
    if cell is None:
        return tag("td", "–", class_="nothing")
    # The table may stand on the projector while the class is asked.
    if withheld:
        return tag("td", "committed", class_="committed")
    given = shown_answer(ask, cell.given)
    mark, css, worth = {
        True: ("✓ ", "right", "right"),
        False: ("✗ ", "wrong", "wrong"),
        None: ("", None, "not judged"),
    }[cell.right]
    tried = aside(f" ×{cell.attempts}") if cell.attempts > 1 else NOTHING
    said = tag("span", f"{worth}: ", class_="said")
    slip, focus = (cell.slip, "0") if cell.slip or len(given) > LONGEST_SHOWN else (None, None)
    told = f"{label}: {cut(given, 300)}{f'. {cell.slip}' if cell.slip else ''}" if focus else None
    body = together(tag("span", mark, aria_hidden="true"), said, cut(given))
    css = " ".join(filter(None, (css, "slipped" if slip else None))) or None
    return tag("td", body, tried, class_=css, tabindex=focus, data_says=told)


def _attempts(row: Row) -> Html:
    slips = aside(f", {row.slips} slip{'' if row.slips == 1 else 's'}") if row.slips else NOTHING
    return number_cell(row.attempts, slips)


def _goals(count: int) -> Column:
    return Column(
        "Goals", "Goals reached", lambda row: number_cell(f"{len(row.goals)} of {count}"), lambda row: len(row.goals)
    )


def _trainings(row: Row, told: Class) -> Html:
    known = [told.scores.get(run) for run in row.trainings if run]
    texts = [score.text for score in known if score is not None]
    return tag("td", ", ".join(texts) or "–", class_=None if texts else "nothing")


def _best(row: Row, told: Class) -> float:
    return max((told.scores[run].value for run in row.trainings if run in told.scores), default=-1.0)


def _time(row: Row) -> Html:
    return number_cell(minutes(row.seconds))


def _points(row: Row) -> Html:
    if row.points is not None:
        return number_cell(f"{row.points:g}")
    return number_cell("–" if row.proposed is None else aside(f"{row.proposed:g} proposed"))


def _score(row: Row) -> float:
    return row.points if row.points is not None else -1.0 if row.proposed is None else row.proposed
