"""Turn the current network into live controls, and their values back into a network."""

from collections.abc import Mapping

from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names
from cnnlab.ui.controls import Control, Group, Number
from cnnlab.ui.state import Shared
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS

LABELS = {
    "filters": "filters",
    "kernel_size": "kernel_size",
    "pool_size": "pool_size",
    "units": "units",
    "rate": "rate",
}
BOUNDS: Mapping[str, tuple[Number, Number, Number]] = {
    "filters": (1, 128, 1),
    "kernel_size": (1, 15, 1),
    "pool_size": (1, 12, 1),
    "units": (1, 256, 1),
    "rate": (0.0, 0.9, 0.05),
}
IMAGE_SIZE = (4, 256, 1)


def network_groups(network: Network) -> tuple[Group, ...]:
    """Return the controls of a network: the image size, one group a convolutional stage, one for the dense head."""
    height, width, channels = network.input_shape
    size = Control(
        "input.size",
        "image size",
        "Image size in pixels",
        height,
        *IMAGE_SIZE,
        form="# × #",
        text=f"{height} × {width}",
    )
    groups = [Group("Input", KIND_COLORS["input"], (size,), f"{channels} channels")]
    for title, color, indices in _stages(network):
        controls = tuple(c for i in indices for c in _layer_controls(network, i))
        if controls:
            groups.append(Group(title, color, controls))
    return tuple(groups)


def _stages(network: Network) -> list[tuple[str, str, list[int]]]:
    """Split the layers into stages that begin with a convolution, and a head from Flatten or the first Dense on."""
    stages: list[tuple[str, str, list[int]]] = []
    in_head = False
    for index, layer in enumerate(network.layers):
        kind = KIND_OF_CLASS[layer.class_name]
        if not in_head and (kind == "dense" or layer.class_name in ("Flatten", "GlobalAveragePooling2D")):
            in_head = True
            stages.append(("Head", KIND_COLORS["dense"], []))
        elif not in_head and (kind == "convolution" or not stages):
            stages.append((f"Stage {len(stages) + 1}", KIND_COLORS["convolution"], []))
        stages[-1][2].append(index)
    return stages


def _layer_controls(network: Network, index: int) -> list[Control]:
    layer, name = network.layers[index], layer_names(network)[index]
    is_output = layer.class_name == "Dense" and not any(x.class_name == "Dense" for x in network.layers[index + 1 :])
    controls = []
    for option in LABELS:
        if option not in layer.config or is_output:
            continue
        value = layer.config[option]
        low, high, step = BOUNDS[option]
        paired = isinstance(value, tuple)
        first = value[0] if paired else value
        controls.append(
            Control(
                f"layer{index}.{option}",
                LABELS[option],
                f"{option} of {name}",
                first,
                min(low, first),
                max(high, first),
                step,
                form="# × #" if paired else "#",
                text=f"{value[0]} × {value[1]}" if paired else "",
            )
        )
    return controls


def apply_values(mine: Shared, values: Mapping[str, Number]) -> None:
    """Take the values of the controls over into the visitor's network."""
    network, moved = mine.network, ""
    for handle, value in values.items():
        changed = _with_value(network, handle, value)
        if changed != network:
            network, moved = changed, handle
    if moved:
        mine.change_network(network, moved)


def _with_value(network: Network, handle: str, value: Number) -> Network:
    """Return the network with one control's value; a value that was not moved leaves a non-square pair alone."""
    owner, option = handle.split(".")
    if owner == "input":
        same = network.input_shape[0] == value
        return network if same else network.with_image_size(int(value), int(value))
    index = int(owner.removeprefix("layer"))
    if index >= len(network.layers) or option not in network.layers[index].config:
        return network
    old = network.layers[index].config[option]
    if (old[0] if isinstance(old, tuple) else old) == value:
        return network
    return network.with_option(index, option, value)
