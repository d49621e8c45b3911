"""Turn the current network into live controls, stage by stage or layer by layer, and their values into a network."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cnnlab.core.classroom.handles import LAYERS, NETWORK, SIZE
from cnnlab.core.network import Network
from cnnlab.core.network.layers import Option
from cnnlab.core.network.network import input_shape_of
from cnnlab.core.shapes import layer_names
from cnnlab.core.teach.brief import describe_pair
from cnnlab.ui.parts.controls import Control, Group, Number, Value
from cnnlab.ui.session import Shared, shared
from cnnlab.ui.session.exercise import at_work, is_hidden, is_locked
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS

SIZES = (4, 256, 1)
LENGTHS = (4, 400, 1)
WIDTH = ".width"


def stage_groups(network: Network) -> tuple[Group, ...]:
    """Return the controls of the post's view: the image size, one group a stage, one for the dense head."""
    channels = network.input_shape[-1]
    size = _length_control(network) if network.rank == 1 else _size_control(*network.picture_shape[:2])
    groups = [Group("Input", KIND_COLORS["input"], (size,), f"{channels} channels")]
    for title, color, indices in _stages(network):
        controls = tuple(_control(network, i, name) for i in indices for name in _main_options(network, i))
        if controls:
            groups.append(Group(title, color, controls))
    return with_locks(groups)


def layer_groups(network: Network) -> tuple[Group, ...]:
    """Return the controls of the full editor: the input, and one group a layer with every option."""
    groups = [Group("Input", KIND_COLORS["input"], tuple(_input_controls(network)))]
    for index, (layer, name) in enumerate(zip(network.layers, layer_names(network), strict=True)):
        options = [name for name, option in layer.kind.options.items() if option.is_taught]
        pairs = [option for option in options if layer.kind.options[option].form == "pair"]
        groups.append(
            Group(
                name,
                KIND_COLORS[KIND_OF_CLASS[layer.class_name]],
                tuple(_control(network, index, option) for option in options),
                layer.class_name,
                tuple(_width_control(network, index, option) for option in pairs),
                index,
            )
        )
    return with_locks(groups)


