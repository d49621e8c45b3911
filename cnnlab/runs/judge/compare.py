"""Put runs side by side: first what differs in their settings, then what came out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from cnnlab.core.augment import AnyAugmentation, RandomLayers, augments, only_rescaled
from cnnlab.core.augment.code import layer_call
from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names, trace
from cnnlab.core.teach.brief import loss_text
from cnnlab.core.training.story import Event, Story
from cnnlab.core.trunks.rows import Counts
from cnnlab.core.words.numbers import percent
from cnnlab.runs.record import Run, RunSpec
from cnnlab.runs.record.by_hand import rates_by_hand
from cnnlab.runs.record.settings import SETTINGS

MOST_SAID, LONGEST_SAID = 2, 28  # settings in a name, and letters of each


@dataclass(frozen=True)
class Row:
    """Hold one line of the table: what it says, and one text a run."""

    name: str
    values: tuple[str, ...]


def described(spec: RunSpec) -> list[tuple[str, str]]:
    """Return every setting of a training beside its network and data as texts, without those that say nothing."""
    values = [(setting, getattr(spec, setting.name)) for setting in SETTINGS]
    rows = [(s.said, s.text(value)) for s, value in values if not s.silent or value != s.default]
    return [*rows, ("augmentation", augmentation_text(spec.augmentation))]


def differences(specs: Sequence[RunSpec]) -> list[Row]:
    """Return every setting in which these runs are not all the same, the network's layers first."""
    return list(_differing(specs))


def _differing(specs: Sequence[RunSpec]) -> Iterator[Row]:
    """Yield the same one by one, for who needs only the first."""
    rows = chain(_networks([spec.network for spec in specs]), _settings(specs))
    return (row for row in rows if len(set(row.values)) > 1)


def _settings(specs: Sequence[RunSpec]) -> Iterator[Row]:
    """Yield a row for each setting beside the network that is not the same everywhere."""
    texts: Iterator[tuple[str, str, Callable[[Any], str]]] = chain(
        (("augmentation", "augmentation", augmentation_text), ("data set", "data_name", str)),
        ((setting.said, setting.name, setting.text) for setting in SETTINGS),
    )
    for said, name, text in texts:
        values = [getattr(spec, name) for spec in specs]
        if any(value != values[0] for value in values):
            yield Row(said, tuple(map(text, values)))


def told_by_difference(runs: Sequence[Run]) -> dict[str, str]:
    """Return the name of each run by its id, with up to two settings that others of the same name do not share."""
    specs = tuple(run.spec for run in runs)
    return {run.id: name for run, name in zip(runs, _told(specs), strict=True)}


@lru_cache(maxsize=32)
def _told(specs: tuple[RunSpec, ...]) -> tuple[str, ...]:
    """Return the names of trainings, remembered: every page that lists runs asks for the same ones."""
    alike: dict[str, list[RunSpec]] = {}
    for spec in dict.fromkeys(specs):
        alike.setdefault(spec.name, []).append(spec)
    found = {}
    for name, group in alike.items():
        rows = list(islice(_differing(group), MOST_SAID)) if len(group) > 1 else []
        for i, spec in enumerate(group):
            found[spec] = ", ".join([name, *(f"{row.name} {_cut(row.values[i])}" for row in rows)])
    return tuple(found[spec] for spec in specs)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 1]}…"


def results(runs: Sequence[Run], stories: Sequence[Story], counted: Sequence[Counts | None] | None = None) -> list[Row]:
    """Return what came out: parameters, seconds, epochs trained, and the best validation.

    `counted` are the parameters of the trunk of each run, which are told apart; None for a run without one.
    """
    ended = [story.epochs for story in stories]
    return [
        Row("parameters", tuple(f"{sum(row.params for row in trace(run.spec.network)):,}" for run in runs)),
        *_of_trunks(counted or ()),
        Row("seconds an epoch", tuple(_median([e["seconds"] for e in epochs]) for epochs in ended)),
        Row("epochs trained", tuple(str(len(epochs)) for epochs in ended)),
        Row("learning rate set by hand", tuple(", then ".join(map(str, rates_by_hand(s))) or "–" for s in stories)),
        Row("best validation accuracy", tuple(_best(epochs, "val_accuracy", max, percent) for epochs in ended)),
        Row("best validation loss", tuple(_best(epochs, "val_loss", min, loss_text) for epochs in ended)),
        Row("training accuracy at the end", tuple(_last(epochs, "accuracy") for epochs in ended)),
        Row("state", tuple(str(run.state) for run in runs)),
    ]


def _of_trunks(counted: Sequence[Counts | None]) -> list[Row]:
    if not any(counted):
        return []
    return [
        Row("of the trunk, frozen", tuple("–" if each is None else f"{each.frozen:,}" for each in counted)),
        Row("of the trunk, trainable", tuple("–" if each is None else f"{each.trainable:,}" for each in counted)),
    ]


def _networks(networks: Sequence[Network]) -> Iterator[Row]:
    """Yield one row for the input, and one for each layer that is not the same everywhere, by its name."""
    yield Row("input", tuple(" × ".join(map(str, n.input_shape)) for n in networks))
    named = [dict(zip(layer_names(n), n.layers, strict=True)) for n in networks]
    for name in dict.fromkeys(name for layers in named for name in layers):
        found = [layers.get(name) for layers in named]
        if all(layer == found[0] for layer in found):
            continue
        configs = [{} if layer is None else dict(layer.config) for layer in found]
        shared = [k for k in dict.fromkeys(k for c in configs for k in c) if len({repr(c.get(k)) for c in configs}) > 1]
        texts = tuple(
            "none" if layer is None else ", ".join(f"{k} {_value(config.get(k))}" for k in shared) or layer.class_name
            for layer, config in zip(found, configs, strict=True)
        )
        yield Row(name, texts)


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return " × ".join(map(str, value))
    return str(value)


def augmentation_text(augmentation: AnyAugmentation) -> str:
    """Say in one line which settings of augmentation are not left as they are."""
    if not augments(augmentation):
        return "off"
    if isinstance(augmentation, RandomLayers):
        return ", ".join(map(layer_call, augmentation.layers))
    plain = only_rescaled(augmentation).to_dict()
    return ", ".join(f"{k} {v}" for k, v in augmentation.to_dict().items() if v != plain.get(k))


def _median(values: Sequence[float]) -> str:
    return f"{sorted(values)[len(values) // 2]:.1f}" if values else "–"


def _best(epochs: Sequence[Event], key: str, better: Any, write: Callable[[float], str]) -> str:
    known = [(e[key], e["epoch"]) for e in epochs if e[key] is not None]
    if not known:
        return "–"
    value = better(v for v, _ in known)
    return f"{write(value)} (epoch {next(n for v, n in known if v == value)})"


def _last(epochs: Sequence[Event], key: str) -> str:
    return percent(epochs[-1][key]) if epochs and epochs[-1][key] is not None else "–"
