"""Mend how layers hang together: what a Sequential takes, who is called with what, names that Keras 3 forbids."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnnlab.core.exchange.keras_classes import MODELS
from cnnlab.core.exchange.mending.hard_sigmoid import as_layers
from cnnlab.core.exchange.mending.objects import INPUT, Config, Task
from cnnlab.core.exchange.mending.operations import OPERATION_LAYERS, operation

Renamed = dict[str, str]


def mend_graph(model: Any, task: Task) -> Any:
    """Return a model of Keras 2, and the models inside it, with its layers connected as Keras 3 writes it."""
    if not isinstance(model, Mapping) or model.get("class_name") not in MODELS:
        return model
    config = dict(model["config"])
    layers = [mend_graph(layer, task) for layer in config["layers"]]
    if model["class_name"] == "Sequential":
        config["layers"] = [renamed for layer in _with_input(layers) for renamed in _in_row(layer, task)]
    else:
        config = _functional(config | {"layers": layers}, task)
    config["name"] = _name(config.get("name", "model"), task)
    return {**model, "config": config}


def _with_input(layers: list[Config]) -> list[Config]:
    """Return the layers of a Sequential with an input layer; Keras 2.2 and 2.3 let the first layer say its shape."""
    shape = _input_of(layers[0]) if layers else None
    if shape is None or layers[0]["class_name"] == "InputLayer":
        return layers
    config = {"batch_shape": shape, "name": "input"}
    entry = {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}
    return [entry, *layers]


def _input_of(layer: Config) -> Any:
    config = layer["config"]
    if layer["class_name"] in MODELS and config.get("layers"):
        return _input_of(config["layers"][0])
    return config.get("batch_shape", config.get(INPUT))


def _in_row(layer: Config, task: Task) -> list[Config]:
    config = {key: value for key, value in layer["config"].items() if key != INPUT}
    if layer["class_name"] not in MODELS and "name" in config:
        config["name"] = _name(config["name"], task)
    return as_layers({**layer, "config": config}, task.notes)


def _name(name: Any, task: Task) -> Any:
    if isinstance(name, str) and "/" in name:
        task.notes.add("names")
        return name.replace("/", "_")
    return name


def _functional(config: Config, task: Task) -> Config:
    layers = config["layers"]
    names = _names([layer["name"] for layer in layers], task)
    shifts = {layer["name"]: _shift(layer, layers, config) for layer in layers}
    behind: Renamed = {}
    made: list[Config] = []
    for layer in layers:
        first, *more = as_layers(_connected(layer, names, shifts, task), task.notes)
        made.append(first)
        for each in more:
            before = made[-1]["name"]
            calls = [_call([_tensor(before, call)]) for call in range(len(first["inbound_nodes"]))]
            made.append({**each, "name": each["config"]["name"], "inbound_nodes": calls})
        behind[first["name"]] = made[-1]["name"]
    inserted = {each["name"] for each in made} - set(names.values())
    for layer in made:
        if layer["name"] not in inserted:
            layer["inbound_nodes"] = [_led(node, behind) for node in layer["inbound_nodes"]]
    ends = {
        key: _ends(_single(config[key]), names, shifts, layers, behind) for key in ("input_layers", "output_layers")
    }
    return config | {"layers": made} | ends


def _names(names: list[str], task: Task) -> Renamed:
    """Return for each name one that Keras 3 allows, no two the same."""
    found: Renamed = {}
    for name in names:
        new = _name(name, task)
        while new in found.values() or (new != name and new in names):
            new += "_"
        found[name] = new
    return found


def _shift(layer: Config, layers: list[Config], config: Config) -> int:
    """Return from which number on the calls of a layer are counted: a model of Keras 2 has called itself once."""
    if layer["class_name"] not in MODELS:
        return 0
    nodes = [reference for each in layers for node in each["inbound_nodes"] for reference in references(node)]
    ends = list(references(config["output_layers"]))
    indices = [index for name, index, _ in (*nodes, *ends) if name == layer["name"]]
    return 1 if indices and min(indices) >= 1 else 0


def references(value: Any) -> Iterator[tuple[str, int, int]]:
    """Yield every (layer, call, output) that a node of Keras 2 names."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from references(inner)
    elif _is_reference(value):
        yield value[0], value[1], value[2]
        yield from references(value[3:])
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _is_reference(value: Any) -> bool:
    if not isinstance(value, list) or len(value) not in (3, 4) or not isinstance(value[0], str):
        return False
    return isinstance(value[1], int) and isinstance(value[2], int) and value[1] >= 0


