"""Measure how a layer's channels and a picture's size change what feature maps cost."""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import count

import numpy as np
import psutil

from benchmarks.support.growth import FLAT, LINEAR, growth, own_costs
from benchmarks.support.report import Line
from cnnlab.core.network import Layer, Network
from cnnlab.core.pictures import Pixels, decode, prepare
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import trace
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import RandomWeights, Weighted
from cnnlab.ui.inside.seen import Side, see
from cnnlab.ui.session import services

CHANNELS = (8, 32, 128, 512)
SIDES = (32, 64, 128, 512)
SIDE, FEW = 64, 8  # of the network that has the other axis grow


def maps() -> list[Line]:
    """Look at a picture through one convolution and its activation, each time at another picture, and draw the maps.

    A picture's size counts by its pixels.
    """
    wide = {channels: _network(SIDE, channels) for channels in CHANNELS}
    large = {side * side: _network(side, FEW) for side in SIDES}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["CNNLAB_HOME"] = home
        with closing(services.inference()) as inside:
            of_channels, of_pixels = (
                own_costs({size: _drawing(each) for size, each in networks.items()}, partial(_processor, inside))
                for networks in (wide, large)
            )
    return [
        growth("channels: their maps looked at and drawn", of_channels, LINEAR),
        growth("channels: a trace", own_costs({n: partial(trace, each) for n, each in wide.items()}), FLAT),
        growth("pixels: the maps of a picture looked at and drawn", of_pixels, LINEAR),
        growth("pixels: a trace", own_costs({n: partial(trace, each) for n, each in large.items()}), FLAT),
    ]


def _network(side: int, channels: int) -> Network:
    layers = (Layer.make("Conv2D", filters=channels, kernel_size=3), Layer.make("Activation", activation="relu"))
    return Network((side, side, 3), layers)


def _drawing(network: Network) -> Callable[[], object]:
    """Return what looks at a picture that nobody has looked at and draws every map; TensorFlow is ready for it."""
    subject, fresh = Weighted(network, RandomWeights()), _fresh(network)

    def draw() -> object:
        return see([Side(subject, next(fresh))], "layer", "channel", None)

    draw()
    return draw


def _fresh(network: Network) -> "map[Pixels]":
    first = pictures()[0]
    pixels = prepare(decode(first.read(), first.title, Settings.max_pixels).pixels, *network.picture_shape)

    def changed(number: int) -> Pixels:
        other = pixels.copy()
        other[0, 0] = np.frombuffer(number.to_bytes(3, "little"), np.uint8)
        return other

    return map(changed, count())


def _processor(inside: Inside) -> float:
    """Return the processor time of this process and of the one that computes, in seconds."""
    assert inside.networks.pid is not None
    times = psutil.Process(inside.networks.pid).cpu_times()
    return time.process_time() + times.user + times.system
