"""Be the process that computes feature maps: `python -m cnnlab.tf.inside.networks`, with a socket as its input.

It answers one frame with one frame until the other side is gone; an error is an answer too.
"""

import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.shapes import InvalidNetwork
from cnnlab.processes.answering import serve, take_connection
from cnnlab.processes.frames import Array
from cnnlab.processes.limits import limit_memory

if TYPE_CHECKING:
    from cnnlab.tf.inside.maps import Maps

MORE_MEMORY = 4 << 30  # bytes beyond TensorFlow itself


def main() -> int:
    """Serve until the other side closes the connection."""
    connection = take_connection()
    import keras

    from cnnlab.tf.inside.maps import Maps

    maps = Maps()
    keras.ops.convert_to_numpy(keras.ops.ones(1))  # lets TensorFlow take what it always takes
    limit_memory(MORE_MEMORY)
    return serve(connection, lambda header, arrays: answer_request(maps, header, arrays))


def answer_request(maps: "Maps", header: dict[str, Any], arrays: list[Array]) -> tuple[dict[str, Any], list[Array]]:
    """Return the answer to one request: its arrays, or `{"error": one sentence}`."""
    import tensorflow as tf

    from cnnlab.tf.inside.maps import MapsError
    from cnnlab.tf.inside.summary import summary

    try:
        if header["request"] == "maps":
            return {}, list(maps.compute(Network.from_dict(header["network"]), header["weights"], arrays[0]))
        if header["request"] == "window":
            network, place = Network.from_dict(header["network"]), header["place"]
            return maps.window(network, header["weights"], arrays[0], **place)
        if header["request"] == "look":
            return maps.look(Network.from_dict(header["network"]), header["weights"], arrays[0])
        if header["request"] == "activity":
            return {}, list(maps.activity(Network.from_dict(header["network"]), header["weights"], arrays[0]))
        if header["request"] == "twins":
            network, least = Network.from_dict(header["network"]), header["least"]
            return {}, list(maps.twins(network, header["weights"], arrays[0], least))
        if header["request"] == "kernels":
            return maps.kernels(Network.from_dict(header["network"]), header["weights"])
        if header["request"] == "summary":
            text, differ = summary(Network.from_dict(header["network"]))
            return {"text": text, "differ": differ}, []
        return {}, []
    except (MapsError, NetworkFormatError, InvalidNetwork) as problem:
        return {"error": str(problem)}, []
    except (MemoryError, tf.errors.ResourceExhaustedError):
        maps.forget()
        return {"error": "This network needs more memory than there is to look into it; make it smaller."}, []
    except Exception as error:
        traceback.print_exc()
        return {"error": f"The feature maps could not be computed ({type(error).__name__}); try another network."}, []


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # TensorFlow's threads can keep an interpreter from ending.
    os._exit(code)
