"""Put a whole network into a short text for a link, and read it back from a text that anybody may have changed.

The text is `1.` and base64url of the zlib stream of `[[height, width, channels], [class_name, {options}], ...]`
(of a sequence `[length, channels]`) as JSON, options at Keras' defaults left out. The number before the dot is the
version of this form.
"""

import base64
import json
import zlib
from typing import Any

from cnnlab.core.exchange.keras_code import arguments
from cnnlab.core.network import Layer, Network, NetworkFormatError
from cnnlab.core.words import Refusal

VERSION = "1"
LONGEST_TEXT = 8_192
MOST_BYTES = 65_536  # of JSON; the seed network needs 600
MOST_LAYERS = 200
LARGEST_NUMBER = 1_000_000


class LinkError(Refusal):
    """Say in one sentence why a link holds no network."""


def encode(network: Network) -> str:
    """Return the network as a text of letters, digits, `.`, `-` and `_`; raise `LinkError` if it is too large."""
    try:
        _check_amounts(network)
        form = [list(network.input_shape), *(_entry(layer) for layer in network.layers)]
        packed = json.dumps(form, separators=(",", ":"), allow_nan=False).encode("ascii")
    except ValueError as error:
        raise LinkError(f"This network does not fit into a link: {error}") from None
    body = base64.urlsafe_b64encode(zlib.compress(packed, 9)).rstrip(b"=").decode("ascii")
    if len(packed) > MOST_BYTES or len(body) + 2 > LONGEST_TEXT:
        raise LinkError("This network is too large for a link; save it as a file instead.")
    return f"{VERSION}.{body}"


def decode(text: str) -> Network:
    """Return the network a link holds, possible or not; raise `LinkError` for every other text, and nothing else."""
    version, dot, body = text.partition(".")
    if not dot or not version.isdecimal() or len(version) > 4:
        raise LinkError("This link holds no network: it should begin with '1.'; ask for the link again.")
    if version != VERSION:
        raise LinkError(f"This link was made in form {version}; this CNN Lab reads form {VERSION} only.")
    try:
        network = _read(json.loads(_inflate(_bytes(body)), parse_constant=_refuse_constant))
        _check_amounts(network)
    except LinkError:
        raise
    except NetworkFormatError as error:
        raise LinkError(f"This link holds no network CNN Lab can read: {error}") from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise LinkError("This link holds no network CNN Lab can read; ask for the link again.") from None
    return network


def _entry(layer: Layer) -> list[Any]:
    given = arguments(layer) | ({"name": layer.name} if layer.name else {})
    return [layer.class_name, given] if given else [layer.class_name]


def _bytes(body: str) -> bytes:
    """Return the bytes of a base64url text; a text that is not exactly how they are written is damaged."""
    if len(body) + 2 > LONGEST_TEXT:
        raise LinkError(f"This link is too long: at most {LONGEST_TEXT:,} characters can hold a network.")
    try:
        data = base64.b64decode(body.encode("ascii") + b"=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise _damaged() from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != body:
        raise _damaged()
    return data


def _inflate(data: bytes) -> bytes:
    """Return the unpacked JSON, never more than `MOST_BYTES`; the stream's own checksum finds every changed bit."""
    stream = zlib.decompressobj()
    try:
        packed = stream.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise _damaged() from None
    if len(packed) > MOST_BYTES:
        raise LinkError(f"This link unpacks to more than {MOST_BYTES:,} bytes; no network needs that.")
    if not stream.eof or stream.unused_data:
        raise _damaged()
    return packed


def _damaged() -> LinkError:
    return LinkError("This link is damaged or cut off; copy the whole of it again.")


def _read(form: Any) -> Network:
    """Return the network of the unpacked form."""
    if not isinstance(form, list) or not form or len(form) > MOST_LAYERS + 1:
        raise LinkError(f"This link should hold an input shape and at most {MOST_LAYERS} layers.")
    layers = []
    for entry in form[1:]:
        if not isinstance(entry, list) or not 1 <= len(entry) <= 2 or not isinstance(entry[0], str):
            raise LinkError("This link should hold a class name and options for every layer.")
        layers.append({"class_name": entry[0], "config": entry[1] if len(entry) == 2 else {}})
    return Network.from_dict({"input_shape": form[0], "layers": layers})


def _check_amounts(network: Network) -> None:
    """Refuse a network with more layers or larger numbers than any page can show, or a name that is no text."""
    if len(network.layers) > MOST_LAYERS:
        raise LinkError(f"a link holds at most {MOST_LAYERS} layers, not {len(network.layers)}.")
    plain = network.to_dict()
    json.dumps(plain, ensure_ascii=False, allow_nan=False).encode("utf-8")
    if _largest(plain) > LARGEST_NUMBER:
        raise LinkError(f"a link holds no number above {LARGEST_NUMBER:,}.")


def _largest(value: Any) -> float:
    """Return the largest absolute value of all numbers in a JSON value."""
    if isinstance(value, dict | list):
        return max((_largest(v) for v in (value.values() if isinstance(value, dict) else value)), default=0)
    return abs(value) if isinstance(value, int | float) else 0


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
