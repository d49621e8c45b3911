"""Draw the architecture page's moving part in one component: strip, total, controls, shape table, history.

One element instead of a dozen: each costs the server about a millisecond at every move of a control.
"""

import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.shapes import InvalidNetwork, Row
from cnnlab.ui.controls import controls_data, sent_values
from cnnlab.ui.frame import source, strip_data
from cnnlab.ui.network_controls import apply_values, network_groups
from cnnlab.ui.state import Shared, shared, traced
from cnnlab.viz.shape_table import shape_table

KEY = "network_lab"

# In the light DOM, so that the table is a table of the page for a screen reader and for a search in the page.
_LAB = st.components.v2.component(
    KEY,
    html=source("lab.html"),
    css=source("strip.css", "controls.css", "lab.css"),
    js=source("strip.js", "controls.js", "lab_entry.js"),
    isolate_styles=False,
)


@st.fragment
def architecture() -> None:
    """Draw the network and take what the visitor does to it; a moving control redraws this and nothing else."""
    mine = shared()
    groups = network_groups(mine.network)
    rows, problem = traced(mine.network)
    data = {
        "strip": strip_data(mine.network, mine.selected_layer),
        "total": _total(rows, problem),
        "controls": controls_data(groups, mine.version),
        "table": shape_table(mine.network, rows, problem, mine.rows_before, mine.selected_layer),
        "history": _possible(mine),
    }
    _LAB(
        key=KEY,
        data=[data],
        on_picked_change=lambda: mine.select(_sent("picked")),
        on_values_change=lambda: apply_values(mine, sent_values(_sent("values"), groups)),
        on_history_change=lambda: _go(mine, _sent("history")),
    )


def _sent(name: str) -> object:
    return st.session_state[KEY].get(name)


def _total(rows: tuple[Row, ...], problem: InvalidNetwork | None) -> dict[str, object]:
    """Return the total, or where the network ends, in the same height: a control must not move under the hand."""
    if problem is not None:
        return {"number": "impossible", "said": f"{problem.layer_name} has no output", "wrong": True}
    total = sum(row.params for row in rows)
    said = f"parameters in {len(rows)} layers, {4 * total / 2**20:,.2f} MiB as float32"
    return {"number": f"{total:,}", "said": said, "wrong": False}


def _possible(mine: Shared) -> list[str]:
    """Return which steps through the history can be taken."""
    steps = {"undo": mine.past, "redo": mine.future, "reset": mine.network != Network.seed()}
    return [name for name, can in steps.items() if can]


def _go(mine: Shared, step: object) -> None:
    if step == "undo":
        mine.undo()
    elif step == "redo":
        mine.redo()
    elif step == "reset":
        mine.change_network(Network.seed())
