"""Send numbers to a component as bytes: the length of a JSON header, the header, and the arrays behind it."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

ALIGNED = 4  # bytes: a browser reads float32 only from such places


def pack(facts: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return facts and named arrays (float32 or uint8, in C order) as `unpack` in `unpack.js` reads them."""
    places, chunks, offset = {}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        places[name] = {"dtype": array.dtype.name, "offset": offset, "count": array.size}
        chunks.append(data + bytes(-len(data) % ALIGNED))
        offset += len(chunks[-1])
    head = json.dumps({"facts": facts, "arrays": places}, separators=(",", ":")).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(chunks)
