"""Run CNN Lab from the command line: `cnnlab run | shapes | train | features | check-data | recover`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from cnnlab.commands.features import write_features
from cnnlab.commands.recover import recover_runs
from cnnlab.commands.refusing import CommandError, read, read_network, say
from cnnlab.commands.run import PORT, serve
from cnnlab.commands.train import train_in_foreground
from cnnlab.commands.train_options import add_learning_options, learning_from
from cnnlab.core.augment import AnyAugmentation, Augmentation, AugmentationError, augmentation_from_dict
from cnnlab.core.data.bundled.sets import SETS as BUNDLED
from cnnlab.core.data.datasets import DataSetError, describe_class_order, in_order, load
from cnnlab.core.data.datasets import check as check_data
from cnnlab.core.data.survey.layouts import counted, listed
from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.network import NetworkFormatError
from cnnlab.core.pictures import PictureError
from cnnlab.core.settings import Settings, SettingsError
from cnnlab.core.shapes import InvalidNetwork, trace
from cnnlab.core.teach.brief import describe_pair, describe_shape, metric_text
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.limits import limit_memory
from cnnlab.runs.judge.compare import augmentation_text
from cnnlab.runs.record import RunError, RunSpec, State, problems
from cnnlab.runs.record.events import Event

BUNDLED_IN_WORDS = " or ".join(f'"{name}"' for name in BUNDLED)
LESSON_SIZE = 64
DATA_MEMORY = 2 << 30  # bytes more than at the start, for looking at a data set of unknown origin
ORDER_HELP = "the classes in the order of their numbers, such as dogs,cats; default: as Keras sorts them"
EPOCH_KEYS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")


REFUSALS = (
    CommandError,
    AugmentationError,
    SettingsError,
    InvalidNetwork,
    NetworkFormatError,
    PictureError,
    DataSetError,
    RunError,
    ModelFileError,
    InferenceError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the training failed, 2 refused with one sentence."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options, Settings.from_env())
    except REFUSALS as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="cnnlab", description="See every tensor of a convolutional neural network.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="serve the app")
    run.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    run.add_argument("more", nargs="*", metavar="-- OPTION", help="options of `streamlit run`, behind --")
    run.set_defaults(run=serve)

    shapes = commands.add_parser("shapes", help="print the trace of a network")
    shapes.add_argument("file", nargs="?", type=Path, metavar="FILE.json", help="default: the post's network")
    shapes.add_argument("--json", action="store_true")
    shapes.set_defaults(run=_shapes)

    train = commands.add_parser(
        "train",
        help="train a network here and now, as the app does",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    train.add_argument("--data", required=True, help=f"a folder in the post's layout, {BUNDLED_IN_WORDS}")
    train.add_argument("--network", type=Path, metavar="FILE", help="default: the post's network")
    train.add_argument(
        "--image-size", type=int, metavar="N", help=f"default: the network's own; {LESSON_SIZE} for the post's"
    )
    train.add_argument("--epochs", type=int, default=RunSpec.epochs)
    train.add_argument("--batch-size", type=int, default=RunSpec.batch_size)
    train.add_argument("--limit-per-class", type=int, metavar="N", help="images of each class and split at most")
    train.add_argument("--seed", type=int, default=RunSpec.seed)
    add_learning_options(train)
    _add_augmentation_options(train)
    train.add_argument("--class-order", metavar="NAMES", help=ORDER_HELP)
    train.add_argument("--json", action="store_true", help="one object an epoch, then run_id and folder")
    train.set_defaults(run=_train)

    features = commands.add_parser("features", help="write the feature maps of a picture, one PNG a layer")
    features.add_argument("--image", type=Path, required=True, metavar="FILE")
    source = features.add_mutually_exclusive_group()
    source.add_argument("--model", type=Path, metavar="FILE", help="a .keras file; default: the shipped weights")
    source.add_argument("--network", type=Path, metavar="FILE", help="a network as JSON, with random weights")
    features.add_argument("--out", type=Path, required=True, metavar="DIR")
    features.set_defaults(run=write_features)

    data = commands.add_parser("check-data", help="say what is in a folder or zip of pictures, and what is wrong")
    data.add_argument("path", type=Path, metavar="PATH-or-zip")
    data.add_argument("--class-order", metavar="NAMES", help=ORDER_HELP)
    data.add_argument("--json", action="store_true")
    data.set_defaults(run=_check_data)

    lost = commands.add_parser("recover", help="bring runs back into their record from their folders")
    lost.set_defaults(run=recover_runs)
    return parser


def _add_augmentation_options(train: argparse.ArgumentParser) -> None:
    train.add_argument("--augment", action=argparse.BooleanOptionalAction, default=True, help="as in the post")
    train.add_argument(
        "--augmentation",
        type=Path,
        metavar="FILE",
        help='other settings, as JSON: ImageDataGenerator\'s, or {"layers": [...]} of Keras 3',
    )


def _shapes(options: argparse.Namespace, _settings: Settings) -> int:
    rows = trace(read_network(options.file))
    total = sum(row.params for row in rows)
    if options.json:
        names = ("name", "class_name", "output_shape", "params", "macs", "receptive_field")
        say(json.dumps({"layers": [{n: getattr(r, n) for n in names} for r in rows], "total_params": total}))
        return 0
    say(f"{'layer':24}{'output shape':>18}{'parameters':>14}{'multiply-adds':>16}{'receptive field':>18}")
    for row in rows:
        shape, field = describe_shape(row.output_shape), describe_pair(row.receptive_field)
        say(f"{row.name:24}{shape:>18}{row.params:>14,}{row.macs:>16,}{field:>18}")
    say(f"{'total':24}{'':18}{total:>14,}{sum(row.macs for row in rows):>16,}")
    return 0


def _train(options: argparse.Namespace, settings: Settings) -> int:
    spec = _spec(options, settings)
    if problem := problems(spec, settings):
        raise CommandError(problem)
    # The worker would find out too, but as a training that failed.
    with LimitedReading(settings) as reading:
        data = load(
            spec.data, settings.max_pixels, spec.limit_per_class, spec.seed, cache=settings.surveys, reading=reading
        )
    if spec.classes is not None:
        in_order(spec.data_name, data.classes, spec.classes)
    (sys.stderr if options.json else sys.stdout).write(f"{_describe(spec)}\n")
    run = train_in_foreground(spec, settings, _say_json if options.json else _say_epoch)
    if run.state not in (State.FINISHED, State.STOPPED):
        sys.stderr.write(f"{run.message}\n")
        return 1
    where = {"run_id": run.id, "folder": str(settings.home / "runs" / run.id)}
    say(json.dumps(where) if options.json else f"{run.state}: {where['folder']}")
    return 0


def _spec(options: argparse.Namespace, settings: Settings) -> RunSpec:
    network = read_network(options.network)
    size = options.image_size
    if size is None and options.network is None:
        size = LESSON_SIZE
    if size is not None:
        if size < 1:
            raise CommandError(f"--image-size must be at least 1, not {size}.")
        network = network.with_image_size(size, size)
    trace(network)
    bundled, folder = options.data in BUNDLED, Path(options.data).resolve()
    if not bundled and not folder.is_dir():
        raise CommandError(f"--data must be a folder, {BUNDLED_IN_WORDS}, and {options.data!r} is neither.")
    name = options.data if bundled else folder.name
    return RunSpec(
        name=name,
        network=network,
        data=options.data if bundled else str(folder),
        data_name=name,
        augmentation=_augmentation(options),
        classes=_class_order(options),
        epochs=options.epochs,
        batch_size=options.batch_size,
        limit_per_class=options.limit_per_class,
        seed=options.seed,
        threads=settings.threads,
        **learning_from(options),
    )


def _class_order(options: argparse.Namespace) -> tuple[str, ...] | None:
    if options.class_order is None:
        return None
    return tuple(name.strip() for name in options.class_order.split(","))


def _augmentation(options: argparse.Namespace) -> AnyAugmentation:
    if options.augmentation is None:
        return Augmentation.post() if options.augment else Augmentation.none()
    if not options.augment:
        raise CommandError("--augmentation and --no-augment contradict each other; leave one of them out.")
    try:
        config = json.loads(read(options.augmentation).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{options.augmentation} is not JSON: {error}.") from None
    if not isinstance(config, dict):
        raise CommandError(f"{options.augmentation} must hold a JSON object of settings; write it so.")
    return augmentation_from_dict(config)


def _describe(spec: RunSpec) -> str:
    height, width, _ = spec.network.input_shape
    augmented = "as in the post" if spec.augmentation == Augmentation.post() else augmentation_text(spec.augmentation)
    limit = spec.limit_per_class
    return (
        f"Training on {spec.data_name} at {height} × {width} pixels, {counted(spec.epochs, 'epoch')}, batch size "
        f"{spec.batch_size}, {spec.optimizer} with learning rate {spec.learning_rate}"
        f"{f' and {spec.schedule}' if spec.schedule else ''}{f', L2 {spec.l2}' if spec.l2 else ''}, seed {spec.seed}, "
        f"{counted(spec.threads, 'thread')}, augmentation {augmented}, "
        f"{'all images' if limit is None else f'at most {limit} images per class'}"
        f"{f', classes in the order {order}' if (order := listed(spec.classes or ())) else ''}."
    )


def _say_json(event: Event) -> None:
    if event["type"] == "epoch":
        say(json.dumps({key: event.get(key) for key in EPOCH_KEYS}))


def _say_epoch(event: Event) -> None:
    if event["type"] == "epoch":
        say(
            f"epoch {event['epoch']:3}   "
            + "   ".join(f"{name} {metric_text(event[name], '.4f')}" for name in EPOCH_KEYS[1:-1])
            + f"   {event['seconds']:.1f} s"
        )


def _check_data(options: argparse.Namespace, settings: Settings) -> int:
    # A stranger's archive is unpacked here and its pictures are decoded in processes of their own.
    limit_memory(DATA_MEMORY)
    with tempfile.TemporaryDirectory() as aside, LimitedReading(replace(settings, home=Path(aside))) as reading:
        report = check_data(options.path, settings.max_pixels, reading=reading)
    chosen = _class_order(options)
    if chosen is not None and not report.refused:
        report = replace(report, classes=in_order(options.path.name, report.classes, chosen))
    if options.json:
        say(json.dumps(report.to_dict()))
    else:
        for split, counts in report.splits.items():
            say(f"{split}: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
        if report.classes and not report.refused:
            say(describe_class_order(report.classes, chosen=chosen is not None))
        for finding in report.details:
            say(f"- {finding.sentence} {finding.action}")
        for skipped in report.skipped:
            say(f"skipped {skipped.file}: {skipped.reason}")
    if report.refused:
        sys.stderr.write(f"{report.refused}\n")
        if report.tree and not options.json:
            say(report.tree)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
