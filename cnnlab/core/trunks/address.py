"""Put a borrowed trunk behind the network of a link, and read it back from a text that anybody may have changed.

A known trunk is told whole; of another one the text names the file in the home, which only its own server has.
"""

import base64
import json
from pathlib import Path

from cnnlab.core.network import Network
from cnnlab.core.trunks.checking import trunk_problem
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.core.words import visible
from cnnlab.core.words.numbers import is_number

JOINT = "~"  # between the network and its trunk; base64url has none
LONGEST = 2_048
LONGEST_NAME = 80
_WRONG = "This link holds no trunk that CNN Lab can read; ask for the link again."


def as_text(trunk: Trunk) -> str:
    """Return a trunk as a text of letters, digits, `-` and `_`; what the head begins with stays out."""
    told = {name: value for name, value in trunk.to_dict().items() if name != "head"}
    packed = json.dumps(told, separators=(",", ":"), allow_nan=False).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def from_text(text: str, head: Network, home: Path) -> Trunk:
    """Return the trunk of such a text, which this head stands on; raise `TrunkError` for any other text."""
    if len(text) > LONGEST:
        raise TrunkError(_WRONG)
    try:
        told = json.loads(base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True))
        trunk = Trunk.from_dict(told)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, OverflowError):
        raise TrunkError(_WRONG) from None
    texts = (trunk.source, trunk.name, trunk.cut, *filter(None, (trunk.trainable_from,)))
    numbers = (trunk.scale, trunk.offset)
    if (
        not all(isinstance(each, str) for each in texts)
        or visible(trunk.name[:LONGEST_NAME]) != trunk.name
        or not all(map(is_number, numbers))
        or trunk.head is not None
    ):
        raise TrunkError(_WRONG)
    if problem := trunk_problem(trunk, head, home):
        raise TrunkError(problem)
    return trunk
