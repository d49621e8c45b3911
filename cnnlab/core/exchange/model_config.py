"""Judge the description of a model that somebody else made before anything is built from it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.keras_classes import KNOWN, LAYERS, MODELS, NOT_OPENED, OPERATIONS, OPERATIONS_OF
from cnnlab.core.exchange.old_keras import GONE
from cnnlab.core.pictures import shown_name

MOST_LAYERS = 1_000
LARGEST_NUMBER = 1_000_000
MOST_TEXT = 16 << 20  # bytes of JSON
_DEEPEST = 60

_TRAINING = ("keras.optimizers", "keras.losses", "keras.metrics")


def read_model_config(text: str | bytes, name: str) -> dict[str, Any]:
    """Return the config of a model from its JSON, of a size that can be walked through; raise `ModelFileError`.

    `name` is fit to be shown.
    """
    if len(text) > MOST_TEXT:
        raise ModelFileError(f"{name} has a description of {len(text):,} bytes, more than any model needs.")
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise ModelFileError(f"{name} has a damaged description; save the model again with model.save.") from None
    if not isinstance(config, dict) or config.get("class_name") not in MODELS:
        raise ModelFileError(f"{name} does not describe a Sequential or functional Keras model; save it as one.")
    # How the model was trained is not read: it is opened without compiling.
    config = {key: value for key, value in config.items() if key != "compile_config"}
    layers = sum(str(found["class_name"]) in LAYERS for found in _objects(config, name))
    if layers > MOST_LAYERS:
        raise ModelFileError(f"{name} has more than {MOST_LAYERS:,} layers, the most that are opened here.")
    return config


def check_model_config(config: Mapping[str, Any], name: str) -> None:
    """Raise `ModelFileError` if a config names a class or function beyond those of Keras that run no code of others.

    No number in it is beyond reason either. `name` is fit to be shown.
    """
    for found in _objects(config, name):
        _check_class(found, name)
        _check_numbers(found, shown_name(str(found["class_name"])), name)


def _check_class(found: Mapping[str, Any], name: str) -> None:
    class_name, module = str(found["class_name"]), found.get("module")
    shown = shown_name(class_name)
    if class_name in ("Lambda", "__lambda__"):
        raise ModelFileError(
            f"{name} has a Lambda layer, which carries program code of its own, so it is not opened; replace it by "
            "Keras' layers and save the model again."
        )
    if class_name in GONE:
        raise ModelFileError(
            f"{name} has the layer {class_name}, which older versions of Keras had and Keras 3 has not, so it cannot "
            "be opened."
        )
    of_keras = module is None or (isinstance(module, str) and (module == "keras" or module.startswith("keras.")))
    registered = found.get("registered_name")
    theirs = isinstance(registered, str) and ">" in registered
    is_operation = isinstance(module, str) and module.startswith(OPERATIONS_OF)
    known = class_name in (OPERATIONS if is_operation else KNOWN) or module in _TRAINING
    if known and of_keras and not theirs and isinstance(found["class_name"], str):
        return
    if not theirs and (is_operation or (of_keras and class_name in NOT_OPENED)):
        raise ModelFileError(
            f"{name} has {shown}, which is Keras' own but may run other programs, read other files or is not for "
            "pictures, so it is not opened here; save the model without it."
        )
    raise ModelFileError(
        f"{name} needs the custom class or function {shown}, whose code is not in the file, so it cannot be opened "
        "here; use only Keras' own layers."
    )


def _check_numbers(found: Mapping[str, Any], shown: str, name: str) -> None:
    given = found.get("config")
    for key, value in given.items() if isinstance(given, Mapping) else ():
        for number in _flat(value):
            is_number = isinstance(number, int | float) and not isinstance(number, bool)
            if is_number and abs(number) > LARGEST_NUMBER and "seed" not in str(key):
                raise ModelFileError(
                    f"{name} has a {shown} layer with {shown_name(str(key))} = {number:,}, and at most "
                    f"{LARGEST_NUMBER:,} can be looked into; use a smaller model."
                )


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for inner in value:
            yield from _flat(inner)
    else:
        yield value


def _objects(value: Any, name: str, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield everything in a config that names a class, outermost first."""
    if depth > _DEEPEST:
        raise ModelFileError(f"{name} has a description that is nested too deep; use a plainer model.")
    if isinstance(value, Mapping):
        if "class_name" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner, name, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, name, depth + 1)
