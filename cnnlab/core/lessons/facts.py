"""Name the facts that a lesson may ask about, and answer them from what stands before a student.

Shapes are (height, width, channels) without the batch; every number comes from the trace, which equals Keras.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment import Augmentation
from cnnlab.core.lessons.fact import Answer, Fact
from cnnlab.core.lessons.language import Facts, NotYet, Value
from cnnlab.core.lessons.run_facts import FACTS_OF_RUNS
from cnnlab.core.lessons.situation import Arrays, DataFacts, Place, Situation
from cnnlab.core.shapes import InvalidNetwork, Row, check, layer_names, trace

_ASKED = re.compile(r"([a-z_]\w*)(?:\(([^()]*)\))?")


def _rows(situation: Situation) -> tuple[Row, ...]:
    try:
        return trace(situation.network)
    except InvalidNetwork as error:
        raise NotYet(f"The network cannot exist. {error}") from None


def _row(situation: Situation, name: Value) -> Row:
    for row in _rows(situation):
        if row.name == name:
            return row
    raise NotYet(f"Your network has no layer {name}; it has {', '.join(layer_names(situation.network))}.")


def _of_row(value: Callable[[Row], Value]) -> Answer:
    return lambda situation, name: value(_row(situation, name))


def _side(row: Row, axis: int) -> int:
    if len(row.output_shape) != 3:
        raise NotYet(f"{row.name} has no maps; its output is {row.output_shape[0]:,} numbers.")
    return row.output_shape[axis]


def _share(value: Callable[[Row], int]) -> Answer:
    def answer(situation: Situation, name: Value) -> float:
        total = sum(map(value, _rows(situation)))
        return value(_row(situation, name)) / total if total else 0.0

    return answer


def _option(situation: Situation, name: Value, option: Value) -> Value:
    index = [row.name for row in _rows(situation)].index(_row(situation, name).name)
    config = situation.network.layers[index].config
    if option not in config:
        raise NotYet(f"{name} has no option {option}; it has {', '.join(config)}.")
    value = config[str(option)]
    if isinstance(value, tuple) and len(set(value)) == 1 and isinstance(value[0], int):
        return value[0]
    return value if isinstance(value, bool | int | float | str | tuple) else str(value)


def _count(situation: Situation, class_name: Value) -> int:
    return sum(layer.class_name == class_name for layer in situation.network.layers)


def _selected(situation: Situation) -> str:
    if situation.selected is None:
        raise NotYet("No layer is selected; press one in the strip.")
    return layer_names(situation.network)[situation.selected]


def _map(situation: Situation, name: Value) -> npt.NDArray[np.float32]:
    rows = _rows(situation)
    index = next(i for i, row in enumerate(rows) if row.name == _row(situation, name).name)
    maps: Arrays = situation.maps()
    if len(maps) != len(rows) or maps[index].shape != rows[index].output_shape:
        raise NotYet("The maps on the screen belong to another network.")
    return maps[index]


def _zeros(situation: Situation, name: Value, channel: Value) -> float:
    values = _map(situation, name)
    if not isinstance(channel, int) or not 0 <= channel < values.shape[-1]:
        raise NotYet(f"{name} has the channels 0 to {values.shape[-1] - 1}.")
    return float(np.mean(values[..., channel] == 0))


def _dead(situation: Situation, name: Value) -> int:
    values = _map(situation, name)
    return int(np.sum(~np.any(values.reshape(-1, values.shape[-1]), axis=0)))


def _shows_dead(situation: Situation, name: Value) -> bool:
    """Tell whether the selected channel of the layer is zero everywhere."""
    return _selected(situation) == name and _zeros(situation, name, situation.channel) == 1


def _pressed(situation: Situation) -> float:
    """Return the number at the place that was pressed."""
    place = situation.place()
    values = _map(situation, place.layer)
    if values.ndim != 3 or not all(at < side for at, side in zip(_index(place), values.shape, strict=True)):
        raise NotYet(f"{place.layer} has no {place.said}.")
    return float(values[_index(place)])


def _index(place: Place) -> tuple[int, int, int]:
    return place.row, place.column, place.channel


def _selected_map(situation: Situation) -> npt.NDArray[np.float32]:
    """Return the map of the selected channel, (height, width)."""
    values = _map(situation, _selected(situation))
    if values.ndim != 3 or situation.channel >= values.shape[-1]:
        raise NotYet("No map is selected; choose a layer with maps.")
    return values[..., situation.channel]


def _largest_at(situation: Situation, axis: int) -> int:
    values = _selected_map(situation)
    return int(np.unravel_index(int(np.argmax(values)), values.shape)[axis])


def _edges(situation: Situation, axis: int) -> float:
    """Return how strongly the selected kernel answers to an edge across `axis`, as a share of all its weights.

    The sums of neighbouring lines of the kernel, over all input channels, differ where there is an edge.
    """
    kernel, *_ = situation.kernels()
    one = kernel[:, :, :, situation.channel].sum(axis=2)
    weights = float(np.abs(one).sum())
    lines = one.sum(axis=1 - axis)
    return float(np.abs(np.diff(lines)).max() / weights) if weights and len(lines) > 1 else 0.0


def _output(situation: Situation) -> npt.NDArray[np.float32]:
    return situation.maps()[-1].ravel()


def _answer(situation: Situation) -> tuple[str, float]:
    output, classes = _output(situation), situation.classes
    if len(classes) < 2:
        raise NotYet("Random weights mean nothing; look with trained ones.")
    if len(output) == 1:
        is_one = bool(output[0] > 0.5)
        return classes[is_one], float(output[0] if is_one else 1 - output[0])
    best = int(np.argmax(output))
    return classes[best], float(output[best])


def _truth(situation: Situation) -> str:
    if not situation.truth:
        raise NotYet("Nobody told the class of this picture; choose one of a data set.")
    return situation.truth


def _of_class(counts: Callable[[DataFacts], tuple[int, ...]]) -> Answer:
    def answer(situation: Situation, name: Value) -> int:
        data = situation.data()
        if name not in data.classes:
            raise NotYet(f"The data set has no class {name}; it has {', '.join(data.classes)}.")
        return counts(data)[data.classes.index(str(name))]

    return answer


def _class(situation: Situation, index: Value) -> str:
    classes = situation.data().classes
    if not isinstance(index, int) or not 0 <= index < len(classes):
        raise NotYet(f"The data set has the classes 0 to {len(classes) - 1}.")
    return classes[index]


def _setting(situation: Situation, name: Value) -> Value:
    settings: Augmentation = situation.augmentation
    if name not in Augmentation.__dataclass_fields__:
        raise NotYet(f"There is no setting {name} of augmentation.")
    value = getattr(settings, str(name))
    if isinstance(value, tuple):
        return f"{value[0]:g} to {value[1]:g}"
    return "none" if value is None else value


FACTS: Mapping[str, Fact] = {
    "possible": Fact("whether the network can exist", lambda s: check(s.network) is None, fixed=True),
    "layers": Fact("the number of layers", lambda s: len(s.network.layers), fixed=True),
    "total_params": Fact("the total of parameters", lambda s: sum(row.params for row in _rows(s)), fixed=True),
    "total_macs": Fact("the total of multiply-adds", lambda s: sum(row.macs for row in _rows(s)), fixed=True),
    "input_height": Fact("the height of the input", lambda s: s.network.input_shape[0], fixed=True),
    "input_width": Fact("the width of the input", lambda s: s.network.input_shape[-2], fixed=True),
    "input_channels": Fact("the channels of the input", lambda s: s.network.input_shape[-1], fixed=True),
    "shape": Fact("the output shape of {}", _of_row(lambda row: row.output_shape), 1, fixed=True),
    "height": Fact("the height of the maps of {}", _of_row(partial(_side, axis=0)), 1, fixed=True),
    "width": Fact("the width of the maps of {}", _of_row(partial(_side, axis=1)), 1, fixed=True),
    "channels": Fact("the channels of {}", _of_row(lambda row: row.output_shape[-1]), 1, fixed=True),
    "channels_in": Fact("the input channels of {}", _of_row(lambda row: row.input_shape[-1]), 1, fixed=True),
    "params": Fact("the parameters of {}", _of_row(lambda row: row.params), 1, fixed=True),
    "weights": Fact("the weights of {}", _of_row(lambda row: row.weights), 1, fixed=True),
    "biases": Fact("the biases of {}", _of_row(lambda row: row.biases), 1, fixed=True),
    "macs": Fact("the multiply-adds of {}", _of_row(lambda row: row.macs), 1, fixed=True),
    "field": Fact("the receptive field of {}", _of_row(lambda row: row.receptive_field), 1, fixed=True),
    "field_height": Fact(
        "the height of the receptive field of {}", _of_row(lambda row: row.receptive_field[0]), 1, fixed=True
    ),
    "params_share": Fact("the share of the parameters that {} holds", _share(lambda row: row.params), 1, fixed=True),
    "macs_share": Fact("the share of the work that {} does", _share(lambda row: row.macs), 1, fixed=True),
    "option": Fact("the option {1} of {0}", _option, 2, fixed=True),
    "count": Fact("the number of {} layers", _count, 1, fixed=True),
    "selected": Fact("the selected layer", _selected),
    "channel": Fact("the selected channel", lambda s: s.channel),
    "zeros": Fact("the share of zeros in channel {1} of {0}", _zeros, 2),
    "dead_channels": Fact("the channels of {} that are zero everywhere", _dead, 1),
    "shows_dead": Fact("whether a channel of {} that is zero everywhere is selected", _shows_dead, 1),
    "row": Fact("the row of the place that you pressed", lambda s: s.place().row),
    "column": Fact("the column of the place that you pressed", lambda s: s.place().column),
    "place_layer": Fact("the layer that you pressed", lambda s: s.place().layer),
    "place_channel": Fact("the channel that you pressed", lambda s: s.place().channel),
    "value": Fact("the number at the place that you pressed", _pressed),
    "largest": Fact("the largest number of the selected map", lambda s: float(_selected_map(s).max())),
    "largest_row": Fact("the row of the largest number", lambda s: _largest_at(s, 0)),
    "largest_column": Fact("the column of the largest number", lambda s: _largest_at(s, 1)),
    "vertical_edges": Fact("how strongly the kernel answers to vertical edges", lambda s: _edges(s, 1)),
    "horizontal_edges": Fact("how strongly the kernel answers to horizontal edges", lambda s: _edges(s, 0)),
    "probability": Fact("the probability of class 1", lambda s: float(_output(s)[-1])),
    "says": Fact("what the network says", lambda s: _answer(s)[0]),
    "sure": Fact("how sure the network is", lambda s: _answer(s)[1]),
    "truth": Fact("what the picture is", _truth),
    "class_count": Fact("the number of classes", lambda s: len(s.data().classes)),
    "class_name": Fact("class {}", _class, 1),
    "training_pictures": Fact("the training pictures of {}", _of_class(lambda data: data.training), 1),
    "validation_pictures": Fact("the validation pictures of {}", _of_class(lambda data: data.validation), 1),
    "setting": Fact("the setting {} of augmentation", _setting, 1),
    **FACTS_OF_RUNS,
}
"""Every fact by its name; docs/lessons.md lists them, and a test holds the list true."""


def facts_of(situation: Situation) -> Facts:
    """Return what can be asked about a situation."""
    return {name: partial(fact.answer, situation) for name, fact in FACTS.items()}


def in_words(asked: str) -> str:
    """Return what was asked for, such as `2 * params("conv2d")`, with its facts in words."""

    def said(found: re.Match[str]) -> str:
        fact = FACTS.get(found[1])
        given = [each.strip().strip("'\"") for each in (found[2] or "").split(",")]
        return fact.says.format(*given) if fact and len(given) >= fact.takes else found[0]

    return _ASKED.sub(said, asked).replace(" * ", " · ")
