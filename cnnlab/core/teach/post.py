"""Put the post's own formulas beside Keras' for one network, and tell whether they agree there.

The post is "Deconvoluting Convolutional Neural Networks" (2019): pooling as ceil(w / p), the recurrence
w2 = w1 − k2 + 1 without the pooling between, and shapes in the order (width, height).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import places
from cnnlab.core.shapes import Row, trace
from cnnlab.core.teach.brief import describe_pair


@dataclass(frozen=True)
class Difference:
    """Hold what the post and Keras say about one layer (index -1: the input), as texts with the values put in.

    `kind` is pooling, recurrence or order; the values are (height, width) or (length,), in the
    post's order for `order`.
    """

    kind: str
    index: int
    layer_name: str
    post: str
    keras: str
    post_value: tuple[int, ...]
    keras_value: tuple[int, ...]
    words: str

    @property
    def agree(self) -> bool:
        """Tell whether both give the same numbers for this network."""
        return self.post_value == self.keras_value


def post_differs(network: Network) -> tuple[Difference, ...]:
    """Return every place where the post's formula is another than Keras', also where both give the same here.

    One for each pooling layer, one for each convolution behind a change of size, one for a picture that is not
    square. Raises `InvalidNetwork` for an impossible network.
    """
    rows = trace(network)
    return (*_order(network), *_pools(network, rows), *_recurrence(network, rows))


def _order(network: Network) -> Iterator[Difference]:
    if network.rank != 2:
        return
    height, width, channels = network.picture_shape
    if height == width:
        return
    yield Difference(
        "order",
        -1,
        "input",
        f"(None, {width}, {height}, {channels})",
        f"(None, {height}, {width}, {channels})",
        (width, height),
        (height, width),
        f"The post writes width before height; Keras has height first: {height} rows of {width} pixels. "
        "None is the number of pictures in a batch.",
    )


def _pools(network: Network, rows: tuple[Row, ...]) -> Iterator[Difference]:
    for i, (layer, row) in enumerate(zip(network.layers, rows, strict=True)):
        if layer.kind.size != "pool_size":
            continue
        size, strides, sides = layer.config["pool_size"], layer.config["strides"], row.input_shape[:-1]
        post = tuple(-(-n // p) for n, p in zip(sides, size, strict=True))
        keras = row.output_shape[:-1]
        said = _keras(layer, row, short=True)
        yield Difference(
            "pooling",
            i,
            row.name,
            _both(tuple(f"ceil({n} / {p}) = {o}" for n, p, o in zip(sides, size, post, strict=True))),
            _both(tuple(f"{text} = {o}" for text, o in zip(said, keras, strict=True))),
            post,
            keras,
            _why(layer, sides, size, strides, post == keras),
        )


def _keras(layer: Layer, row: Row, short: bool = False) -> tuple[str, ...]:
    """Return how Keras counts the places of a window along each axis, without the results."""
    return tuple(places(axis, layer.config["padding"] != "valid", short=short) for axis in row.axes)


def _why(layer: Layer, sides: tuple[int, ...], size: tuple[int, ...], strides: tuple[int, ...], agree: bool) -> str:
    """Return why the post's ceil and Keras agree here, or why not."""
    if strides != size:
        return "The post has no strides: it lets the window step by its own size. " + (
            "Both give the same here." if agree else "So the two differ here."
        )
    if layer.config["padding"] == "same":
        return "With padding 'same' Keras rounds up, as the post does."
    if agree:
        even = {
            f"{n} is even" if p == 2 else f"{n} is a multiple of {p}" for n, p in zip(sides, size, strict=True) if p > 1
        }
        because = f" because {' and '.join(sorted(even))}" if even else ""
        return f"The post rounds up, Keras with padding 'valid' rounds down; both agree here only{because}."
    return "The post rounds up; Keras with padding 'valid' rounds down and leaves the rest of the picture out."


def _recurrence(network: Network, rows: tuple[Row, ...]) -> Iterator[Difference]:
    """Yield every plain convolution that reads another size than the convolution before it gave."""
    before: Row | None = None
    for i, (layer, row) in enumerate(zip(network.layers, rows, strict=True)):
        if layer.class_name not in ("Conv1D", "Conv2D"):
            continue
        if before is not None and before.output_shape[:-1] != row.input_shape[:-1]:
            kernel, last, now = layer.config["kernel_size"], before.output_shape, row.input_shape
            post = tuple(n - k + 1 for n, k in zip(last, kernel, strict=False))
            keras = row.output_shape[:-1]
            yield Difference(
                "recurrence",
                i,
                row.name,
                _both(tuple(f"{n} − {k} + 1 = {o}" for n, k, o in zip(last[:-1], kernel, post, strict=True))),
                _both(tuple(f"{text} = {o}" for text, o in zip(_keras(layer, row), keras, strict=True))),
                post,
                keras,
                f"The post goes on from the size after {before.name} and forgets what lies between; "
                f"{row.name} reads {describe_pair(now[:-1])}.",
            )
        before = row


def _both(texts: tuple[str, ...]) -> str:
    """Return height and width as one text, once if they are the same."""
    return texts[0] if len(set(texts)) == 1 else f"{texts[0]} high, {texts[1]} wide"
