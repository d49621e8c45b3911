"""Tell every layer of a trunk in a row: shapes, parameters, multiply-adds, and what of it is frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cnnlab.core.exchange.imported import ImportedRow
from cnnlab.core.inside.graph import OPTIONS, PICTURE
from cnnlab.core.network import Layer
from cnnlab.core.network.layers import Shape
from cnnlab.core.trunks import vgg16
from cnnlab.core.trunks.files import read_told
from cnnlab.core.trunks.known import KNOWN, LITE0, VGG16
from cnnlab.core.trunks.parts import Known
from cnnlab.core.trunks.trunk import Trunk, TrunkError


@dataclass(frozen=True)
class TrunkRow(ImportedRow):
    """Tell one layer: `weights` of its `params` are trained unless it is frozen, `macs` are for one picture."""

    weights: int = 0
    macs: int = 0


@dataclass(frozen=True)
class Counts:
    """Count the parameters of a trunk that stay and those that are trained, and its multiply-adds for one picture."""

    frozen: int
    trainable: int
    macs: int


def rows_of(trunk: Trunk, home: Path) -> tuple[TrunkRow, ...]:
    """Return the layers of a trunk up to its cut; raise `TrunkError` if its file is gone or does not have them."""
    if known := KNOWN.get(trunk.source):
        if known is VGG16:
            vgg16.weights_path(home)
        rows = known_rows(known.key, *trunk.input_shape[:2])
    else:
        rows = tuple(
            TrunkRow(**{**row, **{k: _tuple(row[k]) for k in ("output_shape", "inputs", "sources", "options")}})
            for row in read_told(home, trunk.source)["rows"]
        )
    names = [row.name for row in rows]
    if trunk.cut not in names:
        raise TrunkError(f"{trunk.name} has no layer {trunk.cut!r} to be cut after; choose one that it has.")
    return rows[: names.index(trunk.cut) + 1]


def _tuple(value: object) -> object:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


def is_trained(trunk: Trunk, rows: Sequence[TrunkRow]) -> tuple[bool, ...]:
    """Tell for each row whether its layer is trained; raise `TrunkError` if there is no layer to begin with."""
    if trunk.trainable_from is None:
        return (False,) * len(rows)
    names = [row.name for row in rows]
    if trunk.trainable_from not in names:
        raise TrunkError(
            f"{trunk.name} has no layer {trunk.trainable_from!r} before its cut to be trained from; choose another."
        )
    return tuple(i >= names.index(trunk.trainable_from) for i in range(len(rows)))


def counts(trunk: Trunk, rows: Sequence[TrunkRow]) -> Counts:
    """Count what of a trunk is trained; the averages of batch normalization never are, as Keras counts them."""
    trained = sum(row.weights for row, is_ in zip(rows, is_trained(trunk, rows), strict=True) if is_)
    return Counts(sum(row.params for row in rows) - trained, trained, sum(row.macs for row in rows))


def cuts(rows: Sequence[TrunkRow]) -> tuple[str, ...]:
    """Return the layers after which a trunk may be cut: those that make maps of their own."""
    return tuple(row.name for row in rows if len(row.output_shape) == 3 and row.name != vgg16.MEAN)


@lru_cache(maxsize=8)
def known_rows(key: str, height: int, width: int) -> tuple[TrunkRow, ...]:
    """Return every layer of a known trunk for pictures of this size."""
    shapes: dict[str, Shape] = {"": (height, width, 3)}
    places = {"": PICTURE}
    rows = []
    for i, part in enumerate(KNOWN[key].parts()):
        before = shapes[part.inputs[0]]
        weights = macs = params = 0
        if part.class_name in ("Add", "Normalization"):
            shape, options = before, {}
        else:
            layer = Layer.make(part.class_name, **part.config)
            effect = layer.kind.apply(layer.config, before)
            shape, weights, macs = effect.output_shape, effect.weights + effect.biases, effect.macs
            params = weights + effect.non_trainable
            options = {name: layer.config[name] for name in OPTIONS if name in layer.config}
        shapes[part.name], places[part.name] = shape, i
        inputs = tuple(name or "picture" for name in part.inputs)
        sources = tuple(places[name] for name in part.inputs)
        given = tuple(options.items())
        rows.append(TrunkRow(part.name, part.class_name, shape, params, inputs, sources, given, weights, macs))
    return tuple(rows)


def known_trunk(known: Known, size: int, cut: str | None = None) -> Trunk:
    """Return a known trunk for pictures of `size` × `size`, cut as it is by rule and all frozen; raise `TrunkError`."""
    cut = known.cut if cut is None else cut
    smallest, largest = known.sizes[0], known.sizes[-1]
    if not smallest <= size <= largest:
        raise TrunkError(
            f"{known.name} takes pictures of {smallest} to {largest} pixels a side here, not {size}; choose another "
            "size."
        )
    shapes = {row.name: row.output_shape for row in known_rows(known.key, size, size)}
    if len(shapes.get(cut, ())) != 3 or cut == vgg16.MEAN:
        raise TrunkError(f"{known.name} makes no maps in {cut!r} to be cut after; choose another layer.")
    height, width, channels = shapes[cut]
    shape = (height, width, channels)
    return Trunk(known.key, known.name, (size, size, 3), cut, shape, known.scale, known.offset)


def shipped(size: int, cut: str | None = None) -> Trunk:
    """Return EfficientNet-Lite0 for pictures of `size` × `size`, all of it frozen; raise `TrunkError`."""
    return known_trunk(LITE0, size, cut)
