"""Write a run on a borrowed trunk as plain Keras: all layers of trunk and head, with the weights of the run's model."""

from cnnlab.core.exchange.keras_code import LINE, literal, model_code
from cnnlab.core.trunks.known import KNOWN
from cnnlab.core.trunks.parts import Part
from cnnlab.core.trunks.trunk import RESCALING, TRUNK, Trunk
from cnnlab.runs.record import RunSpec

MODEL_FILE = "model.keras"


def rebuilding_script(spec: RunSpec) -> str:
    """Return a script that rebuilds the model of a run on a trunk and asks it about pictures.

    It needs the run's model beside it as `model.keras`. Its pictures are resized as in the run.
    """
    height, width, channels = spec.picture_shape
    mode = {1: "grayscale", 4: "rgba"}.get(channels, "rgb")
    return f'''"""A head on a borrowed trunk, rebuilt in plain Keras; exported from CNN Lab.

Put the run's model beside it as {MODEL_FILE}, then: python script.py picture.jpg
"""

import sys

import keras

{rebuilding_code(spec)}

if __name__ == "__main__":
    model.summary(expand_nested=True)
    for name in sys.argv[1:]:
        picture = keras.utils.load_img(
            name, color_mode="{mode}", target_size=({height}, {width}), interpolation="bilinear"
        )
        pixels = keras.utils.img_to_array(picture)[None] * {spec.augmentation.rescale!r}
        print(name, model.predict(pixels, verbose=0)[0])
'''


def rebuilding_code(spec: RunSpec) -> str:
    """Return the statements that make `trunk`, `head` and the whole `model` with the weights of the run's model."""
    trunk = spec.trunk
    if trunk is None:
        raise ValueError("The run stands on no trunk.")
    return f"""trained = keras.models.load_model("{MODEL_FILE}")

# {" ".join(str(trunk).split())}
{_trunk_code(trunk)}
{_frozen(trunk)}

{head_code(spec)}
for layer in trunk.layers:
    layer.set_weights(trained.get_layer("{TRUNK}").get_layer(layer.name).get_weights())
for layer in head.layers:
    layer.set_weights(trained.get_layer(layer.name).get_weights())"""


def head_code(spec: RunSpec) -> str:
    """Return the statements that make `head` anew, with random weights, and set it on `trunk` as `model`."""
    if spec.trunk is None:
        raise ValueError("The run stands on no trunk.")
    below = ["trunk"]
    if (rescaling := spec.trunk.rescaling(spec.augmentation.rescale)) is not None:
        scale, offset = rescaling
        below.insert(0, f'keras.layers.Rescaling({scale!r}, {offset!r}, name="{RESCALING}")')
    head = model_code(spec.network, spec.l2).replace("model = ", "head = ", 1)
    lines = ",\n".join(f"        {each}" for each in (f"keras.Input({spec.picture_shape})", *below, "*head.layers"))
    return f"{head}\nmodel = keras.Sequential(\n    [\n{lines},\n    ]\n)"


def _trunk_code(trunk: Trunk) -> str:
    known = KNOWN.get(trunk.source)
    if known is None:
        # The layers of others are told by the model itself: each with its configuration, none with its weights.
        return f'trunk = keras.Model.from_config(trained.get_layer("{TRUNK}").get_config())'
    names = [part.name for part in known.parts()]
    parts = known.parts()[: names.index(trunk.cut) + 1]
    lines = [f'picture = keras.Input({trunk.input_shape}, name="picture")', *map(_line, parts)]
    return "\n".join([*lines, f'trunk = keras.Model(picture, {trunk.cut}, name="{TRUNK}")'])


def _line(part: Part) -> str:
    """Return the statement of one layer; its name is that of the variable too."""
    given = [f"{key}={literal(value)}" for key, value in part.config.items()]
    taken = [name or "picture" for name in part.inputs]
    inputs = taken[0] if len(taken) == 1 else f"[{', '.join(taken)}]"
    call = f"{part.name} = keras.layers.{part.class_name}"
    line = f"{call}({', '.join([*given, f'name={literal(part.name)}'])})({inputs})"
    if len(line) <= LINE:
        return line
    return "\n".join([f"{call}(", *(f"    {one}," for one in [*given, f"name={literal(part.name)}"]), f")({inputs})"])


def _frozen(trunk: Trunk) -> str:
    """Return the statements that freeze what the run froze: all layers, or those before the first trained one."""
    if trunk.trainable_from is None:
        return "for layer in trunk.layers:\n    layer.trainable = False"
    return (
        f"first = [layer.name for layer in trunk.layers].index({literal(trunk.trainable_from)})\n"
        "for layer in trunk.layers[:first]:\n    layer.trainable = False"
    )
