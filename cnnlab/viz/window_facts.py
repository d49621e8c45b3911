"""Gather what the browser needs to take one output of a layer apart: numbers, and where every window stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.geometry import (
    Range,
    Sliding,
    fields,
    key_frames,
    pointwise_until_pool,
    sliding,
)
from cnnlab.core.network import Network
from cnnlab.core.shapes import Row, trace
from cnnlab.viz.palette import css_gradient, diverging

Array = npt.NDArray[Any]
MODES = {"MaxPooling2D": "max", "AveragePooling2D": "average"}
NOTES = {
    "SeparableConv2D": "Its depthwise kernel and the pointwise weight of each channel are multiplied to one kernel.",
    "DepthwiseConv2D": "A depthwise convolution looks at one input channel only.",
    "softmax": "softmax also divides by a sum over all channels.",
}
PLANES = {1: ("grey",), 3: ("red", "green", "blue")}


def own_stages(network: Network, index: int) -> tuple[str, ...]:
    """Return the labels of the maps behind a layer's sum: its own activation, and the layers up to a pool."""
    activation = network.layers[index].config.get("activation", "linear")
    following, _ = pointwise_until_pool(network, index)
    rows = trace(network)
    labels = [] if activation == "linear" else [str(activation)]
    for position in following:
        config = network.layers[position].config
        labels.append(str(config["activation"]) if "activation" in config else rows[position].name)
    return tuple(labels)


def window_facts(
    network: Network,
    index: int,
    channel: int,
    first: int,
    bias: float,
    arrays: Mapping[str, Array],
    after: Sequence[Array],
    selected: int | None = None,
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return facts (as JSON holds them) and arrays of one output channel of a convolution or pooling layer.

    `arrays` are `inputs`, `kernel`, `others`, `before` and `after` the maps as `runs.inference.Window` has them, and
    the `picture` (height, width, channels) uint8. `selected` is the layer whose map is shown first, if it is one of
    those that follow. Positions are looked up in the facts, so that no shape is
    computed in the browser.
    """
    layer, row = network.layers[index], trace(network)[index]
    down, along = sliding(layer, row)
    labels = own_stages(network, index)
    # The first map is the layer's output, which is the sum itself where it has no activation of its own.
    maps = list(after if layer.config.get("activation", "linear") != "linear" else after[1:])
    seen = fields(network, index)
    facts = {
        "layer": f"{index} {row.name}",
        "name": row.name,
        "convolves": layer.class_name == "Conv2D",
        "shown": _shown(network, index, len(labels), selected),
        "mode": MODES.get(layer.class_name, "sum"),
        "channel": channel,
        **_channels(layer.class_name, row, first, arrays["inputs"].shape[2]),
        "names": PLANES.get(network.input_shape[2], ())[first:] if index == 0 else (),
        "bias": bias,
        "biased": bool(layer.config.get("use_bias", False)),
        **places(down, along),
        "frames": key_frames(down, along),
        "fields": {"rows": seen[0], "columns": seen[1]},
        "stages": [{"label": label, "limit": _limit(each)} for label, each in zip(labels, maps, strict=False)],
        "pool": _pool(network, index),
        "limits": _limits(arrays),
        "picture": arrays["picture"].shape[:2],
        "gradient": css_gradient(),
        "note": " ".join(NOTES[word] for word in (layer.class_name, *labels) if word in NOTES),
    }
    return facts, _packed(arrays, maps, len(labels), index == 0)


def _shown(network: Network, index: int, stages: int, selected: int | None) -> int:
    """Return which of the maps behind the sum belongs to the selected layer; -1 for the sum itself."""
    following = pointwise_until_pool(network, index)[0]
    return stages - len(following) + following.index(selected) if selected in following else -1


def _channels(class_name: str, row: Row, first: int, held: int) -> dict[str, int]:
    """Return how many input channels one output is computed from, and which of them the browser holds."""
    total = row.input_shape[2] if class_name in ("Conv2D", "SeparableConv2D") else 1
    return {"first": first, "held": held, "total": total, "others": total - held}


def _packed(arrays: Mapping[str, Array], maps: Sequence[Array], stages: int, is_first: bool) -> dict[str, Array]:
    """Return what is sent; the first layer's input is the picture, which costs a quarter as bytes."""
    packed = {
        "kernel": arrays["kernel"].transpose(2, 0, 1),
        "before": arrays["before"],
        "picture": _colours(arrays["picture"]),
        "palette": diverging(),
    }
    if not is_first:
        packed["inputs"] = arrays["inputs"].transpose(2, 0, 1)
    if np.any(arrays["others"]):
        packed["others"] = arrays["others"]
    names = [*(f"after{i}" for i in range(stages)), "pooled"]
    return packed | dict(zip(names, maps, strict=False))


def places(down: Sliding, along: Sliding) -> dict[str, Any]:
    """Return where windows stand along rows and columns, as the browser looks it up."""
    return {"rows": _axis(down), "columns": _axis(along)}


def _axis(slide: Sliding) -> dict[str, Any]:
    return {
        "starts": slide.starts,
        "taps": slide.taps,
        "length": slide.length,
        "before": slide.before,
        "after": slide.after,
    }


def _pool(network: Network, index: int) -> dict[str, Any] | None:
    position = pointwise_until_pool(network, index)[1]
    if position is None:
        return None
    row = trace(network)[position]
    down, along = sliding(network.layers[position], row)
    over: tuple[tuple[Range, ...], tuple[Range, ...]] = (down.windows_over(), along.windows_over())
    return {
        "name": row.name,
        "mode": MODES[row.class_name],
        **places(down, along),
        "over_rows": over[0],
        "over_columns": over[1],
    }


def _limits(arrays: Mapping[str, Array]) -> dict[str, float]:
    inputs, kernel = _limit(arrays["inputs"]), _limit(arrays["kernel"])
    return {"input": inputs, "kernel": kernel, "product": inputs * kernel, "before": _limit(arrays["before"])}


def _limit(values: Array) -> float:
    return float(np.abs(values).max(initial=0))


def _colours(picture: Array) -> Array:
    """Return a picture of one or three channels as (height, width, 3) uint8."""
    return picture if picture.shape[2] == 3 else np.repeat(picture[:, :, :1], 3, axis=2)
