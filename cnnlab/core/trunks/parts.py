"""Describe a known trunk plainly, layer by layer, and what pictures it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """Tell one layer: its name, its class and options as in Keras, and the layers that it takes; none: the picture."""

    name: str
    class_name: str
    config: dict[str, Any]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """Hold a network that is known layer by layer, whose weights ship or are fetched.

    `sizes` are those offered for its pictures, in pixels a side, `first_size` the one to begin with. Pixels from 0 to
    255 are multiplied by `scale` before `offset` is added. It is cut after `cut` as a rule. `origin` says in a few
    sentences whose it is, and what its first layer takes.
    """

    key: str
    name: str
    parts: Callable[[], tuple[Part, ...]]
    sizes: tuple[int, ...]
    first_size: int
    cut: str
    scale: float
    offset: float
    origin: str
