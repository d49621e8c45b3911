"""Lay runs over one another, and put what differs in their settings first."""

import streamlit as st

from cnnlab.core.training.story import Story
from cnnlab.core.trunks.rows import Counts, counts, rows_of
from cnnlab.core.trunks.trunk import TrunkError
from cnnlab.runs.judge.compare import Row, differences, results, told_by_difference
from cnnlab.runs.record import ACTIVE, Run, State
from cnnlab.runs.store.recorded import recorded
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.session import services
from cnnlab.ui.session.keys import COMPARED, LOG_LOSS
from cnnlab.ui.training.run.names import run_labels
from cnnlab.viz.html import Html, column_head, line, number_cell, quiet, table, tag
from cnnlab.viz.palette import RUN_COLORS
from cnnlab.viz.training.curves import compared_curves

MOST = 8


def compared_go_on() -> bool:
    """Tell whether any of the runs that this visitor has chosen to compare has not ended yet."""
    chosen = set(COMPARED.get())
    return any(run.id in chosen for run in services.store().in_state(State.QUEUED, *ACTIVE))


def compare_view(run: Run) -> None:
    """Draw the choice of runs, their curves over one another, and the table."""
    offered = {known.id: known for known in (*services.store().runs(200), recorded()) if not known.spec.range_test}
    labels = run_labels(list(offered.values()))
    chosen = [i for i in COMPARED.get() if i in offered]
    COMPARED.set((chosen if run.id in chosen else [run.id, *chosen])[:MOST])
    st.multiselect(
        "Runs",
        list(offered),
        key=COMPARED.name,
        format_func=lambda run_id: labels.get(run_id, run_id),
        max_selections=MOST,
        persist_state="session",
    )
    runs = [offered[i] for i in COMPARED.get() if i in offered]
    if len(runs) < 2:
        show_html(quiet("Choose another run to compare with."))
    told = [story_of(known) for known in runs]
    names = list(told_apart(told_by_difference(runs)).values())
    log_loss = LOG_LOSS.get()
    figure = compared_curves(
        [(n, e, r.spec.epochs) for n, e, r in zip(names, told, runs, strict=True)], log_loss=log_loss
    )
    with st.container(key="compared_curves"):
        plot(
            "compared_lines",
            figure,
            f"Validation and training curves of {', '.join(names)}; the table has the numbers.",
        )
    show_html(quiet("Strong lines are validation, faint ones training."))
    _table(names, differences([known.spec for known in runs]), results(runs, told, [_counted(known) for known in runs]))


def _counted(run: Run) -> Counts | None:
    """Return the parameters of a run's trunk, None if it has none or it is gone."""
    trunk = run.spec.trunk
    try:
        return None if trunk is None else counts(trunk, rows_of(trunk, services.settings().home))
    except TrunkError:
        return None


def story_of(run: Run) -> Story:
    """Return what a training has told; of one that has ended it is read once."""
    if run.finished is None:
        return services.runs().story(run.id)
    return _ended_story(run.id, run.finished)


@st.cache_data(max_entries=64, show_spinner=False)
def _ended_story(run_id: str, finished: float) -> Story:
    """Return the story of a run that has ended; it is read once for each end, not every second."""
    return services.runs().story(run_id)


def _table(names: list[str], differing: list[Row], came_out: list[Row]) -> None:
    colors = [f"border-bottom:3px solid {RUN_COLORS[i % len(RUN_COLORS)]}" for i in range(len(names))]
    heads = ("differs", *(column_head(name, style=color) for name, color in zip(names, colors, strict=True)))
    nothing = Row("settings", ("the same",) * len(names))
    lines = (*map(_line, differing or [nothing]), tag("tr", class_="rule"), *map(_line, came_out))
    with st.container(key="compare_table"):
        show_html(table("What differs between the runs, then what came out", heads, lines))


def _line(row: Row) -> Html:
    return line(row.name, *map(number_cell, row.values))
