"""Read and write a layer's config as Keras' `get_config()` gives it.

Keras writes more keys than CNN Lab teaches (initializers, regularizers, dtype ...). Those are accepted at their
default and refused at any other value, so that a network is never silently a different one.
"""

import re
from collections.abc import Mapping
from typing import Any

from cnnlab.core.network.layers import ALWAYS, KINDS, Option
from cnnlab.core.words import Refusal

# What TensorFlow takes as the name of a scope; with any other name a model builds but does not run.
_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\-]*", re.ASCII)
LARGEST = 10**9
"""The largest number that may stand in a network: more is no network, and its sums would take memory and time."""


class NetworkFormatError(Refusal):
    """Say in one sentence what in a network's description cannot be read."""


def read_config(class_name: str, given: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Return the layer's name (None if not given) and its options, defaults filled in and scalars made pairs.

    Raises `NetworkFormatError` for an unknown key, a missing one, a wrong form, or a value CNN Lab does not model.
    """
    if class_name not in KINDS:
        raise NetworkFormatError(f"The layer {class_name!r} is not one CNN Lab knows; it knows {', '.join(KINDS)}.")
    options = KINDS[class_name].options
    fixed = {**ALWAYS, **KINDS[class_name].fixed}
    for key, value in given.items():
        if key in options or key == "name":
            continue
        if key not in fixed:
            raise NetworkFormatError(f"{class_name} has no argument {key!r}; it takes {', '.join(options) or 'none'}.")
        spellings = fixed[key] if isinstance(fixed[key], tuple) else (fixed[key],)
        if _plain(value) not in spellings:
            raise NetworkFormatError(
                f"{class_name} with {key}={_plain(value)!r} is not supported; only {spellings[0]!r} is."
            )
    name = given.get("name")
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise NetworkFormatError(
            f"A layer's name must be made of letters a to z, digits, '_', '-' and '.', not {name!r:.60}."
        )
    config = {key: _read_option(class_name, key, option, given) for key, option in options.items()}
    for key, option in options.items():
        if option.follows and config[key] is None:
            config[key] = config[option.follows]
    return name, config


def _read_option(class_name: str, key: str, option: Option, given: Mapping[str, Any]) -> Any:
    value = given.get(key, option.default)
    if value is None and key == "activation" and not option.required:
        return "linear"
    if value is None and option.required:
        raise NetworkFormatError(f"{class_name} needs {key}, and none was given.")
    if value is None and option.default is None:
        return None
    read = _FORMS[option.form](value)
    if read is None:
        most = f" of at most {LARGEST:,}" if _is_beyond(value) else ""
        raise NetworkFormatError(f"{key} of {class_name} must be {_SAID[option.form]}{most}, not {value!r:.60}.")
    return read.lower() if option.any_case and isinstance(read, str) else read


def _int(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and abs(value) <= LARGEST else None


def _pair(value: Any) -> tuple[int, int] | None:
    if _int(value) is not None:
        return value, value
    if isinstance(value, list | tuple) and len(value) == 2 and all(_int(v) is not None for v in value):
        return value[0], value[1]
    return None


def _single(value: Any) -> tuple[int] | None:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return (value,) if _int(value) is not None else None


def _sides(value: Any) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return ((top, bottom), (left, right)) from n, (height, width) or the four themselves."""
    if _int(value) is not None:
        return (value, value), (value, value)
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    height, width = _pair(value[0]), _pair(value[1])
    return (height, width) if height and width else None


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        return None
    return float(value)


def _bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _is_beyond(value: Any) -> bool:
    """Tell whether a number, or one of several, is too large to be read."""
    if isinstance(value, list | tuple):
        return any(_is_beyond(v) for v in value)
    return isinstance(value, int | float) and LARGEST < abs(value) < float("inf")


_FORMS = {
    "int": _int,
    "single": _single,
    "pair": _pair,
    "ends": _pair,
    "sides": _sides,
    "float": _float,
    "bool": _bool,
    "text": _text,
}
_SAID = {
    "int": "a whole number",
    "single": "a whole number",
    "pair": "a whole number or two of them",
    "ends": "a whole number or two of them",
    "sides": "a whole number, two of them or two pairs",
    "float": "a number",
    "bool": "true or false",
    "text": "a text",
}


def _plain(value: Any) -> Any:
    """Return a serialized Keras object (initializer, dtype policy) as its short name, and anything else as it is."""
    if isinstance(value, Mapping) and "class_name" in value:
        given = value.get("config")
        inner = given if isinstance(given, Mapping) else {}
        if value["class_name"] == "DTypePolicy":
            return inner.get("name")
        if any(v is not None for v in inner.values()):
            return f"{value['class_name']}({', '.join(f'{k}={v}' for k, v in inner.items() if v is not None)})"
        value = value["class_name"]
    return _SHORT.get(value, value) if isinstance(value, str) else value


_SHORT = {"GlorotUniform": "glorot_uniform", "Zeros": "zeros", "Ones": "ones"}
