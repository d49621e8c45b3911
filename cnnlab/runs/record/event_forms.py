"""Know what each event of a run holds, so that a line that is cut, foreign or empty takes nothing else away.

A line without what its type cannot do without is no event; anything else that is missing or of the wrong form gets
the value it has when it is not known.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from cnnlab.core.words.numbers import is_number

LARGEST = 10**9


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(map(is_number, value.values()))


def _numbers_or_none(value: Any) -> bool:
    return isinstance(value, dict) and all(each is None or is_number(each) for each in value.values())


def _counts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_count, value))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


Check = Callable[[Any], bool]

_NEEDED: Mapping[str, Mapping[str, Check]] = {
    "start": {},
    "batch": {"epoch": _count, "batch": _count, "batches": lambda value: _count(value) and value > 0},
    "epoch": {"epoch": _count},
    "look": {"epoch": _count, "dead": _numbers, "predicted": _counts},
    "gradients": {"epoch": _count, "norms": _numbers_or_none},
    "learning_rate": {"epoch": _count, "batch": _count, "batches": _count, "value": is_number},
    "resume": {"epoch": _count},
    "preparing": {"what": _text, "done": _count, "total": _count},
    "end": {},
}
_NO_NUMBER: tuple[Check, Any] = (is_number, None)
_METRICS = dict.fromkeys(("loss", "accuracy", "val_loss", "val_accuracy"), _NO_NUMBER)
_SECONDS: Mapping[str, tuple[Check, Any]] = {"seconds": (is_number, 0.0)}
_UNKNOWN: Mapping[str, Mapping[str, tuple[Check, Any]]] = {
    "start": {"classes": (_texts, [])},
    "batch": {"loss": _NO_NUMBER, "accuracy": _NO_NUMBER, **_SECONDS},
    "epoch": {**_METRICS, **_SECONDS},
    "gradients": {"loss": _NO_NUMBER},
}
"""What is always there, with its value where it is not known."""
_OPTIONAL: Mapping[str, Check] = {
    "saturated": _numbers,
    "compared": _count,
    "right_by_moving": _count,
    "right_by_own": _count,
    "penalty": is_number,
    "learning_rate": is_number,
    "samples": _count,
    "batches": _count,
    "validation_samples": _count,
    "validation_batches": _count,
    "counts": _counts,
    "validation_counts": _counts,
    "loss": lambda value: _text(value) or is_number(value) or value is None,
    "device": _text,
}
"""What may be there; it is left out where its form is wrong."""


def in_form(event: Any) -> dict[str, Any] | None:
    """Return an event as its readers expect it, or None for what is none."""
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDED:
        return None
    if not all(name in event and check(event[name]) for name, check in _NEEDED[kind].items()):
        return None
    needed, always = _NEEDED[kind], _UNKNOWN.get(kind, {})
    # A run tells thousands of events in the same few words; each is held once, not once an event.
    kept = {
        sys.intern(name): value
        for name, value in event.items()
        if name in needed or name in always or name not in _OPTIONAL or _OPTIONAL[name](value)
    }
    known = {name: unknown for name, (check, unknown) in always.items() if name not in kept or not check(kept[name])}
    return kept | known | {"type": sys.intern(kind)}
