"""Draw the network alive: one column a layer, through which the current picture flows."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.inside.channel_sources import keeps_channels
from cnnlab.core.inside.graph import nodes_of, windowed_nodes
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.network import Network
from cnnlab.core.pictures import PictureError, Pixels, input_problem
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import RandomWeights, pixels_key
from cnnlab.ui.home.answer import answer_facts
from cnnlab.ui.home.shipped import shipped_flow
from cnnlab.ui.inside.weights import Choice, random_seed, resolve_choice
from cnnlab.ui.network.controls import apply_values, first_kernel
from cnnlab.ui.parts import pages
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.controls import ControlsSends, controls_data, sent_values
from cnnlab.ui.parts.frame import StripSends, kept_data, strip_data, take_back
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.pictures.current import prepared_picture, truth
from cnnlab.ui.pictures.first import first_picture, show_first
from cnnlab.ui.pictures.prepared import png_of
from cnnlab.ui.session import services, shared, traced
from cnnlab.ui.session.decoders import flag, position, record
from cnnlab.ui.session.exercise import withheld
from cnnlab.viz.inside.flow import Flow, flow
from cnnlab.viz.inside.flow_facts import flow_facts

KEY = "living_network"
MOST_KEPT = 8 << 20  # bytes of drawn flows, those of a few dozen visitors
_OPENS, _WANTED = "home_opens", "home_wanted"


@dataclass(frozen=True)
class Tile:
    """Name one tile: its layer, and its channel."""

    layer: int
    channel: int


class HomeSends(StripSends, ControlsSends):
    """Declare what the living network sends: what its strip and its slider do, and what else can be done to it.

    `look` asks for the maps of what is shown now, `tile` opens a layer at a channel, `undo` takes a change back.
    """

    look = Message(flag)
    tile = Message(record(Tile, layer=position, channel=position))
    undo = Message(flag)


_LIVING = component(
    KEY,
    "home/entry.js",
    html="home/flow.html",
    styles=["controls/controls.css", "home/flow.css"],
    sends=HomeSends,
)


def _bytes_of(drawn: Flow) -> int:
    return sum(len(column.image) + 500 for column in drawn.columns) + drawn.output.nbytes


FLOWS: KeptByBytes[Flow] = KeptByBytes(MOST_KEPT, _bytes_of)


def begin_with_silhouette() -> None:
    """Choose the picture that the trained network was made for, if this visitor has not met any picture yet."""
    if shared().picture.held is None:
        show_first()


@st.fragment
def living_network() -> None:
    """Draw the network with its picture; a moving control redraws this and nothing else."""
    mine = shared()
    choice = _own_choice()
    group = first_kernel(mine.network)
    groups = () if group is None else (group,)
    facts: dict[str, Any] = {
        "heads": _heads(mine.network, mine.layer.selected),
        "controls": controls_data(groups, mine.history.version),
        "undo": bool(mine.history.past),
        "kept": kept_data(),
        "size": list(mine.network.input_shape[:2]) if mine.network.rank == 2 else [1, 1],
    }
    flowing, arrays = _flowing(choice)
    _LIVING(
        KEY,
        pack(facts | flowing, arrays),
        HomeSends.picked.to(lambda layer: _open(Tile(layer, 0))),
        HomeSends.tile.to(_open),
        HomeSends.kept.to(take_back),
        HomeSends.values.to(lambda values: apply_values(mine, sent_values(values, groups))),
        HomeSends.look.to(lambda _: st.session_state.update({_WANTED: True})),
        HomeSends.undo.to(lambda _: mine.undo()),
    )
    if mine.network.rank == 1:
        pages.link_to_sequences()
    if page := st.session_state.pop(_OPENS, ""):
        pages.go(page)


def _own_choice() -> Choice:
    """Return the visitor's own network with the weights that fit it: the columns are those of no other."""
    choice, mine = resolve_choice(), shared()
    if choice.network == mine.network:
        return choice
    return Choice(mine.network, RandomWeights(random_seed()), None, other=choice.trained)


def _heads(network: Network, selected: int | None) -> list[dict[str, Any]]:
    """Return what stands above the columns: the blocks of the strip, and which stand close to the one before."""
    blocks: list[Any] = strip_data(network, selected, hide="shape" in withheld())["blocks"]  # type: ignore[assignment]
    near = [False, *(keeps_channels(layer) for layer in network.layers)]
    return [block | {"near": close} for block, close in zip(blocks, near, strict=True)]


def _flowing(choice: Choice) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the facts of the columns with their images, without columns while they wait or cannot be."""
    nothing: dict[str, Any] = {"key": "", "columns": [], "pending": False, "refused": "", "answer": None}
    mine = shared()
    rows, problem = traced(mine.network)
    if said := input_problem(*mine.network.input_shape):
        return nothing | {"refused": said}, {}
    try:
        pixels = prepared_picture(mine.network.picture_shape)
        if problem is not None:
            return nothing | {"refused": f"This network cannot exist. {problem}"}, _picture(pixels)
        drawn = _drawn(choice, pixels)
    except (PictureError, InferenceError) as error:
        return nothing | {"refused": str(error)}, {}
    if drawn is None:
        # While a kernel moves the browser holds the picture already, and it comes again with the columns.
        return nothing | {"pending": True}, {}
    arrays = _picture(pixels) | {
        f"column{i}": np.frombuffer(column.image, np.uint8) for i, column in enumerate(drawn.columns)
    }
    fields = choice.subject.graph.fields
    return {
        "key": _key(choice, pixels),
        "columns": flow_facts(mine.network, rows, drawn, fields),
        "pending": False,
        "refused": "",
        "answer": answer_facts(drawn, choice, _truth()),
    }, arrays


def _picture(pixels: Pixels) -> dict[str, np.ndarray]:
    return {"picture": np.frombuffer(png_of(pixels), np.uint8)}


def _truth() -> str:
    """Return the class of the picture; of the one to begin with the data set need not be read for it."""
    mine = shared().picture
    return mine.truth if mine.reference == first_picture().reference else truth()


def _key(choice: Choice, pixels: Pixels) -> str:
    return hashlib.sha256(f"{choice.subject.key} {pixels_key(pixels)}".encode()).hexdigest()


def _drawn(choice: Choice, pixels: Pixels) -> Flow | None:
    """Return the flow of a picture if it is known or wanted now, else None; raise `InferenceError`."""
    wanted = bool(st.session_state.pop(_WANTED, False))
    if made := shipped_flow(choice.subject, pixels):
        return made
    key = _key(choice, pixels)
    if not wanted:
        return FLOWS.peek(key)

    def look() -> Flow:
        seen = services.inference().look(choice.subject, pixels)
        return flow(choice.network, seen.outputs, seen.logits)

    return FLOWS.get(key, look)


def _open(tile: Tile) -> None:
    """Select a layer and the channel, and open the page that shows it best: one with a window is taken apart."""
    mine = shared()
    if tile.layer >= len(mine.network.layers):
        return
    rows, problem = traced(mine.network)
    channels = rows[tile.layer].output_shape[-1] if tile.layer < len(rows) else 0
    mine.layer = mine.layer.looking_at(tile.layer, tile.channel if tile.channel < channels else 0)
    has_window = problem is None and tile.layer in windowed_nodes(nodes_of(mine.network))
    st.session_state[_OPENS] = "convolution" if has_window else "feature_maps"
