"""Build networks in Keras: a list of them comes as JSON, the mean seconds of one go out."""

import json
import sys
import time

from cnnlab.core.network import Network
from cnnlab.tf.build import build_model


def main() -> None:
    """Build one to warm up, then all others against the clock."""
    networks = [Network.from_dict(described) for described in json.load(sys.stdin)]
    build_model(networks.pop())
    start = time.perf_counter()
    for network in networks:
        build_model(network)
    print((time.perf_counter() - start) / len(networks))


if __name__ == "__main__":
    main()
