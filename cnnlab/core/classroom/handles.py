"""Name what an exercise can lock or hide: the handles of the controls, with the page that each belongs to.

A thing is locked on the page that it belongs to, and then wherever else it could be changed: the network on the
architecture page, picture and weights with the feature maps. What only moves the eye (layers, channels, views) is free.
What is hidden is locked too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from cnnlab.core.augment import AnyAugmentation, Augmentation, RandomLayers
from cnnlab.core.lessons.lesson import TRAINING
from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names

NETWORK, LOOK, DATA, AUGMENT, TRAIN = "architecture", "feature_maps", "data", "augmentation", "training"
SIZE, LAYERS = "input.size", "layers"
HANDLES: Mapping[str, Mapping[str, str]] = {
    NETWORK: {
        SIZE: "height and width of the picture that goes in, or the length of the sequence",
        "input.channels": "the channels that go in",
        LAYERS: "which layers there are: add, remove, move, take another network",
        "layer*": "every argument of every layer, and which layers there are",
    },
    LOOK: {"picture": "which picture is looked at", "weights": "which weights it is looked at with, and their seed"},
    DATA: {"data": "which data set is chosen, and the order of its classes"},
    AUGMENT: {
        **{each.name: f"{each.name} of the generator" for each in fields(Augmentation)},
        LAYERS: "augmentation by Keras' own layers",
    },
    TRAIN: {
        "start": "start a training",
        "schedule": "how the learning rate falls",
        **{name: f"{name} of a training" for name in TRAINING},
    },
}
"""What can be locked, by page and handle, in words; `handles_of` adds the arguments of one network's layers."""


def handles_of(network: Network) -> dict[str, dict[str, str]]:
    """Return everything that can be locked in an exercise with this network, by page and handle, in words."""
    found = {page: dict(handles) for page, handles in HANDLES.items()}
    for index, (layer, name) in enumerate(zip(network.layers, layer_names(network), strict=True)):
        taught = [option for option, known in layer.kind.options.items() if known.is_taught]
        found[NETWORK] |= {f"layer{index}.{option}": f"{option} of {name}" for option in taught}
    return found


def handles_between(old: Network, new: Network) -> Iterator[str]:
    """Yield the handle of everything in which two networks differ; other layers, or other names, are `LAYERS`."""
    if old.input_shape[:-1] != new.input_shape[:-1]:
        yield SIZE
    if old.input_shape[-1] != new.input_shape[-1]:
        yield "input.channels"
    if [(one.class_name, one.name) for one in old.layers] != [(one.class_name, one.name) for one in new.layers]:
        yield LAYERS
        return
    for index, (before, after) in enumerate(zip(old.layers, new.layers, strict=True)):
        changed = {option for option, value in after.config.items() if before.config[option] != value}
        for option in sorted(changed):
            # A pool's strides follow its pool_size by themselves, so whoever may touch that may move them along.
            led_by = after.kind.options[option].follows
            follows = led_by in changed and all(one.config[led_by] == one.config[option] for one in (before, after))
            if not follows:
                yield f"layer{index}.{option}"


def handles_between_augmentations(old: AnyAugmentation, new: AnyAugmentation) -> Iterator[str]:
    """Yield the handle of every setting in which two augmentations differ."""
    if isinstance(old, RandomLayers) or isinstance(new, RandomLayers):
        if old != new:
            yield LAYERS
        return
    yield from (each.name for each in fields(Augmentation) if getattr(old, each.name) != getattr(new, each.name))
