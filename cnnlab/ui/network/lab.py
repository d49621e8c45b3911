"""Draw the architecture page's moving part in one component: strip, total, controls, shape table, history.

One element instead of a dozen: each costs the server about a millisecond at every move of a control.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import streamlit as st

from cnnlab.core.exchange.link import MOST_LAYERS, LinkError, decode
from cnnlab.core.network import Network
from cnnlab.core.network.edit import NEW, duplicated, inserted, moved, removed
from cnnlab.core.network.head import head_of, with_head
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import InvalidNetwork, Row, layer_names
from cnnlab.core.teach.network_doctor import Fix, fixes, remarks
from cnnlab.core.teach.post import post_differs
from cnnlab.ui.network.controls import apply_values, layer_groups, stage_groups
from cnnlab.ui.network.table import answer, change_view, hides, view_data
from cnnlab.ui.network.unit import take_unit, unit_data
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.controls import controls_data, sent_values
from cnnlab.ui.parts.frame import kept_data, link_text, strip_data, take_back
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import Shared, shared, traced
from cnnlab.ui.session.sent import part, place
from cnnlab.viz.network.diagram import closer_look, diagram
from cnnlab.viz.network.panels import doctor_panel, head_panel, layer_panel, post_panel, remarks_panel
from cnnlab.viz.network.shape_table import shape_table

KEY = "network_lab"
MOST_LOGIT = 8
EDITS: Mapping[str, Callable[[Network, int], Network]] = {
    "up": lambda network, index: moved(network, index, -1),
    "down": lambda network, index: moved(network, index, 1),
    "duplicate": duplicated,
    "remove": removed,
}

# In the light DOM, so that the table is a table of the page for a screen reader and for a search in the page.
_LAB = component(
    KEY,
    "lab/entry.js",
    html="lab/lab.html",
    styles=["frame/strip.css", "controls/controls.css", "lab/lab.css"],
    sends=[
        *("picked", "kept", "values", "history", "fix", "diagram", "unit_open", "unit"),
        *("editor", "edit", "preset", "view", "answer", "head", "logits"),
    ],
    isolate=False,
)


@st.fragment
def architecture() -> None:
    """Draw the network and take what the visitor does to it; a moving control redraws this and nothing else."""
    mine = shared()
    groups = layer_groups(mine.network) if mine.editor else stage_groups(mine.network)
    rows, problem = traced(mine.network)
    hidden = hides(mine)
    data = {
        "strip": strip_data(mine.network, mine.selected_layer, hide=hidden and mine.view.asked == "shape"),
        "total": _total(rows, problem, hidden and mine.view.asked == "params"),
        "controls": controls_data(groups, mine.version),
        "table": shape_table(mine.network, rows, problem, mine.rows_before, mine.selected_layer, mine.view),
        "view": view_data(mine, problem is not None),
        "history": _possible(mine),
        "panel": _panel(mine, rows, problem),
        "post": "" if problem or hidden else post_panel(post_differs(mine.network)),
        "head": head_panel(head_of(mine.network), *mine.logits),
        "logits": mine.logits,
        "presets": _presets(mine.network),
        "link": link_text(mine.network),
        "kept": kept_data(mine),
        "diagram": _diagram(mine, rows),
        "unit": unit_data(mine, rows, hidden),
        "editor": mine.editor,
        "classes": list(NEW),
        "adding": _adding(mine),
        "full": _is_full(mine.network),
    }
    _LAB(
        key=KEY,
        data=[data],
        on_picked_change=lambda: mine.select(_sent("picked")),
        on_kept_change=lambda: take_back(mine, _sent("kept")),
        on_values_change=lambda: apply_values(mine, sent_values(_sent("values"), groups)),
        on_history_change=lambda: _go(mine, _sent("history")),
        on_fix_change=lambda: _mend(mine, _sent("fix")),
        on_diagram_change=lambda: setattr(mine, "diagram", _sent("diagram") is True),
        on_unit_open_change=lambda: setattr(mine, "unit_open", _sent("unit_open") is True),
        on_unit_change=lambda: take_unit(mine, _sent("unit")),
        on_editor_change=lambda: setattr(mine, "editor", _sent("editor") is True),
        on_edit_change=lambda: _edit(mine, _sent("edit")),
        on_preset_change=lambda: _take_preset(mine, _sent("preset")),
        on_view_change=lambda: change_view(mine, _sent("view")),
        on_answer_change=lambda: answer(mine, _sent("answer")),
        on_head_change=lambda: mine.change_network(with_head(mine.network, str(_sent("head")))),
        on_logits_change=lambda: _take_logits(mine, _sent("logits")),
    )


def _sent(name: str) -> object:
    return part(KEY, name)


def _total(rows: tuple[Row, ...], problem: InvalidNetwork | None, hidden: bool) -> dict[str, object]:
    """Return the total, or where the network ends, in the same height: a control must not move under the hand."""
    if problem is not None:
        return {"number": "impossible", "said": f"{problem.layer_name} has no output", "wrong": True}
    if hidden:
        return {"number": "?", "said": "parameters: predict them below", "wrong": False}
    total = sum(row.params for row in rows)
    said = f"parameters in {len(rows)} layers, {4 * total / 2**20:,.2f} MiB as float32"
    return {"number": f"{total:,}", "said": said, "wrong": False}


def _panel(mine: Shared, rows: tuple[Row, ...], problem: InvalidNetwork | None) -> str:
    """Return the ways out of an impossible network; else the selected layer explained, and remarks."""
    if problem is not None:
        return doctor_panel(problem, ways_out(mine.network))
    if hides(mine):
        return '<p class="quiet">The explanations come back when you have predicted, or show the answers.</p>'
    remarked = remarks_panel(remarks(mine.network))
    if mine.selected_layer is None:
        return f'<p class="quiet">Click a layer to see every number of it explained.</p>{remarked}'
    return layer_panel(mine.network, rows, mine.selected_layer, mine.view.batch_size) + remarked


@lru_cache(maxsize=64)
def ways_out(network: Network) -> tuple[Fix, ...]:
    """Return the doctor's fixes of a network, none if it needs none."""
    problem = traced(network)[1]
    return () if problem is None else fixes(network, problem)


