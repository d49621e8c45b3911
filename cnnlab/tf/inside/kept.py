"""Keep the models that were used last, by their bytes."""

import gc
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import keras

MOST_MODELS = 8  # a model of few bytes has a graph all the same

Value = TypeVar("Value")


def model_bytes(model: keras.Model) -> int:
    """Return how many bytes the weights of a model take as float32."""
    return 4 * int(model.count_params())


class KeptModels(Generic[Value]):
    """Hold values with a model in each, `most_bytes` together at most; the one used last always stays."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value], size: Callable[[Value], int], expected: int = 0) -> Value:
        """Return the value of a key, made if it is not here; before that there is room made for `expected` bytes."""
        if key not in self._kept:
            self._make_room(expected, 0)
            value = make()
            self._kept[key] = value, size(value)
            self._make_room(0, 1)
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def clear(self) -> None:
        """Forget every model."""
        self._kept.clear()
        gc.collect()

    def _make_room(self, more: int, stay: int) -> None:
        gone = False
        while len(self._kept) > stay and (len(self._kept) > MOST_MODELS or self._bytes() + more > self._most):
            self._kept.popitem(last=False)
            gone = True
        if gone:
            gc.collect()  # a Keras model holds itself in a circle

    def _bytes(self) -> int:
        return sum(size for _, size in self._kept.values())
