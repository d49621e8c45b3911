"""Write augmentation settings as code: as the post's `ImageDataGenerator`, and as the layers of Keras 3."""

import math
from typing import Any

from cnnlab.core.augment.augment import AnyAugmentation, Augmentation
from cnnlab.core.augment.ends import reach
from cnnlab.core.augment.layer_settings import LAYERS, RandomLayer, RandomLayers

_FOLLOWING = (
    "rotation_range",
    "width_shift_range",
    "height_shift_range",
    "vertical_flip",
    "brightness_range",
    "channel_shift_range",
    "fill_mode",
    "cval",
)


def as_image_data_generator(augmentation: Augmentation) -> str:
    """Return the post's two generators with these settings; what has Keras' default is left out."""
    rescale = _rescale(augmentation)
    told = augmentation.to_dict()
    arguments = {
        "rescale": rescale,
        "shear_range": f"{augmentation.shear_range:.10g}",
        "zoom_range": _zoom(augmentation),
        "horizontal_flip": str(augmentation.horizontal_flip),
    }
    arguments |= {name: _written(told[name]) for name in _FOLLOWING if name in told}
    lines = "".join(f"    {name}={value},\n" for name, value in arguments.items())
    return (
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n\n"
        f"train_datagen = ImageDataGenerator(\n{lines})\n"
        f"validation_datagen = ImageDataGenerator(rescale={rescale})\n"
    )


def as_keras_layers(augmentation: AnyAugmentation, size: tuple[int, int]) -> str:
    """Return a `keras.Sequential` of Keras 3's own random layers, for pictures (height, width) with values 0 to 255.

    Layers are written as they are. For `ImageDataGenerator`'s settings they are those that draw from the same ranges,
    but not the same pixels; a comment says where a layer means something else.
    """
    if isinstance(augmentation, RandomLayers):
        lines = [f"layers.{layer_call(layer)}," for layer in augmentation.layers]
    else:
        lines = _nearest_layers(augmentation, size)
    scale = "" if augmentation.rescale == 1 else f"layers.Rescaling({_rescale(augmentation)}),"
    body = "".join(f"        {line}\n" for line in (*lines, scale) if line)
    return (
        "import keras\nfrom keras import layers\n\n"
        f"augment = keras.Sequential(\n    [\n{body}    ]\n)\n"
        "# train_dataset.map(lambda x, y: (augment(x, training=True), y))\n"
    )


def layer_call(layer: RandomLayer) -> str:
    """Return what makes a layer, without what Keras would assume anyway: 'RandomFlip(mode="horizontal")'."""
    given = [
        f"{name}={_argument(layer[name])}"
        for name, argument in LAYERS[layer.class_name].items()
        # The factors are always said: Keras has no default for some, and they are what the layer is about.
        if layer[name] != argument.default
        or (name.endswith(("factor", "mode")) and name != "fill_mode" and layer[name] is not None)
    ]
    return f"{layer.class_name}({', '.join(given)})"


def _argument(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(f'{part:.10g}' for part in value)})"
    return f"{value:.10g}" if isinstance(value, float) else f'"{value}"'


def _nearest_layers(augmentation: Augmentation, size: tuple[int, int]) -> list[str]:
    fill = f'fill_mode="{augmentation.fill_mode}"'
    if augmentation.fill_mode == "constant":
        fill += f", fill_value={augmentation.cval:.10g}"
    lines = []
    if augmentation.rotation_range:
        lines.append(f"layers.RandomRotation({augmentation.rotation_range / 360:.10g}, {fill}),  # part of a full turn")
    down, across = (
        min(1.0, reach(shift, side) / side)
        for shift, side in zip((augmentation.height_shift_range, augmentation.width_shift_range), size, strict=True)
    )
    if down or across:
        lines.append(f"layers.RandomTranslation({down:.10g}, {across:.10g}, {fill}),")
    if augmentation.shear_range:
        share = math.sin(math.radians(augmentation.shear_range))
        lines.append(f"layers.RandomShear({share:.10g}, 0.0, {fill}),  # a share of the width, here sin(shear_range)")
    low, high = augmentation.zoom_range
    if (low, high) != (1, 1):
        factor = f"({low - 1:.10g}, {min(high - 1, 1):.10g})"
        lines.append(f"layers.RandomZoom({factor}, {factor}, {fill}),")
    flips = {"horizontal": augmentation.horizontal_flip, "vertical": augmentation.vertical_flip}
    lines += [f'layers.RandomFlip("{name}"),' for name, wanted in flips.items() if wanted]
    if augmentation.channel_shift_range:
        lines.append(
            f"layers.RandomBrightness({augmentation.channel_shift_range / 255:.10g}),  # adds, as channel_shift does"
        )
    if augmentation.brightness_range is not None:
        low, high = (max(-1.0, min(1.0, factor - 1)) for factor in augmentation.brightness_range)
        lines.append(f"layers.RandomBrightness(({low:.10g}, {high:.10g})),  # adds; brightness_range multiplies")
    return lines


def _rescale(augmentation: AnyAugmentation) -> str:
    if augmentation.rescale == 1:
        return "None"
    return "1.0 / 255" if augmentation.rescale == 1 / 255 else repr(augmentation.rescale)


def _zoom(augmentation: Augmentation) -> str:
    low, high = augmentation.zoom_range
    return f"{high - 1:.10g}" if math.isclose(1 - low, high - 1, abs_tol=1e-9) else f"[{low:.10g}, {high:.10g}]"


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(f'{v:.10g}' for v in value)}]"
    if isinstance(value, float):
        return f"{value:.10g}" if value < 1 or value != int(value) else f"{value:.1f}"
    return repr(value)
