"""Write a run as a Jupyter notebook that trains the same network again with plain Keras, and its bundled pictures."""

import io
import zipfile

from PIL import Image

from cnnlab.core.augment import RandomLayers, only_rescaled
from cnnlab.core.augment.code import as_keras_layers
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import load, with_classes
from cnnlab.core.exchange.keras_code import model_code
from cnnlab.core.markdown import plain as in_markdown
from cnnlab.core.training.subset import chosen, shuffled
from cnnlab.runs.record import RunSpec
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


def retraining_notebook(spec: RunSpec, loss: str, classes: tuple[str, ...]) -> str:
    """Return the notebook as JSON (nbformat 4.5): pictures from folders, augmentation, network, `fit`, curves.

    `loss` is the one that the run used, `classes` are in the order of its labels.
    """
    from nbformat import v4, validate  # loads a JSON schema library: only for those who press the button

    cells = [
        v4.new_markdown_cell(_title(spec), id="title"),
        v4.new_code_cell(f'import keras\nimport tensorflow as tf\n\nDATA = "data"\nSEED = {spec.seed}', id="import"),
        v4.new_code_cell(_pictures(spec, loss, classes), id="pictures"),
        v4.new_code_cell(f"keras.utils.set_random_seed(SEED)\n{model_code(spec.network, spec.l2)}", id="build"),
        v4.new_code_cell(_fit(spec, loss), id="fit"),
        v4.new_code_cell(PLOT, id="plot"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    validate(made)
    return str(v4.writes(made))


def bundled_pictures(spec: RunSpec, max_pixels: int) -> bytes:
    """Return a zip of exactly the pictures that a run on a bundled set learns from, in the notebook's folders."""
    data = load(spec.data, max_pixels, spec.limit_per_class, spec.seed)
    if spec.classes is not None:
        data = with_classes(data, spec.classes)
    used = chosen(data.train.labels, spec.train_per_class, spec.seed)
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
    where = (
        "Unpack the run's **Pictures (.zip)** beside this notebook."
        if spec.data in SETS
        else f"Put the data set {in_markdown(spec.data_name)} beside it as `data/train/<class>/` and "
        "`data/validation/<class>/`."
    )
    return (
        f"# A training, once more\n\nExported from CNN Lab. {where} It needs `pip install tensorflow scipy pillow "
        "matplotlib`.\n\nThe settings are those of the run. The random numbers of shuffling and augmentation are drawn "
        "by Keras here, so the curves are alike, not equal."
    )


def _pictures(spec: RunSpec, loss: str, classes: tuple[str, ...]) -> str:
    if isinstance(spec.augmentation, RandomLayers):
        return _pictures_for_layers(spec, spec.augmentation, loss, classes)
    height, width, channels = spec.network.input_shape
    color = COLORS.get(channels, "rgb")
    augmentation, plain = spec.augmentation.to_dict(), only_rescaled(spec.augmentation).to_dict()
    given = [f"{k}={v!r}" for k, v in augmentation.items() if k == "rescale" or v != plain.get(k)]
    return f"""Generator = tf.keras.preprocessing.image.ImageDataGenerator
how = dict(
    target_size={(height, width)},
    color_mode={color!r},
    classes={list(classes)!r},
    class_mode={"binary" if loss == BINARY else "sparse"!r},
)
training = Generator({", ".join(given)}).flow_from_directory(
    f"{{DATA}}/train", batch_size={spec.batch_size}, seed=SEED, **how
)
validation = Generator(rescale={spec.augmentation.rescale!r}).flow_from_directory(
    f"{{DATA}}/validation", batch_size=32, shuffle=False, **how
)"""


def _pictures_for_layers(spec: RunSpec, settings: RandomLayers, loss: str, classes: tuple[str, ...]) -> str:
    height, width, channels = spec.network.input_shape
    made = as_keras_layers(settings, (height, width)).removeprefix("import keras\n").split("\n# ")[0]
    return f"""{made}
how = dict(
    image_size={(height, width)},
    interpolation="nearest",
    color_mode={COLORS.get(channels, "rgb")!r},
    class_names={list(classes)!r},
    label_mode={"binary" if loss == BINARY else "int"!r},
)
load = keras.utils.image_dataset_from_directory
training = load(f"{{DATA}}/train", batch_size={spec.batch_size}, seed=SEED, **how)
labels = [int(label) for _, batch in training for label in batch.numpy().ravel()]
training = training.map(lambda x, y: (augment(x, training=True), y))
rescale = layers.Rescaling({settings.rescale!r})
validation = load(f"{{DATA}}/validation", batch_size=32, shuffle=False, **how).map(lambda x, y: (rescale(x), y))"""


def _fit(spec: RunSpec, loss: str) -> str:
    momentum = f", momentum={spec.momentum!r}" if spec.optimizer == "sgd" else ""
    lines, rate = [], repr(spec.learning_rate)
    if spec.schedule is not None:
        given = ", ".join([rate, *(f"{key}={value!r}" for key, value in spec.schedule.config.items())])
        lines.append(f"rate = keras.optimizers.schedules.{spec.schedule.class_name}({given})")
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
            f"labels = {'labels' if isinstance(spec.augmentation, RandomLayers) else 'list(training.classes)'}",
            "counts = [labels.count(c) for c in range(max(labels) + 1)]",
            "weights = {c: sum(counts) / (len(counts) * n) for c, n in enumerate(counts)}",
        ]
        more += ", class_weight=weights"
    lines.append(f"history = model.fit(training, validation_data=validation, epochs={spec.epochs}{more})")
    return "\n".join(lines)
