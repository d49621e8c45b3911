"""Name each setting of a training in one row: its bounds, how it is asked for, and what it is called where it is told.

What asks for settings, refuses them, compares them, reports them or puts them back is made from these rows.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab.runs.record.losses import LOSSES
from cnnlab.runs.record.record import RunSpec

OPTIMIZERS = ("rmsprop", "adam", "sgd")
MAX_SEED = 2**32 - 1
LEAST_RATE, MOST_RATE = 1e-12, 100.0
SMALLEST_SIDE, LARGEST_SIDE = 4, 256  # pixels of a picture that the form offers


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Hold what is to be said of one field of `RunSpec`, which has its default.

    `said` is its name in comparisons, reports and refusals, `subject` the words a refusal begins with where "The" and
    that name do not do. It is one of `choices`, or a number from `least` to `most`, or yes or no. `label` and `help`
    are those of its field in the form and its option on the command line; without a label it is asked for in a way of
    its own. `step` is that of the form's field, `usual` what the form offers to choose from. `unset` says what None
    means. A `silent` setting is worth no line in a report as long as it has its default, and no field in the form.
    Where `only_for` names an optimizer the setting is that optimizer's, and `start` is what it begins with there.
    """

    name: str
    said: str
    subject: str = ""
    label: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    step: float | None = None
    usual: tuple[int, ...] = ()
    unset: str = ""
    silent: bool = False
    only_for: str = ""
    start: float | None = None

    @property
    def default(self) -> Any:
        """Return the value of a training for which nothing else is asked."""
        return getattr(RunSpec, self.name)

    @property
    def offered(self) -> Any:
        """Return what the form and the command line begin with."""
        return self.default if self.start is None else self.start

    @property
    def kind(self) -> type:
        """Return the type of its values beside None."""
        if self.choices:
            return str
        return bool if self.least is None else type(self.least)

    def belongs_to(self, optimizer: object) -> bool:
        """Tell whether a training with this optimizer has the setting."""
        return self.only_for in ("", optimizer)

    def problem(self, value: Any) -> str | None:
        """Return in one sentence why this value is not taken, or None."""
        subject = self.subject or f"The {self.said}"
        if value is None and self.default is None:
            return None
        if self.choices and value not in self.choices:
            return f"{subject} must be one of {', '.join(self.choices)}, not {value!r}."
        if self.least is None or self.least <= value <= (math.inf if self.most is None else self.most):
            return None
        if self.most is None:
            return f"{subject} must be at least {self.least:g}, but is {value}."
        return f"{subject} must lie between {_number(self.least)} and {_number(self.most)}, but is {value}."

    def taken(self, value: object) -> Any:
        """Return a value that anybody may have sent if it is allowed, else what is offered."""
        given = float(value) if self.kind is float and type(value) is int else value
        fits = isinstance(given, self.kind) and isinstance(given, bool) == (self.kind is bool)
        if given is None and self.default is None:
            return None
        return given if fits and self.problem(given) is None else self.offered

    def text(self, value: Any) -> str:
        """Return a value as a comparison shows it."""
        if value is None:
            return self.unset
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, tuple):
            return ", ".join(value)
        return f"{value:g}" if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


