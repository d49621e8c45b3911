"""Keep what Keras 2 called hard_sigmoid: Keras 3 has another function of this name."""

from typing import Any

from cnnlab.core.exchange.keras_classes import MODELS
from cnnlab.core.exchange.mending.notes import Notes

_NAME = "hard_sigmoid"
_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Rescaling", {"scale": 0.2, "offset": 0.5}),
    ("ReLU", {"max_value": 1.0}),
)


def as_layers(layer: dict[str, Any], notes: Notes) -> list[dict[str, Any]]:
    """Return a layer of Keras 2 with the layers behind it that compute its hard_sigmoid."""
    config = layer["config"]
    if layer["class_name"] in MODELS:
        return [layer]
    if config.get("recurrent_activation") == _NAME:
        notes.add("recurrent hard_sigmoid", layer["class_name"])
        return [layer]
    if config.get("activation") != _NAME:
        return [layer]
    notes.add("hard_sigmoid")
    steps = [
        {
            "module": "keras.layers",
            "class_name": class_name,
            "config": {"name": f"{config['name']}_{class_name.lower()}", **options},
            "registered_name": None,
        }
        for class_name, options in _STEPS
    ]
    return [{**layer, "config": config | {"activation": "linear"}}, *steps]
