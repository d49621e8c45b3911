"""Draw the architecture page's moving part in one component: strip, total, controls, shape table, history.

One element instead of a dozen: each costs the server about a millisecond at every move of a control.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from cnnlab.core.classroom.handles import LAYERS, NETWORK
from cnnlab.core.exchange.link import MOST_LAYERS, LinkError
from cnnlab.core.network import Network
from cnnlab.core.network.edit import NEW, duplicated, inserted, moved, offered, removed
from cnnlab.core.network.head import HEADS, head_of, with_head
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import InvalidNetwork, Row, layer_names
from cnnlab.core.teach.brief import BYTES_PER_NUMBER, describe_bytes
from cnnlab.core.teach.network_doctor import Fix, fixes, remarks
from cnnlab.core.teach.post import post_differs
from cnnlab.core.trunks.trunk import TrunkError
from cnnlab.ui.network.controls import apply_values, layer_groups, stage_groups
from cnnlab.ui.network.table import PREDICTION, WISH, answer, change_view, hides, seen, view_data
from cnnlab.ui.network.unit import Unit, unit_data
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.controls import ControlsSends, Group, controls_data, sent_values
from cnnlab.ui.parts.frame import StripSends, carried, carried_text, kept_data, strip_data, take_back
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Heard, Message
from cnnlab.ui.session import Shared, shared, traced
from cnnlab.ui.session.choices import LabChoice
from cnnlab.ui.session.decoders import decimal, flag, position, record, row, word
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.viz.html import Html, quiet, together
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


@dataclass(frozen=True)
class Edit:
    """Hold what a button of the editor asks for: a class to add, or something to do with a layer."""

    what: str
    index: int | None = None
    class_name: str = ""


@dataclass(frozen=True)
class Logits:
    """Hold the two numbers of the output's demonstration."""

    first: float
    second: float


class LabSends(StripSends, ControlsSends):
    """Declare what the page's moving part sends: all that its strip and its controls do, and what else is on it."""

    history = Message(word(("undo", "redo", "reset")))
    fix = Message(position)
    diagram = Message(flag)
    unit_open = Message(flag)
    unit = Message(row(Unit, position, position))
    editor = Message(flag)
    edit = Message(record(Edit, what=word(("add", *EDITS)), index=position, class_name=word(NEW)))
    preset = Message(word(("", *(preset.key for preset in PRESETS))))
    view = Message(WISH)
    answer = Message(PREDICTION)
    head = Message(word(HEADS))
    logits = Message(row(Logits, decimal(-MOST_LOGIT, MOST_LOGIT), decimal(-MOST_LOGIT, MOST_LOGIT)))


# In the light DOM, so that the table is a table of the page for a screen reader and for a search in the page.
_LAB = component(
    KEY,
    "lab/entry.js",
    html="lab/lab.html",
    styles=["frame/strip.css", "controls/controls.css", "lab/lab.css"],
    sends=LabSends,
    isolate=False,
)


@st.fragment
def architecture() -> None:
    """Draw the network and take what the visitor does to it; a moving control redraws this and nothing else.

    A step that leaves a trunk, or comes to one, redraws the page: what stands around this tells of it.
    """
    mine = shared()
    if st.session_state.setdefault("lab_trunk", mine.trunk) != mine.trunk:
        st.session_state["lab_trunk"] = mine.trunk
        st.rerun()
    groups = layer_groups(mine.network) if mine.lab.editor else stage_groups(mine.network)
    rows, problem = traced(mine.network)
    view = seen(mine)
    hidden, bare = view.hides, is_hidden(NETWORK, LAYERS)
    data = {
        "strip": strip_data(mine.network, mine.layer.selected, hide=view.is_hidden("shape")),
        "total": _total(rows, problem, view.is_hidden("params")),
        "controls": controls_data(groups, mine.history.version),
        "table": shape_table(mine.network, rows, problem, mine.rows_before, mine.layer.selected, view),
        "view": view_data(mine, problem is not None),
        "history": _possible(mine),
        "panel": _panel(mine, rows, problem),
        "post": "" if problem or hidden else post_panel(post_differs(mine.network)),
        "head": "" if bare else head_panel(head_of(mine.network), *mine.lab.logits),
        "logits": mine.lab.logits,
        "presets": {"names": (), "current": "", "why": ""} if bare else _presets(mine.network),
        "link": carried_text(mine.network, mine.trunk),
        "kept": kept_data(),
        "diagram": _diagram(mine, rows),
        "unit": unit_data(mine, rows, hidden),
        "editor": mine.lab.editor,
        "classes": () if bare else offered(mine.network),
        "adding": _adding(mine),
        "full": _is_full(mine.network),
        "frozen": is_locked(NETWORK, LAYERS),
        "bare": bare,
    }
    _LAB(KEY, [data], *_heard(mine, groups))