def with_locks(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Return the groups with those controls locked that an exercise or a trunk keeps, without those that it hides."""
    on_trunk = shared().trunk is not None
    if at_work() is None and not on_trunk:
        return tuple(groups)

    def locked(controls: tuple[Control, ...]) -> tuple[Control, ...]:
        shown = (one for one in controls if not is_hidden(NETWORK, _lock_of(one.handle)))
        return tuple(replace(one, locked=_is_kept(one.handle, on_trunk)) for one in shown)

    found = (replace(group, controls=locked(group.controls), more=locked(group.more)) for group in groups)
    if is_hidden(NETWORK, LAYERS):
        found = (replace(group, index=None) for group in found)
    return tuple(group for group in found if group.controls or group.more or group.index is not None)


def _is_kept(handle: str, on_trunk: bool) -> bool:
    """Tell whether a control is kept as it is: the input of a head is what its trunk makes."""
    return (on_trunk and handle.startswith("input.")) or is_locked(NETWORK, _lock_of(handle))


def _lock_of(handle: str) -> str:
    """Return by which handle an exercise knows what a control changes."""
    return SIZE if handle in ("input.height", "input.width", "input.length") else handle.removesuffix(WIDTH)


def first_kernel(network: Network) -> Group | None:
    """Return the one control of the first layer's kernel that has one, as a group; None where there is none to show."""
    for index, (layer, name) in enumerate(zip(network.layers, layer_names(network), strict=True)):
        if "kernel_size" in layer.config:
            color = KIND_COLORS[KIND_OF_CLASS[layer.class_name]]
            shown = with_locks([Group(name, color, (_control(network, index, "kernel_size"),))])
            return next(iter(shown), None)
    return None


def _stages(network: Network) -> list[tuple[str, str, list[int]]]:
    """Split the layers into stages that begin with a convolution, and a head from Flatten or the first Dense on."""
    stages: list[tuple[str, str, list[int]]] = []
    in_head = False
    for index, layer in enumerate(network.layers):
        kind = KIND_OF_CLASS[layer.class_name]
        if not in_head and layer.kind.closes:
            in_head = True
            stages.append(("Head", KIND_COLORS["dense"], []))
        elif not in_head and (kind == "convolution" or not stages):
            stages.append((f"Stage {len(stages) + 1}", KIND_COLORS["convolution"], []))
        stages[-1][2].append(index)
    return stages


def _main_options(network: Network, index: int) -> tuple[str, ...]:
    """Return the options that the stages show; the output layer's units belong to the classes, not to taste."""
    layer = network.layers[index]
    later = network.layers[index + 1 :]
    is_output = layer.class_name == "Dense" and not any(x.class_name == "Dense" for x in later)
    return () if is_output else tuple(name for name, option in layer.kind.options.items() if option.main)


def _size_control(height: int, width: int) -> Control:
    bounds, shown = _around(SIZES, height), f"{height} × {width}"
    return Control("input.size", "image size", "Image size in pixels", height, *bounds, "# × #", shown)


def _length_control(network: Network) -> Control:
    length = network.input_shape[0]
    return Control("input.length", "length", "Length of the sequence", length, *_around(LENGTHS, length))


def _input_controls(network: Network) -> Iterator[Control]:
    """Yield a control for each number of the input."""
    if network.rank == 1:
        yield _length_control(network)
    else:
        height, width, _ = network.picture_shape
        yield Control("input.height", "height", "Input height in pixels", height, *_around(SIZES, height))
        yield Control("input.width", "width", "Input width in pixels", width, *_around(SIZES, width))
    channels = network.input_shape[-1]
    yield Control("input.channels", "channels", "Input channels", channels, *_around((1, 4, 1), channels))


def _first(value: Any) -> Any:
    """Return the first of numbers for several axes or ends, which one slider stands for."""
    return _first(value[0]) if isinstance(value, tuple) else value


def _bounds(option: Option) -> tuple[Number, Number, Number]:
    assert option.bounds is not None, "only what is taught has a control"
    return option.bounds


def _around(bounds: tuple[Number, Number, Number], value: Number) -> tuple[Number, Number, Number]:
    """Return bounds that a value from a link or a file fits into."""
    return min(bounds[0], value), max(bounds[1], value), bounds[2]


def _control(network: Network, index: int, option: str) -> Control:
    value, known = network.layers[index].config[option], network.layers[index].kind.options[option]
    handle, said = f"layer{index}.{option}", f"{option} of {layer_names(network)[index]}"
    if isinstance(value, bool):
        return Control(handle, option, said, value)
    if known.offers:
        offered = known.offers if value in known.offers else (value, *known.offers)
        return Control(handle, option, said, str(value), choices=tuple(map(str, offered)))
    if isinstance(value, str):
        return Control(handle, option, said, value, choices=known.choices)
    if known.form == "pair":
        bounds = _around(_bounds(known), value[0])
        return Control(handle, option, said, value[0], *bounds, "# × #", describe_pair(value))
    number = _first(value)
    return Control(handle, option, said, number, *_around(_bounds(known), number))


def _width_control(network: Network, index: int, option: str) -> Control:
    width, known = network.layers[index].config[option][1], network.layers[index].kind.options[option]
    said = f"width of {option} of {layer_names(network)[index]}"
    return Control(f"layer{index}.{option}{WIDTH}", option, said, width, *_around(_bounds(known), width))


def apply_values(mine: Shared, values: Mapping[str, Value]) -> None:
    """Take the values of the controls that were moved over into the visitor's network."""
    network, moved = mine.network, ""
    for handle, value in values.items():
        changed = _with_value(network, mine.network, handle, value)
        if changed != network:
            network, moved = changed, handle
    if moved:
        mine.change_network(network, moved)


def _with_value(network: Network, shown: Network, handle: str, value: Value) -> Network:
    """Return the network with one control's value; one that is as `shown` has not been moved and changes nothing."""
    owner, option = handle.split(".", 1)
    if owner == "input":
        return _with_input(network, shown, option, value)
    index = int(owner.removeprefix("layer"))
    of_width = option.endswith(WIDTH)
    option = option.removesuffix(WIDTH)
    if index >= len(shown.layers) or option not in shown.layers[index].config:
        return network
    old, offers = shown.layers[index].config[option], shown.layers[index].kind.options[option].offers
    if offers:
        value = next((offer for offer in offers if str(offer) == value), old)
    if shown.layers[index].kind.options[option].form != "pair":
        return network if _first(old) == value else network.with_option(index, option, value)
    if old[1 if of_width else 0] == value:
        return network
    if of_width:
        return network.with_option(index, option, (old[0], value))
    return network.with_option(index, option, value if old[0] == old[1] else (value, old[1]))


def _with_input(network: Network, shown: Network, option: str, value: Value) -> Network:
    """Return the network with another input size; a slider that stands where it stood changes nothing."""
    places = {"size": (0, 1), "height": (0,), "length": (0,), "width": (1,), "channels": (network.rank,)}[option]
    if network.rank != shown.rank or shown.input_shape[places[0]] == value:
        return network
    numbers = tuple(int(value) if i in places else n for i, n in enumerate(network.input_shape))
    return replace(network, input_shape=input_shape_of(numbers))
