"""Draw the architecture page's moving part: strip, controls and shape table, redrawn together at every move."""

from html import escape

import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.shapes import InvalidNetwork, Row, trace_until_problem
from cnnlab.ui import frame
from cnnlab.ui.controls import live_controls
from cnnlab.ui.network_controls import apply_values, network_groups
from cnnlab.ui.state import Shared, shared
from cnnlab.viz.shape_table import shape_table


@st.fragment
def architecture() -> None:
    """Draw strip, controls and table; a moving control redraws this and nothing else."""
    mine = shared()
    frame.network_strip()
    rows, problem = trace_until_problem(mine.network)
    left, right = st.columns([3, 8], gap="medium")
    with left:
        _total(rows, problem)
        live_controls(
            "network_controls",
            network_groups(mine.network),
            mine.version,
            lambda values: apply_values(mine, values),
        )
    with right:
        with st.container(key="shape_table"):
            st.html(shape_table(mine.network, rows, problem, mine.rows_before, mine.selected_layer))
        _history_buttons(mine)


def _total(rows: tuple[Row, ...], problem: InvalidNetwork | None) -> None:
    """Draw the total, or where the network ends, in the same height: a control must not move under the hand."""
    if problem is None:
        number = f"{sum(row.params for row in rows):,}"
        said = f"parameters in {len(rows)} layers, {4 * sum(row.params for row in rows) / 2**20:,.2f} MiB as float32"
    else:
        number, said = "impossible", f"{problem.layer_name} has no output"
    with st.container(key="network_total"):
        st.html(
            f'<div role="status"><div class="big-number{"" if problem is None else " wrong"}">{number}</div>'
            f'<div class="quiet">{escape(said)}</div></div>'
        )


def _history_buttons(mine: Shared) -> None:
    with st.container(horizontal=True, key="network_history"):
        st.button("Undo", on_click=mine.undo, disabled=not mine.past)
        st.button("Redo", on_click=mine.redo, disabled=not mine.future)
        st.button(
            "The post's network",
            on_click=lambda: mine.change_network(Network.seed()),
            disabled=mine.network == Network.seed(),
        )
