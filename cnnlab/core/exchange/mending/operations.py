"""Say TensorFlow's operations, as Keras 2 kept arithmetic between layers, by the operations of Keras 3."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.mending.objects import Config, Task
from cnnlab.core.pictures import shown_name

OPERATION_LAYERS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
_PREFIXES = ("math.", "__operators__.", "nn.", "compat.v1.", "image.", "linalg.", "sparse.", "strings.", "random.")

Call = tuple[str, str, Config, list[Any]]
"""Module, class, its config without the name, and what it is called with."""
Build = Callable[[list[Any], Config], Call]


def operation(layer: Config, nodes: list[tuple[list[Any], Config]], task: Task) -> Config:
    """Return an operation of Keras 3 in place of a layer that calls TensorFlow; raise `ModelFileError` without one."""
    function, extra = _function(layer)
    short = function.removeprefix("tf.")
    for prefix in _PREFIXES:
        short = short.removeprefix(prefix)
    build = _BUILDS.get(short)
    if build is None:
        raise ModelFileError(
            f"{task.name} calls TensorFlow's {shown_name(function)}, for which there is no operation of Keras here, so "
            "it cannot be opened; build the model from Keras' layers."
        )
    calls = [build([*inputs, *extra], {k: v for k, v in o.items() if k != "name"}) for inputs, o in nodes]
    module, class_name, config, _ = calls[0]
    if any(call[:3] != calls[0][:3] for call in calls):
        raise ModelFileError(
            f"{task.name} calls TensorFlow's {shown_name(function)} in several ways at once, so it cannot be opened; "
            "build the model from Keras' layers."
        )
    task.notes.add("operations", class_name)
    return {
        "module": f"keras.src.ops.{module}",
        "class_name": class_name,
        "config": {"name": layer["name"], **config},
        "registered_name": class_name,
        "name": layer["name"],
        "inbound_nodes": [{"args": call[3], "kwargs": {}} for call in calls],
    }


def _function(layer: Config) -> tuple[str, list[Any]]:
    """Return the name of what is called and the constants that it takes behind its tensors."""
    config = layer["config"]
    if layer["class_name"] != "TensorFlowOpLayer":
        return str(config.get("function")), []
    # Keras 2.1 to 2.3 of TensorFlow kept the node of the graph.
    node = config["node_def"]
    node = json.loads(node) if isinstance(node, str) else node
    constants = config.get("constants") or {}
    return _NODES.get(str(node["op"]), str(node["op"])), [constants[key] for key in sorted(constants)]


def _both(class_name: str) -> Build:
    def build(inputs: list[Any], options: Config) -> Call:
        others = [options[key] for key in ("x", "y", "bias", "value") if key in options]
        first, second = (_constant(each) for each in [*inputs, *others][:2])
        return "numpy", class_name, {}, [first, second]

    return build


def _each(class_name: str, module: str = "numpy", **renamed: str) -> Build:
    """Return how an operation is called that takes one tensor; `renamed` are TensorFlow's names of its options."""

    def build(inputs: list[Any], options: Config) -> Call:
        given = {new: options[old] for old, new in renamed.items() if options.get(old) is not None}
        return module, class_name, given, [inputs[0]]

    return build


def _reduced(class_name: str) -> Build:
    return _each(class_name, axis="axis", keepdims="keepdims", keep_dims="keepdims")


def _joined(class_name: str) -> Build:
    def build(inputs: list[Any], options: Config) -> Call:
        tensors = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], list) else inputs
        return "numpy", class_name, {"axis": options.get("axis", 0)}, [tensors]

    return build


def _sliced(inputs: list[Any], options: Config) -> Call:
    return "numpy", "GetItem", {}, [inputs[0], [_slice(each) for each in options["slice_spec"]]]


def _slice(spec: Any) -> Any:
    if not isinstance(spec, Mapping):
        return spec
    if "class_name" in spec:
        return {"class_name": "__ellipsis__", "config": {}}
    return {"class_name": "__slice__", "config": {key: spec.get(key) for key in ("start", "stop", "step")}}


def _padded(inputs: list[Any], options: Config) -> Call:
    mode = str(options.get("mode", "CONSTANT")).lower()
    return "numpy", "Pad", {"pad_width": options["paddings"], "mode": mode}, [inputs[0]]