SETTINGS = (
    Setting(
        name="epochs",
        said="epochs",
        subject="The number of epochs",
        label="Epochs",
        help="How often every picture is seen.",
        least=1,
    ),
    Setting(
        name="batch_size",
        said="batch size",
        label="Batch size",
        help="How many pictures make one step.",
        least=1,
        usual=(8, 16, 32, 50, 64, 128),
    ),
    Setting(
        name="optimizer",
        said="optimizer",
        label="Optimizer",
        help="How a gradient becomes a step. The post uses rmsprop.",
        choices=OPTIMIZERS,
    ),
    Setting(
        name="momentum",
        said="momentum",
        label="Momentum",
        help="Of sgd: how much of the last step goes on into the next one; 0.9 is usual.",
        least=0.0,
        most=0.999,
        step=0.05,
        silent=True,
        only_for="sgd",
        start=0.9,
    ),
    Setting(
        name="learning_rate",
        said="learning rate",
        label="Learning rate",
        help="How far one step moves the weights; 0.0001 to 0.01 is usual. Too far and the loss explodes. It can be "
        "changed later.",
        least=LEAST_RATE,
        most=MOST_RATE,
        step=1e-4,
    ),
    Setting(name="schedule", said="schedule of the learning rate", unset="constant"),
    Setting(
        name="loss",
        said="loss",
        label="Loss",
        help="What training makes small. The network's last layer decides which one fits.",
        choices=LOSSES,
        unset="fits the output",
    ),
    Setting(
        name="l2",
        said="L2",
        subject="L2",
        label="L2",
        help="kernel_regularizer=L2: adds l2 · Σw² over all kernels to the loss, so that weights stay small. 0: off; "
        "0.001 is usual. The loss that is shown includes it, as in Keras.",
        least=0.0,
        most=1.0,
        step=1e-4,
    ),
    Setting(
        name="patience",
        said="early stopping",
        subject="The patience of early stopping",
        label="Stop early after",
        help="End when the validation loss has not fallen for so many epochs, and keep the best epoch's weights. "
        "Empty: train all epochs.",
        least=1,
        unset="never",
    ),
    Setting(
        name="class_weights",
        said="class weights",
        label="Weigh the classes equally",
        help="Each class counts the same in the loss, however few examples it has.",
    ),
    Setting(
        name="limit_per_class",
        said="examples per class",
        subject="The limit of examples per class",
        label="Examples per class at most",
        help="In each split; fewer train faster.",
        least=1,
        unset="all",
    ),
    Setting(
        name="train_per_class",
        said="training examples per class",
        subject="The limit of training examples per class",
        label="Training examples per class at most",
        help="Validation keeps all of its own.",
        least=1,
        unset="all",
        silent=True,
    ),
    Setting(
        name="shuffle_labels",
        said="shuffled labels",
        label="Shuffled labels",
        help="The training pictures have each other's labels, so there is nothing to learn but noise.",
        silent=True,
    ),
    Setting(
        name="test_split",
        said="test split",
        label="Keep a test split apart",
        help="A fifth of the training pictures of each class is not learned from. When all is decided, open their test "
        "once: the validation pictures helped to decide, these did not.",
    ),
    Setting(name="trunk", said="trunk", unset="none", silent=True),
    Setting(name="classes", said="order of classes", unset="as Keras sorts them", silent=True),
    Setting(
        name="seed",
        said="seed",
        label="Seed",
        help="Same seed, same machine, same number of threads: same curve, bit by bit. Another machine or thread count "
        "adds up in another order.",
        least=0,
        most=MAX_SEED,
    ),
    Setting(name="minutes", said="minutes at most", least=1, unset="as the server allows", silent=True),
    Setting(name="epochs_at_most", said="epochs at most", least=1, unset="as the server allows", silent=True),
    Setting(name="threads", said="threads", subject="The number of threads", least=1),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
ASKED = tuple(setting for setting in SETTINGS if setting.label)
"""Those that have a field in the form and an option on the command line."""


def problem_of_form(asked: Mapping[str, Any]) -> str | None:
    """Return in one sentence why the form cannot hold these settings, by their names, or None.

    Beside those of the rows it has `image_size` in pixels and `augment`.
    """
    side = asked.get("image_size", SMALLEST_SIDE)
    if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
        return f"The image size must lie between {SMALLEST_SIDE} and {LARGEST_SIDE}, but is {side}."
    optimizer = asked.get("optimizer", RunSpec.optimizer)
    for name in asked.keys() & BY_NAME.keys():
        if not BY_NAME[name].belongs_to(optimizer):
            return f"The {BY_NAME[name].said} is a setting of {BY_NAME[name].only_for}, not of {optimizer}."
        if problem := BY_NAME[name].problem(asked[name]):
            return problem
    return None


def same_pictures(spec: RunSpec, asked: Mapping[str, Any]) -> bool:
    """Tell whether a training learned from as many pictures, of that size, as settings of the form ask for, if any."""
    limits = ("limit_per_class", "train_per_class")
    return not asked or (
        all(getattr(spec, name) == asked.get(name) for name in limits)
        and asked.get("image_size") in (None, *spec.input_shape[:2])
    )
