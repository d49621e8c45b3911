"""Gather what the browser needs to take one output of a layer apart: numbers, and where every window stands."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.graph import PICTURE, Windowed
from cnnlab.core.inside.heavy import window_steps
from cnnlab.core.inside.sliding import Sliding, key_frames
from cnnlab.core.network.layers import KINDS, Range
from cnnlab.viz.palette import css_gradient, diverging

Array = npt.NDArray[Any]
NOTES = {
    "groups": "A grouped convolution looks at the input channels of its own group only.",
    "softmax": "softmax also divides by a sum over all channels.",
}
PLANES = {1: ("grey",), 3: ("red", "green", "blue")}


MOST_MAP = 1 << 20  # numbers of one map or kernel that are sent, 4 MiB
MOST_MAPS = 3 << 20  # and of all of them
MOST_STEPS = 1_000_000  # places of windows that are followed one by one


def too_much_to_send(place: Windowed) -> str | None:
    """Return in one sentence why a layer is too large to be taken apart in a browser, or None."""
    node = place.node
    kernel = prod(node.config.get("kernel_size") or (0, 0))
    before, after = prod(place.input_shape[:2]), prod(node.output_shape[:2])
    # The held input, what others contribute, the sum, and the map after each stage.
    together = before + kernel + after * (2 + len(place.stages))
    if max(before, after, kernel) > MOST_MAP or together > MOST_MAPS:
        return (
            f"Taking {node.name} apart needs {together:,} numbers in your browser, and at most {MOST_MAPS:,}, in parts "
            f"of at most {MOST_MAP:,}, are sent; use a smaller picture or kernel."
        )
    if window_steps(node.config, node.output_shape) > MOST_STEPS:
        return f"The window of {node.name} has too many places to be followed; make it or the picture smaller."
    return None


def window_facts(
    place: Windowed,
    channel: int,
    first: int,
    bias: float,
    arrays: Mapping[str, Array],
    after: Sequence[Array],
    selected: int | None = None,
    rescaled: bool = False,
    norms: Sequence[dict[str, float] | None] = (),
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return facts (as JSON holds them) and arrays of one output channel of a convolution or pooling layer.

    `arrays` are `inputs`, `kernel`, `others`, `before` and `after` the maps as `runs.inference.Window` has them, and
    the `picture` (height, width, channels) uint8. `selected` is the layer whose map is shown first, if it is one of
    those that follow; `rescaled` says that the model takes the picture otherwise than divided by 255; `norms` are
    those of the layers that follow. Positions are looked up in the facts, so that no shape is computed in the browser.
    """
    node, down, along = place.node, place.down, place.along
    kind = KINDS[node.class_name]
    # The first map is the layer's output, which is the sum itself where it has no activation of its own.
    maps = list(after if place.activated else after[1:])
    seen = place.regions
    facts = {
        "layer": f"{place.index} {node.name}",
        "name": node.name,
        "convolves": kind.joins and not kind.scatters and len(kind.kernels) == 1 and place.groups == 1,
        "shown": _shown(place, selected),
        "mode": kind.mode,
        "channel": channel,
        **_channels(place, first, arrays["inputs"].shape[2]),
        "names": PLANES.get(place.input_shape[2], ())[first:] if place.source == PICTURE else (),
        "bias": bias,
        "biased": bool(node.config.get("use_bias", False)),
        **places(down, along),
        "frames": key_frames(down, along),
        "fields": {"rows": seen[0], "columns": seen[1]} if seen else None,
        "unseen": place.unseen,
        "stages": _stages(place, maps, norms),
        "pool": _pool(place),
        "limits": _limits(arrays),
        "picture": arrays["picture"].shape[:2],
        "gradient": css_gradient(),
        "note": " ".join(filter(None, (kind.note, *(NOTES.get(word, "") for word in _noted(place))))),
    }
    return facts, _packed(arrays, maps, len(place.stages), place.source == PICTURE and not rescaled)


def _stages(place: Windowed, maps: Sequence[Array], norms: Sequence[dict[str, float] | None]) -> list[dict[str, Any]]:
    """Return label, end of the scale and, for batch normalization, its numbers of each map behind the sum."""
    own = len(place.stages) - len(place.following)
    return [
        {"label": label, "limit": _limit(each), "norm": norms[i - own] if own <= i < own + len(norms) else None}
        for i, (label, each) in enumerate(zip(place.stages, maps, strict=False))
    ]


def _noted(place: Windowed) -> tuple[str, ...]:
    grouped = ("groups",) if place.groups > 1 else ()
    return (*grouped, *place.stages)


def _shown(place: Windowed, selected: int | None) -> int:
    """Return which of the maps behind the sum belongs to the selected layer; -1 for the sum itself."""
    following = place.following
    return len(place.stages) - len(following) + following.index(selected) if selected in following else -1


def _channels(place: Windowed, first: int, held: int) -> dict[str, int]:
    """Return how many input channels one output is computed from, and which of them the browser holds."""
    total = place.input_shape[2] // place.groups if KINDS[place.node.class_name].joins else 1
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
        "spread": slide.spread,
        "length": slide.length,
        "before": slide.before,
        "after": slide.after,
    }


def _pool(place: Windowed) -> dict[str, Any] | None:
    pool = place.pool
    if pool is None:
        return None
    over: tuple[tuple[Range, ...], tuple[Range, ...]] = (pool.down.windows_over(), pool.along.windows_over())
    return {
        "name": pool.name,
        "mode": KINDS[pool.class_name].mode,
        **places(pool.down, pool.along),
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