def _mend(mine: Shared, sent: object) -> None:
    found = ways_out(mine.network)
    if (chosen := place(sent, len(found))) is not None:
        mine.change_network(found[chosen].network)


def _edit(mine: Shared, action: object) -> None:
    """Do what a button of the editor asks for; what it asks for may be anything."""
    if not isinstance(action, dict):
        return
    network, what = mine.network, action.get("what")
    index = place(action.get("index"), len(network.layers))
    if _is_full(network) and what in ("add", "duplicate"):
        return
    if what == "add" and str(action.get("class_name")) in NEW:
        behind = len(network.layers) if mine.selected_layer is None else mine.selected_layer + 1
        mine.change_network(inserted(network, behind, NEW[str(action["class_name"])]))
        mine.selected_layer = behind
    elif isinstance(what, str) and what in EDITS and index is not None:
        mine.change_network(EDITS[what](network, index))


def _adding(mine: Shared) -> str:
    """Return what the button says that adds a layer: where it will stand."""
    if _is_full(mine.network):
        return f"{MOST_LAYERS} layers at most"
    if mine.selected_layer is None:
        return "Add at the end"
    return f"Add behind {layer_names(mine.network)[mine.selected_layer]}"


def _is_full(network: Network) -> bool:
    """Tell whether a network has as many layers as a page shows and a link holds."""
    return len(network.layers) >= MOST_LAYERS


def _presets(network: Network) -> dict[str, object]:
    current = next((preset for preset in PRESETS if preset.network == network), None)
    return {
        "names": [(preset.key, preset.title) for preset in PRESETS],
        "current": current.key if current else "",
        "why": current.why if current else "",
    }


def _take_preset(mine: Shared, key: object) -> None:
    for preset in PRESETS:
        if preset.key == key:
            mine.change_network(preset.network)


def _diagram(mine: Shared, rows: tuple[Row, ...]) -> dict[str, object]:
    if not mine.diagram or hides(mine):
        return {"open": mine.diagram, "svg": "", "closer": ""}
    index = mine.selected_layer
    closer = closer_look(mine.network.layers[index], rows[index]) if index is not None and index < len(rows) else ""
    return {"open": True, "svg": diagram(mine.network, rows, index), "closer": closer}


def _take_logits(mine: Shared, sent: object) -> None:
    """Take the two logits of the output's demonstration; anything else than two numbers in bounds is ignored."""
    if not isinstance(sent, list) or len(sent) != 2:
        return
    if all(isinstance(z, int | float) and abs(z) <= MOST_LOGIT for z in sent):
        mine.logits = float(sent[0]), float(sent[1])


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


def open_link() -> None:
    """Take the network of the address over, once a link; a damaged one is refused with a sentence."""
    text = st.query_params.get("net")
    if not text or st.session_state.get("opened_link") == text:
        return
    st.session_state["opened_link"] = text
    try:
        network = decode(text)
        shared().settled = True  # what the link holds counts, also if it is the post's network
        shared().change_network(network)
    except LinkError as error:
        refuse(error)