def _resized(inputs: list[Any], options: Config) -> Call:
    method = {"nearest": "nearest", "bicubic": "bicubic"}.get(str(options.get("method")), "bilinear")
    given = {"size": options["size"], "interpolation": method, "antialias": bool(options.get("antialias", False))}
    return "image", "Resize", given, [inputs[0]]


def _leaky(inputs: list[Any], options: Config) -> Call:
    return "nn", "LeakyRelu", {"negative_slope": options.get("alpha", 0.2)}, [inputs[0]]


def _gelu(inputs: list[Any], options: Config) -> Call:
    return "nn", "Gelu", {"approximate": bool(options.get("approximate", False))}, [inputs[0]]


def _constant(value: Any) -> Any:
    """Return a constant as Keras 3 keeps it: a list of numbers as a tensor."""
    if isinstance(value, list):
        return {"class_name": "__tensor__", "config": {"value": value, "dtype": "float32"}}
    return value


_BUILDS: Mapping[str, Build] = {
    **{name: _both("TrueDivide") for name in ("truediv", "divide", "div", "realdiv")},
    **{name: _both("Add") for name in ("add", "add_v2", "bias_add")},
    **{name: _both("Subtract") for name in ("subtract", "sub")},
    **{name: _both("Multiply") for name in ("multiply", "mul")},
    "pow": _both("Power"),
    "maximum": _both("Maximum"),
    "minimum": _both("Minimum"),
    "floordiv": _both("FloorDivide"),
    "negative": _each("Negative"),
    "abs": _each("Absolute"),
    "exp": _each("Exp"),
    "log": _each("Log"),
    "sqrt": _each("Sqrt"),
    "rsqrt": _each("Rsqrt", "math"),
    "square": _each("Square"),
    "tanh": _each("Tanh"),
    "sin": _each("Sin"),
    "cos": _each("Cos"),
    "sign": _each("Sign"),
    "floor": _each("Floor"),
    "ceil": _each("Ceil"),
    "round": _each("Round"),
    "reciprocal": _each("Reciprocal"),
    "relu": _each("Relu", "nn"),
    "relu6": _each("Relu6", "nn"),
    "elu": _each("Elu", "nn"),
    "selu": _each("Selu", "nn"),
    "silu": _each("Silu", "nn"),
    "swish": _each("Silu", "nn"),
    "sigmoid": _each("Sigmoid", "nn"),
    "softplus": _each("Softplus", "nn"),
    "softsign": _each("Softsign", "nn"),
    "softmax": _each("Softmax", "nn", axis="axis"),
    "log_softmax": _each("LogSoftmax", "nn", axis="axis"),
    "leaky_relu": _leaky,
    "gelu": _gelu,
    "reduce_mean": _reduced("Mean"),
    "reduce_max": _reduced("Max"),
    "reduce_min": _reduced("Min"),
    "reduce_sum": _reduced("Sum"),
    "reduce_prod": _reduced("Prod"),
    "reduce_std": _reduced("Std"),
    "reduce_variance": _reduced("Var"),
    "concat": _joined("Concatenate"),
    "stack": _joined("Stack"),
    "reshape": _each("Reshape", shape="newshape"),
    "transpose": _each("Transpose", perm="axes"),
    "expand_dims": _each("ExpandDims", axis="axis"),
    "squeeze": _each("Squeeze", axis="axis"),
    "split": _each("Split", num_or_size_splits="indices_or_sections", axis="axis"),
    "reverse": _each("Flip", axis="axis"),
    "clip_by_value": _each("Clip", clip_value_min="x_min", clip_value_max="x_max"),
    "cast": _each("Cast", "core", dtype="dtype"),
    "identity": _each("StopGradient", "core"),
    "stop_gradient": _each("StopGradient", "core"),
    "getitem": _sliced,
    "pad": _padded,
    "resize": _resized,
    "rgb_to_grayscale": _each("RGBToGrayscale", "image"),
}
_NODES = {
    "RealDiv": "truediv", "Mul": "multiply", "Sub": "subtract", "AddV2": "add", "Add": "add", "BiasAdd": "bias_add",
    "Maximum": "maximum", "Minimum": "minimum", "Pow": "pow", "Neg": "negative", "Abs": "abs", "Exp": "exp",
    "Sqrt": "sqrt", "Square": "square", "Tanh": "tanh", "Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid",
    "Softmax": "softmax", "Identity": "identity",
}  # fmt: skip
