"""The command `train`: the same training the app launches, here and now, said in words or as JSON."""

import argparse
import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from cnnlab.commands.foreground import train_in_foreground
from cnnlab.commands.refusing import Command, CommandError, add_class_order, class_order, read, read_network, say
from cnnlab.commands.train_options import add_learning_options, learning_from
from cnnlab.core.augment import AnyAugmentation, Augmentation, augmentation_from_dict
from cnnlab.core.data.bundled.sets import SETS as BUNDLED
from cnnlab.core.data.datasets import in_order, load
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.loading import is_made, is_sequences, load_sequences
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_pair, metric_text
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.known import KNOWN
from cnnlab.core.trunks.rows import known_trunk
from cnnlab.core.words.numbers import decimal
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.data.limited_sequences import read_in_limits
from cnnlab.runs.judge.compare import described
from cnnlab.runs.record import RunSpec, State, problems
from cnnlab.runs.record.events import Event

BUNDLED_IN_WORDS = " or ".join(f'"{name}"' for name in BUNDLED)
LESSON_SIZE = 64
TRUNK_SIZE = 160
EPOCH_KEYS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")


def _options(train: argparse.ArgumentParser) -> None:
    train.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    train.add_argument("--data", required=True, help=f"a folder in the post's layout, {BUNDLED_IN_WORDS}, or sequences")
    train.add_argument(
        "--network", type=Path, metavar="FILE", help="default: the post's network, or the primer's for sequences"
    )
    train.add_argument(
        "--image-size",
        type=int,
        metavar="N",
        help=f"default: the network's own; {LESSON_SIZE} for the post's, {TRUNK_SIZE} for a trunk",
    )
    train.add_argument(
        "--trunk", choices=tuple(KNOWN), help="a trained trunk below the network, which is the head then"
    )
    train.add_argument("--trainable-from", metavar="LAYER", help="of the trunk; default: all of it is frozen")
    add_learning_options(train)
    train.add_argument("--augment", action=argparse.BooleanOptionalAction, default=True, help="as in the post")
    train.add_argument(
        "--augmentation",
        type=Path,
        metavar="FILE",
        help='other settings, as JSON: ImageDataGenerator\'s, or {"layers": [...]} of Keras 3',
    )
    add_class_order(train)
    train.add_argument("--json", action="store_true", help="one object an epoch, then run_id and folder")


def _train(options: argparse.Namespace, settings: Settings) -> int:
    spec = _spec(options, settings)
    if options.trainable_from is not None and options.trunk is None:
        raise CommandError("--trainable-from belongs to a trunk; name one with --trunk.")
    if options.trunk is not None:
        spec = _on_trunk(spec, options, settings)
    if problem := problems(spec, settings):
        raise CommandError(problem)
    # The worker would find out too, but as a training that failed.
    classes = _classes(spec, settings)
    if spec.classes is not None:
        in_order(spec.data_name, classes, spec.classes)
    (sys.stderr if options.json else sys.stdout).write(f"{_describe(spec)}\n")
    run = train_in_foreground(spec, settings, _say_json if options.json else _say_epoch)
    if run.state not in (State.FINISHED, State.STOPPED):
        sys.stderr.write(f"{run.message}\n")
        return 1
    where = {"run_id": run.id, "folder": str(settings.home / "runs" / run.id)}
    say(json.dumps(where) if options.json else f"{run.state}: {where['folder']}")
    return 0


def _classes(spec: RunSpec, settings: Settings) -> tuple[str, ...]:
    """Read the data and return their classes; raise a `Refusal` if they cannot be trained on with this network."""
    if is_sequences(spec.data):
        found = load_sequences(spec.data, lambda path: read_in_limits(path, settings), spec.seed, spec.limit_per_class)
        found.validation.arrays(spec.network.input_shape[0], spec.network.input_shape[-1])
        sys.stderr.writelines(f"{finding.sentence}\n" for finding in found.findings)
        return found.classes
    with LimitedReading(settings) as reading:
        return load(
            spec.data, settings.max_pixels, spec.limit_per_class, spec.seed, cache=settings.surveys, reading=reading
        ).classes


def _spec(options: argparse.Namespace, settings: Settings) -> RunSpec:
    sequences = is_sequences(options.data)
    network = primer() if sequences and options.network is None else read_network(options.network)
    size = None if options.trunk else options.image_size
    if size is None and options.network is None and not sequences:
        size = LESSON_SIZE
    if size is not None:
        if size < 1:
            raise CommandError(f"--image-size must be at least 1, not {size}.")
        if network.rank == 1:
            raise CommandError("--image-size is for pictures, and this network reads sequences; leave it out.")
        network = network.with_image_size(size, size)
    trace(network)
    bundled, folder = options.data in BUNDLED or is_made(options.data), Path(options.data).resolve()
    if not bundled and not (folder.is_dir() or (sequences and folder.is_file())):
        raise CommandError(
            f'--data must be a folder, {BUNDLED_IN_WORDS}, "motifs" or a file of sequences, and {options.data!r} is '
            "none of them."
        )
    name = options.data if bundled else folder.name
    return RunSpec(
        name=name,
        network=network,
        data=options.data if bundled else str(folder),
        data_name=name,
        augmentation=Augmentation.none() if sequences else _augmentation(options),
        classes=class_order(options),
        threads=settings.threads,
        **learning_from(options),
    )


def _on_trunk(spec: RunSpec, options: argparse.Namespace, settings: Settings) -> RunSpec:
    """Return the training above the trunk that is asked for; without a network the head is as small as can be."""
    trunk = known_trunk(KNOWN[options.trunk], TRUNK_SIZE if options.image_size is None else options.image_size)
    head = spec.network
    if options.network is None:
        with LimitedReading(settings) as reading:
            data = load(spec.data, settings.max_pixels, cache=settings.surveys, reading=reading)
        head = smallest_head(trunk, len(data.classes))
    return replace(spec, network=head, trunk=replace(trunk, trainable_from=options.trainable_from))


def _augmentation(options: argparse.Namespace) -> AnyAugmentation:
    if options.augmentation is None:
        return Augmentation.post() if options.augment else Augmentation.none()
    if not options.augment:
        raise CommandError("--augmentation and --no-augment contradict each other; leave one of them out.")
    written = read(options.augmentation)
    try:
        config = json.loads(written.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{options.augmentation} is not JSON: {error}.") from None
    if not isinstance(config, dict):
        raise CommandError(f"{options.augmentation} must hold a JSON object of settings; write it so.")
    return augmentation_from_dict(config)


def _describe(spec: RunSpec) -> str:
    shape = spec.input_shape
    sides, unit = describe_pair(shape[:-1]), "pixels" if len(shape) == 3 else "letters"
    settings = "; ".join(f"{name} {value}" for name, value in described(spec))
    return f"Training on {spec.data_name} at {sides} {unit}: {settings}."


def _say_json(event: Event) -> None:
    say(json.dumps({key: event.get(key) for key in EPOCH_KEYS}))


def _say_epoch(event: Event) -> None:
    say(
        f"epoch {event['epoch']:3}   "
        + "   ".join(f"{name} {metric_text(event[name], partial(decimal, places=4))}" for name in EPOCH_KEYS[1:-1])
        + f"   {event['seconds']:.1f} s"
    )


TRAIN = Command("train", "train a network here and now, as the app does", _options, _train)
