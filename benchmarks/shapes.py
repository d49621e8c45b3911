"""Compare the trace of networks with building the same networks in Keras."""

import json
import subprocess
import sys
import time

from benchmarks.support.report import Line
from benchmarks.support.servers import ROOT
from cnnlab.core.network import Network
from cnnlab.core.shapes import trace

TRACED, BUILT = 400, 40


def trace_speed() -> list[Line]:
    """Trace many networks, another one each time, and build some of them in Keras in a process of its own."""
    networks = [_network(i) for i in range(TRACED)]
    start = time.perf_counter()
    for network in networks:
        trace(network)
    ours = (time.perf_counter() - start) / len(networks)
    chosen = networks[:: TRACED // BUILT]
    built = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.build_networks"],
        input=json.dumps([n.to_dict() for n in [*chosen, networks[1]]]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=50,
    )
    peer = float(built.stdout.split()[-1])
    return [Line("trace of a network, against building it", 1e3 * ours, "ms", 1 / 300, 1e3 * peer, of_peer=True)]


def _network(number: int) -> Network:
    """Return the post's network with other numbers in it, different for each number below 400."""
    network = Network.seed().with_image_size(64 + number % 20, 64 + number % 20)
    return (
        network.with_option(0, "filters", 8 + number)
        .with_option(3, "kernel_size", (1 + number % 4, 1 + number % 4))
        .with_option(10, "units", 16 + number % 64)
    )
