"""Mend the description of a model before Keras sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.mending.graphs import mend_graph
from cnnlab.core.exchange.mending.notes import Notes
from cnnlab.core.exchange.mending.objects import Arguments, Task, mend_objects
from cnnlab.core.exchange.old_keras import modernised

_OLD = ("0.", "1.", "2.")


@dataclass(frozen=True)
class Mended:
    """Hold a description as this Keras reads it, and one sentence for each kind of change."""

    config: dict[str, Any]
    said: tuple[str, ...]


def is_old(config: Mapping[str, Any], version: str) -> bool:
    """Tell whether a model was described by Keras 1 or 2; `version` is empty where the file does not say it."""
    return version.startswith(_OLD) or (not version and "module" not in config)


def mended(config: Mapping[str, Any], name: str, version: str, arguments: Arguments) -> Mended:
    """Return a config as this Keras reads it, equal where that is so already; raise `ModelFileError`.

    `arguments` tells what the layers of this Keras take; `name` is fit to be shown.
    """
    notes = Notes()
    old = is_old(config, version)
    task = Task(name, old, arguments, notes)
    try:
        new = mend_objects(modernised(config, name) if old else dict(config), task)
        if old:
            new = mend_graph(new, task)
            notes.add("old", version or "2")
    except (TypeError, KeyError, ValueError, AttributeError, IndexError, StopIteration) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(f"{name} has a damaged description; save the model again with model.save.") from error
    return Mended(new, notes.said())
