"""Mend single layers, initializers and policies: old class names, arguments that nobody takes any more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.keras_classes import LAYERS, MODELS
from cnnlab.core.exchange.mending.notes import Notes
from cnnlab.core.pictures import shown_name

Config = dict[str, Any]
Arguments = Callable[[str], frozenset[str] | None]
"""Return the arguments of a layer of this Keras by its class name, or None where any may be given."""

INPUT = "batch_input_shape"
"""What Keras 2 lets the first layer of a row say of its input."""
_RENAMED = {
    "Model": "Functional",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
}
_GONE_RANDOM = ("RandomHeight", "RandomWidth")
_MODULES = {"Functional": "keras.src.models.functional", "Sequential": "keras"}
_ODD_MODULES = {
    "LayerScale": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}
_MODULES_OF_KEYS = (
    ("initializer", "keras.initializers"),
    ("regularizer", "keras.regularizers"),
    ("constraint", "keras.constraints"),
    ("layer", "keras.layers"),
    ("layers", "keras.layers"),
    ("cell", "keras.layers"),
    ("cells", "keras.layers"),
)
_OLD_HOMES = (
    "keras.src.engine",
    "keras.engine",
    "keras.src.layers",
    "tf_keras",
    "tensorflow",
    "keras.src.applications",
)
# They matter for training alone, or are told by the layers around.
_FOR_TRAINING = ("initializer", "regularizer", "constraint", "trainable", "seed")
_TOLD_ELSEWHERE = frozenset(
    """
    batch_input_shape input_dtype input_length query_shape key_shape value_shape renorm renorm_clipping renorm_momentum
    virtual_batch_size fused rng_type force_generator implementation build_config
    """.split()  # noqa: SIM905
)
_NEUTRAL = {"groups": 1, "autocast": True, "dtype": "float32", "experimental_autocast": True}
_HALF = ("float16", "bfloat16", "mixed_float16", "mixed_bfloat16")


@dataclass(frozen=True)
class Task:
    """Hold what mending needs to know: the file's name, whether an older Keras wrote it, what layers take."""

    name: str
    old: bool
    arguments: Arguments
    notes: Notes


def mend_objects(value: Any, task: Task, key: str = "") -> Any:
    """Return a part of a description with everything in it mended that stands for itself; `key` is what it is for."""
    if key == "inbound_nodes":
        return value
    if key == "dtype":
        return _float32(value, task)
    if isinstance(value, list):
        return [mend_objects(each, task, key) for each in value]
    if not isinstance(value, Mapping):
        return value
    mended = {inner: mend_objects(each, task, inner) for inner, each in value.items()}
    if not isinstance(mended.get("class_name"), str) or not isinstance(mended.get("config"), Mapping):
        return mended
    return _without_strangers(_modern(mended, task, key) if task.old else mended, task, key)


def _float32(value: Any, task: Task) -> Any:
    """Return the dtype of a layer, float32 instead of half precision, which a CPU only slows down."""
    config = value.get("config") if isinstance(value, Mapping) else None
    name = config.get("name") if isinstance(config, Mapping) else value
    if isinstance(name, str) and name in _HALF:
        task.notes.add("precision", name)
        return "float32"
    return name if task.old and isinstance(name, str) else value


def _modern(found: Config, task: Task, key: str) -> Config:
    """Return an object of Keras 2 under the names that it has in Keras 3."""
    old: str = found["class_name"]
    class_name = _RENAMED.get(old, old)
    config = dict(found["config"])
    if class_name in _GONE_RANDOM:
        task.notes.add("gone", class_name)
        class_name, config = "Identity", {"name": config.get("name")}
    if class_name == "ThresholdedReLU":
        class_name, config = "ReLU", {"name": config.get("name"), "threshold": config.get("theta", 1.0)}
    if class_name == "LeakyReLU" and "alpha" in config:
        config["negative_slope"] = config.pop("alpha")
    if class_name == "InputLayer" and INPUT in config:
        config["batch_shape"] = config.pop(INPUT)
    axis = config.get("axis")
    if class_name == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    kept = {name: each for name, each in found.items() if name not in ("compile_config", "build_config")}
    return kept | _home(found, class_name, key) | {"class_name": class_name, "config": config}


def _home(found: Mapping[str, Any], class_name: str, key: str) -> Config:
    """Return the module in which a class stands now, where the file names none or an old one."""
    module = found.get("module")
    if not (module is None or (isinstance(module, str) and module.startswith(_OLD_HOMES))):
        return {}
    if class_name in _MODULES:
        return {"module": _MODULES[class_name], "registered_name": None}
    if class_name in _ODD_MODULES:
        return {"module": _ODD_MODULES[class_name], "registered_name": class_name}
    of_key = next((home for end, home in _MODULES_OF_KEYS if key.endswith(end)), None)
    if of_key is None or (of_key == "keras.layers" and class_name not in LAYERS):
        return {}
    return {"module": of_key, "registered_name": None}


def _without_strangers(found: Config, task: Task, key: str) -> Config:
    """Return an object without arguments that its class does not take and that change nothing; refuse any other."""
    class_name, config = found["class_name"], found["config"]
    if key.endswith("initializer") and task.old:
        return {**found, "config": {name: each for name, each in config.items() if name != "dtype"}}
    taken = task.arguments(class_name) if class_name in LAYERS and class_name not in MODELS else None
    kept: Config = {}
    for argument, value in config.items():
        if taken is None or argument in taken or (key == "layers" and argument == INPUT):
            kept[argument] = value
        elif _is_neutral(class_name, argument, value):
            if argument != INPUT:
                task.notes.add("left out", f"{argument} of {class_name}")
        else:
            raise ModelFileError(
                f"{task.name} has a {class_name} layer with {shown_name(argument)} = {shown_name(str(value))}, which "
                "this Keras does not know, so it would compute something else; save the model without it."
            )
    return {**found, "config": kept}


def _is_neutral(class_name: str, name: str, value: Any) -> bool:
    if class_name.startswith("Random") or name in _TOLD_ELSEWHERE or name.endswith(_FOR_TRAINING):
        return True
    return value in (None, False, [], {}) or (name in _NEUTRAL and value == _NEUTRAL[name])