def _heard(mine: Shared, groups: Sequence[Group]) -> Iterable[Heard]:
    """Return what is done with each message; `groups` are the controls that were drawn."""
    yield LabSends.picked.to(mine.select)
    yield LabSends.kept.to(take_back)
    yield LabSends.values.to(lambda values: apply_values(mine, sent_values(values, groups)))
    yield LabSends.history.to(lambda step: _go(mine, step))
    yield LabSends.fix.to(lambda fix: _mend(mine, fix))
    yield LabSends.diagram.to(lambda is_open: _show(mine, replace(mine.lab, diagram=is_open)))
    yield LabSends.unit_open.to(lambda is_open: _show(mine, replace(mine.lab, unit_open=is_open)))
    yield LabSends.unit.to(lambda unit: _show(mine, replace(mine.lab, unit=(unit.row, unit.column))))
    yield LabSends.editor.to(lambda is_open: _show(mine, replace(mine.lab, editor=is_open)))
    yield LabSends.edit.to(lambda edit: _edit(mine, edit))
    yield LabSends.preset.to(lambda key: _take_preset(mine, key))
    yield LabSends.view.to(lambda wish: change_view(mine, wish))
    yield LabSends.answer.to(lambda prediction: answer(mine, prediction))
    yield LabSends.head.to(lambda head: _take_head(mine, head))
    yield LabSends.logits.to(lambda logits: _show(mine, replace(mine.lab, logits=(logits.first, logits.second))))


def _total(rows: tuple[Row, ...], problem: InvalidNetwork | None, hidden: bool) -> dict[str, object]:
    """Return the total, or where the network ends, in the same height: a control must not move under the hand."""
    if problem is not None:
        return {"number": "impossible", "said": f"{problem.layer_name} has no output", "wrong": True}
    if hidden:
        return {"number": "?", "said": "parameters: predict them below", "wrong": False}
    total = sum(row.params for row in rows)
    said = f"parameters in {len(rows)} layers, {describe_bytes(BYTES_PER_NUMBER * total)} as float32"
    return {"number": f"{total:,}", "said": said, "wrong": False}


def _panel(mine: Shared, rows: tuple[Row, ...], problem: InvalidNetwork | None) -> Html:
    """Return the ways out of an impossible network; else the selected layer explained, and remarks."""
    if problem is not None:
        return doctor_panel(problem, ways_out(mine.network))
    if hides(mine):
        return quiet("The explanations come back when you have predicted, or show the answers.")
    remarked = remarks_panel(remarks(mine.network))
    if mine.layer.selected is None:
        return together(quiet("Click a layer to see every number of it explained."), remarked)
    return together(layer_panel(mine.network, rows, mine.layer.selected, mine.lab.view.batch_size), remarked)


@lru_cache(maxsize=64)
def ways_out(network: Network) -> tuple[Fix, ...]:
    """Return the doctor's fixes of a network, none if it needs none."""
    problem = traced(network)[1]
    return () if problem is None else fixes(network, problem)


def _mend(mine: Shared, fix: int) -> None:
    found = ways_out(mine.network)
    if fix < len(found):
        mine.change_network(found[fix].network)


def _edit(mine: Shared, edit: Edit) -> None:
    """Do what a button of the editor asks for, if there is such a layer and room for another one."""
    network = mine.network
    if is_hidden(NETWORK, LAYERS) or (_is_full(network) and edit.what in ("add", "duplicate")):
        return
    if edit.what == "add" and edit.class_name in NEW:
        behind = len(network.layers) if mine.layer.selected is None else mine.layer.selected + 1
        mine.change_network(inserted(network, behind, NEW[edit.class_name]))
        mine.layer = mine.layer.at(behind)
    elif edit.what in EDITS and edit.index is not None and edit.index < len(network.layers):
        mine.change_network(EDITS[edit.what](network, edit.index))


def _adding(mine: Shared) -> str:
    """Return what the button says that adds a layer: where it will stand."""
    if _is_full(mine.network):
        return f"{MOST_LAYERS} layers at most"
    if mine.layer.selected is None:
        return "Add at the end"
    return f"Add behind {layer_names(mine.network)[mine.layer.selected]}"


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


def _take_head(mine: Shared, head: str) -> None:
    if not is_hidden(NETWORK, LAYERS):
        mine.change_network(with_head(mine.network, head))


def _take_preset(mine: Shared, key: str) -> None:
    for preset in PRESETS:
        if preset.key == key and not is_hidden(NETWORK, LAYERS):
            mine.change_network(preset.network)


def _diagram(mine: Shared, rows: tuple[Row, ...]) -> dict[str, object]:
    if not mine.lab.diagram or hides(mine):
        return {"open": mine.lab.diagram, "svg": "", "closer": ""}
    index = mine.layer.selected
    closer = closer_look(mine.network.layers[index], rows[index]) if index is not None and index < len(rows) else ""
    return {"open": True, "svg": diagram(mine.network, rows, index), "closer": closer}


def _show(mine: Shared, lab: LabChoice) -> None:
    mine.lab = lab


def _possible(mine: Shared) -> list[str]:
    """Return which steps through the history can be taken."""
    steps = {"undo": mine.history.past, "redo": mine.history.future, "reset": mine.network != Network.seed()}
    return [name for name, can in steps.items() if can]


def _go(mine: Shared, step: str) -> None:
    if step == "undo":
        mine.undo()
    elif step == "redo":
        mine.redo()
    elif step == "reset" and not is_hidden(NETWORK, LAYERS):
        mine.change_network(Network.seed())


def open_link() -> None:
    """Take the network of the address over, once a link; a damaged one is refused with a sentence."""
    text = st.query_params.get("net")
    if not text or st.session_state.get("opened_link") == text:
        return
    st.session_state["opened_link"] = text
    try:
        network, trunk = carried(text)
        shared().settled = True  # what the link holds counts, also if it is the post's network
        if trunk is None:
            shared().change_network(network)
        else:
            shared().borrow(trunk, network)
    except (LinkError, TrunkError) as error:
        refuse(error)
