"""Be the process that looks into our networks: `python -m cnnlab.tf.inside.networks`, with a socket as its input."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.core.network import Network
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.tf.built import Answer, Subject
from cnnlab.tf.inside.borrowed import Trunks
from cnnlab.tf.inside.maps import Networks
from cnnlab.tf.inside.serving import main
from cnnlab.tf.inside.summary import summary


class NetworkRoom:
    """Open networks with their weights and borrowed trunks, let Keras summarise networks, and write them as files."""

    def __init__(self) -> None:
        self._networks, self._trunks = Networks(), Trunks()

    @property
    def own(self) -> Mapping[str, Callable[[dict[str, Any]], Answer]]:
        """Return `summary`, Keras' text with a sentence for every number that differs from ours, and `keras_file`."""
        return {"summary": _summarise, "keras_file": self._keras_file}

    def open(self, described: dict[str, Any]) -> Subject:
        """Return the `network` with its `weights`, or the `trunk` of a `home`."""
        if "trunk" in described:
            return self._trunks.open(Trunk.from_dict(described["trunk"]), Path(described["home"]))
        return self._networks.open(Network.from_dict(described["network"]), described["weights"])

    def forget(self) -> None:
        """Forget every model, so that there is memory again."""
        self._networks.forget()
        self._trunks.forget()

    def too_large(self, described: dict[str, Any]) -> str:
        """Say that there is not the memory that it needs."""
        return "This network needs more memory than there is to look into it; make it smaller."

    def failed(self, described: dict[str, Any], error: Exception) -> str:
        """Say that it could not be looked into."""
        return f"The feature maps could not be computed ({type(error).__name__}); try another network."

    def _keras_file(self, described: dict[str, Any]) -> Answer:
        written = self._networks.keras_file(Network.from_dict(described["network"]), described["weights"])
        return {}, [np.frombuffer(written, np.uint8)]


def _summarise(described: dict[str, Any]) -> Answer:
    text, differ = summary(Network.from_dict(described["network"]))
    return {"text": text, "differ": differ}, []


if __name__ == "__main__":
    main(NetworkRoom())
