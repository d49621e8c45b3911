"""Build EfficientNet-Lite0 in Keras from its plain description."""

from typing import Any

import keras
import numpy as np

from cnnlab.core.trunks.lite0 import KEY, WEIGHTS, parts


def lite0(height: int, width: int) -> keras.Model:
    """Return the whole network with its weights; it takes (x − 127) / 128 of RGB pixels from 0 to 255.

    What is shipped as float16 is float32 again, each weight with the value that it was rounded to.
    """
    picture = keras.Input((height, width, 3), name="picture")
    made: dict[str, Any] = {"": picture}
    for part in parts():
        layer = getattr(keras.layers, part.class_name)(name=part.name, **part.config)
        taken = [made[name] for name in part.inputs]
        made[part.name] = layer(taken[0] if len(taken) == 1 else taken)
    model = keras.Model(picture, made[parts()[-1].name], name=KEY)
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        for layer in model.layers:
            layer.set_weights([kept[f"{layer.name}/{_kept_as(weight)}"].astype(np.float32) for weight in layer.weights])
    return model


def _kept_as(weight: keras.Variable) -> str:
    return str(weight.name).removeprefix("moving_")
