"""Compute the feature maps of a network on a picture, and draw them as one sprite sheet a layer."""

import json
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.runs.inference import RandomWeights, Weights
from cnnlab.ui.services import inference
from cnnlab.viz.sprites import Statistics, sprite_sheet, statistics

SCOPES = ("map", "layer", "network")
COLUMNS, COLUMNS_LARGE = 16, 8


@dataclass(frozen=True)
class LayerMaps:
    """Hold one layer's drawn maps: its place in the network, its statistics and its sheet as PNG.

    `limit` is the value of the strongest colour; None where each map has its own.
    """

    index: int
    name: str
    class_name: str
    shape: tuple[int, ...]
    statistics: Statistics
    limit: float | None
    sheet: bytes


@dataclass(frozen=True)
class Seen:
    """Hold what a network sees in a picture: the maps of every layer that keeps height and width, and its output.

    `logits` is the input of a closing activation layer, or None if the network does not end in one.
    """

    layers: tuple[LayerMaps, ...]
    output: tuple[float, ...]
    logits: tuple[float, ...] | None


def see(
    network: Network, weights: Weights, pixels: np.ndarray, picture_key: str, scope: str, large: int | None
) -> Seen:
    """Return the drawn maps of a prepared picture (height, width, channels); raise `InferenceError`.

    The layer `large` is drawn with fewer, larger maps in a row. `picture_key` names the picture's content; the same
    question again is answered from the cache.
    """
    return _see(network_key(network), weights_key(weights), picture_key, scope, large, network, weights, pixels)


def network_key(network: Network) -> str:
    """Return a text that is the same for equal networks, for a cache."""
    return json.dumps(network.to_dict())


def weights_key(weights: Weights) -> str:
    """Return a text that changes whenever the weights may have, for a cache."""
    if isinstance(weights, RandomWeights):
        return str(weights)
    return f"{weights.path} {weights.path.stat().st_mtime_ns if weights.path.exists() else 0}"


@st.cache_data(max_entries=48, show_spinner=False)
def _see(
    network_key: str,
    weights_key: str,
    picture_key: str,
    scope: str,
    large: int | None,
    _network: Network,
    _weights: Weights,
    _pixels: np.ndarray,
) -> Seen:
    outputs = inference().maps(_network, _weights, _pixels)
    rows = trace(_network)
    spatial = [i for i, row in enumerate(rows) if len(row.output_shape) == 3]
    facts = {i: statistics(outputs[i]) for i in spatial}
    everywhere = max((f.limit for f in facts.values()), default=0.0)
    limits: dict[int, float | None] = dict.fromkeys(spatial, everywhere if scope == "network" else None)
    if scope == "layer":
        limits = {i: facts[i].limit for i in spatial}
    layers = tuple(
        LayerMaps(
            i,
            rows[i].name,
            rows[i].class_name,
            rows[i].output_shape,
            facts[i],
            limits[i],
            sprite_sheet(outputs[i], limits[i], COLUMNS_LARGE if i == large else COLUMNS),
        )
        for i in spatial
    )
    closes = rows[-1].class_name == "Activation" and len(rows) > 1
    logits = tuple(float(v) for v in outputs[-2].ravel()) if closes else None
    return Seen(layers, tuple(float(v) for v in outputs[-1].ravel()), logits)
