"""Say what is wrong with a trunk and the head above it, before anything is trained."""

from dataclasses import replace
from pathlib import Path

from cnnlab.core.network import Network
from cnnlab.core.trunks.files import path_of
from cnnlab.core.trunks.known import KNOWN
from cnnlab.core.trunks.rows import is_trained, known_trunk, rows_of
from cnnlab.core.trunks.trunk import Trunk, TrunkError


def trunk_problem(trunk: Trunk, head: Network, home: Path) -> str | None:
    """Return in one sentence why this head cannot be trained above this trunk, or None."""
    try:
        if known := KNOWN.get(trunk.source):
            made = known_trunk(known, trunk.input_shape[0], trunk.cut)
            if replace(made, trainable_from=trunk.trainable_from, head=trunk.head) != trunk:
                return f"{known.name} is not described as it is; choose the trunk anew."
        rows = rows_of(trunk, home)
        is_trained(trunk, rows)
        if rows[-1].output_shape != trunk.feature_shape:
            return f"{trunk.name} makes other features than expected; choose the trunk anew."
        if trunk.head is not None and not path_of(home, trunk.head).exists():
            return "The trained head that this training begins with is gone; train a head first."
    except TrunkError as error:
        return str(error)
    if head.input_shape != trunk.feature_shape:
        makes, takes = (" × ".join(map(str, shape)) for shape in (trunk.feature_shape, head.input_shape))
        return f"The trunk makes features of {makes}, but the head takes {takes}; give the head this input."
    return None
