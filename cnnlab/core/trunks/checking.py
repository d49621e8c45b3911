"""Say what is wrong with a trunk and the head above it, before anything is trained."""

from dataclasses import replace
from pathlib import Path

from cnnlab.core.network import Network
from cnnlab.core.trunks import lite0
from cnnlab.core.trunks.files import path_of
from cnnlab.core.trunks.rows import is_trained, rows_of, shipped
from cnnlab.core.trunks.trunk import Trunk, TrunkError


def trunk_problem(trunk: Trunk, head: Network, home: Path) -> str | None:
    """Return in one sentence why this head cannot be trained above this trunk, or None."""
    try:
        if trunk.source == lite0.KEY:
            known = shipped(trunk.input_shape[0], trunk.cut)
            if replace(known, trainable_from=trunk.trainable_from, head=trunk.head) != trunk:
                return f"{trunk.name} is not described as it is; choose the trunk anew."
        rows = rows_of(trunk, home)
        is_trained(trunk, rows)
        if rows[-1].output_shape != trunk.feature_shape:
            return f"{trunk.name} makes other features than expected; choose the trunk anew."
        if trunk.head is not None and not path_of(home, trunk.head).exists():
            return "The trained head that this training begins with is gone; train a head first."
    except TrunkError as error:
        return str(error)
    if head.input_shape != trunk.feature_shape:
        made, taken = (" × ".join(map(str, shape)) for shape in (trunk.feature_shape, head.input_shape))
        return f"The trunk makes features of {made}, but the head takes {taken}; give the head this input."
    return None