def _connected(layer: Config, names: Renamed, shifts: Mapping[str, int], task: Task) -> Config:
    """Return a layer under its new name with its calls as Keras 3 writes them."""
    name = names[layer["name"]]
    config = {key: value for key, value in layer["config"].items() if key != INPUT} | {"name": name}
    made = {**layer, "name": name, "config": config}
    nodes = [_inputs(node, names, shifts) for node in layer["inbound_nodes"] if node]
    if layer["class_name"] in OPERATION_LAYERS:
        return operation(made, nodes, task)
    calls = []
    for inputs, options in nodes:
        kept = {key: value for key, value in options.items() if not (key in ("training", "mask") and value is None)}
        calls.append(_call([inputs[0] if len(inputs) == 1 else inputs], kept))
    return {**made, "inbound_nodes": calls}


def _inputs(node: Any, names: Renamed, shifts: Mapping[str, int]) -> tuple[list[Any], Config]:
    """Return the tensors and constants that a node of Keras 2 takes first, and what it takes by name."""
    options: Config = {}
    inputs = []
    for entry in [node] if node and isinstance(node[0], str) else node:
        if entry[0] == "_CONSTANT_VALUE":
            inputs.append(entry[2])
        else:
            inputs.append(_revived(entry[:3], names, shifts))
        options |= entry[3] if len(entry) > 3 else {}
    return inputs, {key: _revived(value, names, shifts) for key, value in options.items()}


def _revived(value: Any, names: Renamed, shifts: Mapping[str, int]) -> Any:
    """Return a value with every reference in it as a tensor of Keras 3."""
    if _is_reference(value) and value[0] in names:
        return _tensor(names[value[0]], value[1] - shifts[value[0]], value[2])
    if isinstance(value, list):
        return [_revived(each, names, shifts) for each in value]
    return value


def _tensor(name: str, call: int, output: int = 0) -> Config:
    history = {"shape": [], "dtype": "float32", "keras_history": [name, call, output]}
    return {"class_name": "__keras_tensor__", "config": history}


def _call(args: list[Any], kwargs: Config | None = None) -> Config:
    return {"args": args, "kwargs": kwargs or {}}


def _led(value: Any, behind: Renamed) -> Any:
    """Return a call that takes what stands behind each layer now."""
    if isinstance(value, list):
        return [_led(each, behind) for each in value]
    if not isinstance(value, Mapping):
        return value
    if value.get("class_name") == "__keras_tensor__":
        name, call, output = value["config"]["keras_history"]
        return _tensor(behind.get(name, name), call, output)
    return {key: _led(each, behind) for key, each in value.items()}


def _single(value: Any) -> Any:
    """Return the only tensor of a model, which Keras 3 gives as a list if it is written as one."""
    return value[0] if isinstance(value, list) and len(value) == 1 and _is_reference(value[0]) else value


def _ends(value: Any, names: Renamed, shifts: Mapping[str, int], layers: list[Config], behind: Renamed) -> Any:
    """Return the inputs or outputs of a model; there Keras 3 counts the calls of a functional model as Keras 2 does."""
    if isinstance(value, Mapping):
        return {key: _ends(each, names, shifts, layers, behind) for key, each in value.items()}
    if not _is_reference(value):
        return [_ends(each, names, shifts, layers, behind) for each in value]
    name, call, output = value[:3]
    of = next(layer["class_name"] for layer in layers if layer["name"] == name)
    new = behind[names[name]]
    return [new, call if of == "Functional" else call - shifts[name], output]
