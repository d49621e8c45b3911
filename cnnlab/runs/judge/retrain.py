"""Write a run as a Jupyter notebook that trains the same network again with plain Keras, and its bundled pictures."""

import io
import zipfile
from collections.abc import Iterator, Sequence

from PIL import Image

from cnnlab.core.augment import RandomLayers, only_rescaled
from cnnlab.core.augment.code import as_keras_layers
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import load, with_classes
from cnnlab.core.data.survey.reading import VALIDATION_SHARE
from cnnlab.core.exchange.keras_code import model_code
from cnnlab.core.exchange.onednn import onednn_lines
from cnnlab.core.inside.graph import nodes_of
from cnnlab.core.training.subset import TEST_SHARE, shuffled
from cnnlab.core.words import plain as in_markdown
from cnnlab.runs.judge.rebuild import MODEL_FILE, head_code, rebuilding_code
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.by_hand import SetRate
from cnnlab.runs.record.losses import BINARY

COLORS = {1: "grayscale", 3: "rgb", 4: "rgba"}
OPTIMIZERS = {"rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}
PLOT = """import matplotlib.pyplot as plt

for name in ("loss", "accuracy"):
    plt.figure(figsize=(6, 3))
    plt.plot(history.history[name], label="training")
    plt.plot(history.history["val_" + name], label="validation")
    plt.xlabel("epoch")
    plt.title(name)
    plt.legend()"""


def retraining_notebook(spec: RunSpec, loss: str, classes: tuple[str, ...], by_hand: Sequence[SetRate] = ()) -> str:
    """Return the notebook as JSON (nbformat 4.5): pictures from folders, augmentation, network, `fit`, curves.

    `loss` is the one that the run used, `classes` are in the order of its labels, `by_hand` are the learning rates that
    were set while it went on.
    """
    from nbformat import v4, validate  # loads a JSON schema library: only for those who press the button

    cells = [
        v4.new_markdown_cell(_title(spec), id="title"),
        v4.new_code_cell(_imports(spec), id="import"),
        v4.new_code_cell(_pictures(spec, loss, classes), id="pictures"),
        *(v4.new_code_cell(code, id=name) for name, code in _build(spec)),
        v4.new_code_cell(_fit(spec, loss, by_hand), id="fit"),
        v4.new_code_cell(PLOT, id="plot"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    validate(made)
    return str(v4.writes(made))


def _imports(spec: RunSpec) -> str:
    onednn = onednn_lines(nodes_of(spec.network)).lstrip("\n")
    return f'{onednn}import keras\nimport tensorflow as tf\n\nDATA = "data"\nSEED = {spec.seed}'


def bundled_pictures(spec: RunSpec, max_pixels: int) -> bytes:
    """Return a zip of exactly the pictures that a run on a bundled set learns from, in the notebook's folders."""
    data = load(spec.data, max_pixels, spec.limit_per_class, spec.split_seed)
    if spec.classes is not None:
        data = with_classes(data, spec.classes)
    used = spec.learned(data.train.labels)
    labels = data.train.labels[used]
    if spec.shuffle_labels:
        labels = shuffled(labels, spec.seed)
    whole = range(len(data.validation))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for split, kept, places, given in (
            ("train", data.train, used, labels),
            ("validation", data.validation, whole, data.validation.labels),
        ):
            for place, label in zip(places, given, strict=True):
                picture = io.BytesIO()
                Image.fromarray(kept.image(int(place))).save(picture, "PNG", compress_level=1)
                archive.writestr(f"data/{split}/{data.classes[label]}/{place:05}.png", picture.getvalue())
    return out.getvalue()


def _title(spec: RunSpec) -> str:
    bundled = spec.data in SETS
    where = (
        "Unpack the run's **Pictures (.zip)** beside this notebook."
        if bundled
        else f"Put the data set {in_markdown(spec.data_name)} beside it as `data/train/<class>/` and "
        "`data/validation/<class>/`."
    )
    if spec.trunk is not None:
        where += f" Put the run's model beside it as `{MODEL_FILE}`: the trunk is built anew and takes its weights."
        if not spec.trunk.is_frozen or spec.trunk.head is not None:
            where += " Its trunk begins here as the run left it, and its head with random weights."
    apart = "" if bundled else "".join(f" {sentence}" for sentence in _apart(spec))
    return (
        f"# A training, once more\n\nExported from CNN Lab. {where}{apart} It needs `pip install tensorflow scipy "
        "pillow matplotlib`.\n\nThe settings are those of the run. The random numbers of shuffling and augmentation "
        "are drawn by Keras here, so the curves are alike, not equal."
    )


def _build(spec: RunSpec) -> Iterator[tuple[str, str]]:
    """Yield the cells that make `model`; on a trunk first as the run left it, then with a head that begins anew."""
    seed = "keras.utils.set_random_seed(SEED)\n"
    if spec.trunk is None:
        yield "build", f"{seed}{model_code(spec.network, spec.l2)}"
        return
    yield "build", f"{rebuilding_code(spec)}\nmodel.summary()"
    yield (
        "as_the_run_left_it",
        "model.predict(validation)  # the answers of the run's own model, before anything is trained anew",
    )
    yield "begin", f"# Now the head begins with random weights.\n{seed}{head_code(spec)}"


def _apart(spec: RunSpec) -> Iterator[str]:
    """Say what a run did with its own folder that these cells do not do."""
    yield (
        f"Where it has no validation folder, the run set {VALIDATION_SHARE:.0%} of each class aside, drawn by chance: "
        "move as many."
    )
    if spec.limit_per_class is not None:
        yield f"The run took at most {spec.limit_per_class:,} pictures of each class and split, drawn by chance."
    if spec.test_split:
        yield f"It kept {TEST_SHARE:.0%} of the training pictures of each class apart for a test."
    if spec.train_per_class is not None:
        yield f"It trained on at most {spec.train_per_class:,} of each class."
    if spec.shuffle_labels:
        yield "It gave the training pictures each other's labels; these cells give them their own."
    yield "Pictures were turned as their files say (EXIF) and laid on white where transparent; Keras does neither."


def _pictures(spec: RunSpec, loss: str, classes: tuple[str, ...]) -> str:
    height, width, channels = spec.picture_shape
    augmentation, layers = spec.augmentation, ""
    if isinstance(augmentation, RandomLayers):
        made = as_keras_layers(augmentation, (height, width)).removeprefix("import keras\n").split("\n# ")[0]
        layers = f"{made}\n\n"
        given = ["preprocessing_function=lambda picture: augment(picture[None], training=True)[0].numpy()"]
    else:
        told, plain = augmentation.to_dict(), only_rescaled(augmentation).to_dict()
        given = [f"{k}={v!r}" for k, v in told.items() if k == "rescale" or v != plain.get(k)]
    return f"""{layers}Generator = tf.keras.preprocessing.image.ImageDataGenerator
how = dict(
    target_size={(height, width)},
    interpolation="bilinear",
    color_mode={COLORS.get(channels, "rgb")!r},
    classes={list(classes)!r},
    class_mode={"binary" if loss == BINARY else "sparse"!r},
)
training = Generator({", ".join(given)}).flow_from_directory(
    f"{{DATA}}/train", batch_size={spec.batch_size}, seed=SEED, **how
)
validation = Generator(rescale={augmentation.rescale!r}).flow_from_directory(
    f"{{DATA}}/validation", batch_size=32, shuffle=False, **how
)"""


BY_HAND = """class SetByHand(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, changes):
        self.rate, self.changes = rate, changes

    def __call__(self, step):
        rate = self.rate(step) if callable(self.rate) else self.rate
        for first, changed in self.changes:
            rate = keras.ops.where(step >= first, changed, rate)
        return rate

"""


def _fit(spec: RunSpec, loss: str, by_hand: Sequence[SetRate]) -> str:
    momentum = f", momentum={spec.momentum!r}" if spec.optimizer == "sgd" else ""
    lines, rate = [], repr(spec.learning_rate)
    if spec.schedule is not None:
        given = ", ".join([rate, *(f"{key}={value!r}" for key, value in spec.schedule.config.items())])
        lines.append(f"rate = keras.optimizers.schedules.{spec.schedule.class_name}({given})")
        rate = "rate"
    if by_hand:
        changes = [(change.step, change.rate) for change in by_hand]
        lines += [BY_HAND, f"rate = SetByHand({rate}, {changes})  # (batches before it, learning rate set by hand)"]
        rate = "rate"
    lines += [
        "model.compile(",
        f"    optimizer=keras.optimizers.{OPTIMIZERS[spec.optimizer]}(learning_rate={rate}{momentum}),",
        f"    loss={loss!r},",
        '    metrics=["accuracy"],',
        ")",
    ]
    more = ""
    if spec.patience is not None:
        lines.append(
            f'early = keras.callbacks.EarlyStopping("val_loss", patience={spec.patience}, restore_best_weights=True)'
        )
        more += ", callbacks=[early]"
    if spec.class_weights:
        lines += [
            "labels = list(training.classes)",
            "counts = [labels.count(c) for c in range(max(labels) + 1)]",
            "weights = {c: sum(counts) / (len(counts) * n) for c, n in enumerate(counts)}",
        ]
        more += ", class_weight=weights"
    lines.append(f"history = model.fit(training, validation_data=validation, epochs={spec.epochs}{more})")
    return "\n".join(lines)
