"""Hold one network as a frozen value: an input shape and a sequence of layers, and nothing derived."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from cnnlab.core.network.keras_config import LARGEST, NetworkFormatError, read_config
from cnnlab.core.network.layers import KINDS, Kind
from cnnlab.core.words import Refusal
from cnnlab.core.words.words import reads_sequences

__all__ = ["InputShape", "Layer", "Network", "NetworkFormatError", "NotForPictures"]

InputShape = tuple[int, int] | tuple[int, int, int]
"""(length, channels) of a sequence, or (height, width, channels) of a picture."""


class NotForPictures(Refusal):
    """Say in one sentence that a network reads sequences, where a picture is needed."""


@dataclass(frozen=True)
class Layer:
    """Hold one layer: Keras' class name, every option with its value, and a name if one was given.

    Equal and hashable by value; `config` is the read-only mapping of `options`.
    """

    class_name: str
    options: tuple[tuple[str, Any], ...]
    name: str | None = None
    config: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", MappingProxyType(dict(self.options)))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Looked up at every turn, and a changed network shares all layers but one with what it was.
        return hash((self.class_name, self.options, self.name))

    @classmethod
    def make(cls, class_name: str, /, **config: Any) -> "Layer":
        """Make a layer from keyword arguments as in Keras; raise `NetworkFormatError` if they cannot be read."""
        name, options = read_config(class_name, config)
        return cls(class_name, tuple(options.items()), name)

    def with_option(self, option: str, value: Any) -> "Layer":
        """Return the layer with one option changed; a pool's strides follow its pool_size while they are equal."""
        config = dict(self.config) | {option: value}
        for name, other in self.kind.options.items():
            if other.follows == option and self.config[name] == self.config[option]:
                config[name] = None
        return Layer.make(self.class_name, name=self.name, **config)

    @property
    def kind(self) -> Kind:
        """Return what is known of its class."""
        return KINDS[self.class_name]

    def __reduce__(self) -> tuple[Any, ...]:
        return Layer, (self.class_name, self.options, self.name)


@dataclass(frozen=True)
class Network:
    """Hold `input_shape` and the layers; equal and hashable by value.

    The input is a picture (height, width, channels), or a sequence (length, channels).
    """

    input_shape: InputShape
    layers: tuple[Layer, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.input_shape, self.layers))

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process hashes texts otherwise.
        return Network, (self.input_shape, self.layers)

    @classmethod
    def seed(cls) -> "Network":
        """Return the network of the post "Deconvoluting Convolutional Neural Networks", with its sigmoid output."""
        stages = [
            layer
            for filters in (32, 32, 64)
            for layer in (
                Layer.make("Conv2D", filters=filters, kernel_size=3),
                Layer.make("Activation", activation="relu"),
                Layer.make("MaxPooling2D", pool_size=2),
            )
        ]
        head = [
            Layer.make("Flatten"),
            Layer.make("Dense", units=64),
            Layer.make("Activation", activation="relu"),
            Layer.make("Dropout", rate=0.5),
            Layer.make("Dense", units=1),
            Layer.make("Activation", activation="sigmoid"),
        ]
        return cls((150, 150, 3), (*stages, *head))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Network":
        """Read `{"input_shape": [h, w, c], "layers": [{"class_name", "config"}, ...]}` with Keras' config keys.

        The shape of a sequence is [length, channels].

        Raises `NetworkFormatError` for anything else; whether the network can exist is for `shapes.check`.
        """
        if not isinstance(data, Mapping) or set(data) != {"input_shape", "layers"}:
            raise NetworkFormatError("A network is a JSON object with the two keys input_shape and layers.")
        shape = data["input_shape"]
        if (
            not isinstance(shape, list | tuple)
            or len(shape) not in (2, 3)
            or any(not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= LARGEST for n in shape)
        ):
            raise NetworkFormatError(
                "input_shape must be three whole numbers of at least 1, [height, width, channels], or two for a "
                f"sequence, [length, channels], not {shape!r:.60}."
            )
        if not isinstance(data["layers"], list | tuple):
            raise NetworkFormatError("layers must be a list of layers.")
        layers = tuple(_read_layer(i, entry) for i, entry in enumerate(data["layers"]))
        return cls(input_shape_of(shape), layers)

    @classmethod
    def from_json(cls, text: bytes, name: str) -> "Network":
        """Read the JSON text of a file that is shown as `name`; raise `NetworkFormatError` if it is no network."""
        try:
            data = json.loads(text.decode("utf-8-sig"))  # Windows begins text files with a mark
        except RecursionError:
            raise NetworkFormatError(f"{name} is nested too deeply to be a network.") from None
        except ValueError as error:
            raise NetworkFormatError(f"{name} is not JSON: {error}.") from None
        return cls.from_dict(data)

    def to_dict(self) -> dict[str, Any]:
        """Return the canonical JSON form: every option with its value, names only where one was given."""
        return {
            "input_shape": list(self.input_shape),
            "layers": [
                {
                    "class_name": layer.class_name,
                    "config": ({"name": layer.name} if layer.name else {})
                    | {key: _as_json(value) for key, value in layer.options},
                }
                for layer in self.layers
            ],
        }

    def with_option(self, index: int, option: str, value: Any) -> "Network":
        """Return the network with one option of one layer changed; raise `NetworkFormatError` for a wrong form."""
        changed = self.layers[index].with_option(option, value)
        return replace(self, layers=(*self.layers[:index], changed, *self.layers[index + 1 :]))

    @property
    def rank(self) -> int:
        """Return along how many axes its windows slide: 1 for sequences, 2 for pictures."""
        return len(self.input_shape) - 1

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """Return (height, width, channels); raise `NotForPictures` if the network reads sequences."""
        if len(self.input_shape) == 3:
            return self.input_shape
        raise NotForPictures(reads_sequences(self.input_shape))

    def with_image_size(self, height: int, width: int) -> "Network":
        """Return the network with another input height and width, in pixels; the channels stay.

        Raises `NotForPictures` if the network reads sequences.
        """
        return replace(self, input_shape=(height, width, self.picture_shape[2]))

    def with_sides(self, *sides: int) -> "Network":
        """Return the network with another input length, or another height and width; the channels stay."""
        return replace(self, input_shape=input_shape_of((*sides, self.input_shape[-1])))


def input_shape_of(numbers: Sequence[int]) -> InputShape:
    """Return two or three numbers as an input shape; raise ValueError for another count."""
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    height, width, channels = numbers
    return height, width, channels


def _read_layer(index: int, entry: Any) -> Layer:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("config", {}), Mapping):
        raise NetworkFormatError(f"Layer {index} must be an object with class_name and config.")
    unknown = set(entry) - {"class_name", "config", "module", "registered_name", "build_config"}
    if unknown:
        raise NetworkFormatError(f"Layer {index} has the unknown key {sorted(map(str, unknown))[0]!r}.")
    try:
        return Layer.make(str(entry.get("class_name")), **entry.get("config", {}))
    except NetworkFormatError as error:
        raise NetworkFormatError(f"Layer {index}: {error}") from None
    except TypeError:
        raise NetworkFormatError(f"Layer {index}: the keys of config must be texts.") from None


def _as_json(value: Any) -> Any:
    return [_as_json(v) for v in value] if isinstance(value, tuple) else value
