"""Build a trunk that is known layer by layer from its plain description, with the weights that ship or were fetched."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from cnnlab.core.trunks import lite0, vgg16
from cnnlab.core.trunks.files import read_at
from cnnlab.core.trunks.known import KNOWN
from cnnlab.core.trunks.trunk import TrunkError


def known_model(key: str, height: int, width: int, home: Path) -> keras.Model:
    """Return a known trunk whole, for RGB pixels of 0 to 255 times its scale plus its offset; raise `TrunkError`."""
    picture = keras.Input((height, width, 3), name="picture")
    made: dict[str, Any] = {"": picture}
    parts = KNOWN[key].parts()
    for part in parts:
        layer = getattr(keras.layers, part.class_name)(name=part.name, **part.config)
        taken = [made[name] for name in part.inputs]
        made[part.name] = layer(taken[0] if len(taken) == 1 else taken)
    model = keras.Model(picture, made[parts[-1].name], name=key)
    _WEIGHTS[key](model, home)
    return model


def _lite0(model: keras.Model, home: Path) -> None:
    """Set what is shipped as float16: float32 again, each weight with the value that it was rounded to."""
    with np.load(lite0.WEIGHTS, allow_pickle=False) as kept:
        for layer in model.layers:
            layer.set_weights([kept[f"{layer.name}/{_kept_as(weight)}"].astype(np.float32) for weight in layer.weights])


def _kept_as(weight: keras.Variable) -> str:
    return str(weight.name).removeprefix("moving_")


def _vgg16(model: keras.Model, home: Path) -> None:
    """Set what was fetched, the first kernel for RGB."""
    weights = vgg16.for_rgb(read_at(vgg16.weights_path(home))[1])
    if [each.shape for each in weights] != list(vgg16.weight_shapes()):
        raise TrunkError(f"The weights of {vgg16.NAME} are damaged; let them be fetched again.")
    model.set_weights(weights)


_WEIGHTS: Mapping[str, Callable[[keras.Model, Path], None]] = {lite0.KEY: _lite0, vgg16.KEY: _vgg16}
