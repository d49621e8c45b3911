"""Be a lesson: steps that each name a page, what to set there, what to point at, and one thing to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnlab.core.lessons.language import Expression
from cnnlab.core.words import Refusal

PAGES_WITH_PLACES = ("convolution", "feature_maps")
"""Pages with maps in which a place can be pressed."""
PAGES = (
    "home", "data", "architecture", "convolution", "feature_maps", "augmentation", "training", "explain", "sequences",
)  # fmt: skip
POINTS: Mapping[str, str] = {
    "strip": "the strip of layers",
    "table": "the table of shapes",
    "total": "the total of parameters",
    "row": "the row of the layer in the table",
    "option": "the control of one option of the layer",
    "size": "the control of the image size",
    "picture": "the choice of picture",
    "numbers": "how a picture becomes numbers",
    "maps": "the feature maps",
    "answer": "what the network says",
    "map": "the map of the convolution view",
    "kernel": "the multiplication of one place",
    "channel": "the choice of output channel",
    "samples": "the augmented samples",
    "settings": "the settings of augmentation",
    "start": "the button that starts a training",
    "curves": "the curves of a training",
    "explorer": "the directory explorer of the data page",
    "classes": "the classes of the data set",
    "run": "where a training stands, with its numbers",
    "confusion": "the confusion matrix of a training",
    "mistakes": "the pictures that a training got wrong",
    "explanations": "the maps of which pixels decided",
    "forgetting": "the test whether a map notices that the network forgets",
    "unit": "the choice of a unit",
    "letters": "a sequence and what the network reads in it",
}
"""What a step can point at, in words; the interface knows where each stands."""
RUNS: Mapping[str, str] = {
    "recorded": "the run that ships",
    "own": "the newest training of the student with as many pictures of that size, if there is one",
}
"""Which training a step can open, in words."""
PARTS: Mapping[str, Mapping[str, str]] = {
    "training": {
        "curves": "loss and accuracy",
        "wrong": "where it is wrong",
        "health": "gradients and units",
        "compare": "runs side by side",
    },
    "explain": {
        "why": "which pixels decided",
        "believe": "whether such a map can be believed",
        "likes": "what a unit likes",
    },
}
"""Which part of a page a step can show, in words."""
FIRST_PICTURE = "silhouette"
"""Instead of a file of the gallery: the silhouette that a visit begins with."""
TRAINING: Mapping[str, type] = {
    "image_size": int,
    "augment": bool,
    "epochs": int,
    "batch_size": int,
    "optimizer": str,
    "momentum": float,
    "learning_rate": float,
    "loss": str,
    "l2": float,
    "patience": int,
    "class_weights": bool,
    "limit_per_class": int,
    "train_per_class": int,
    "shuffle_labels": bool,
    "test_split": bool,
    "seed": int,
}
"""Which settings of the form of the training page a step can set, each with its kind; the form knows their bounds."""
GO: Mapping[str, type] = {
    "page": str,
    "network": str,
    "changes": list,
    "input_shape": list,
    "picture": str,
    "data": str,
    "weights": str,
    "layer": str,
    "channel": int,
    "augment": dict,
    "training": dict,
    "run": str,
    "part": str,
    "methods": list,
    "predict": bool,
    "point": str,
    "of": str,
}
"""Which keys a step may say of where it leads, each with its kind."""


class LessonError(Refusal):
    """Say in one sentence what is wrong with a lesson: its file, the line, and what was expected."""

    def __init__(self, name: str, line: int, message: str) -> None:
        super().__init__(f"{name}, line {line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Go:
    """Say where a step leads and what it sets there; what is None or empty stays as it is.

    `network` is the key of a preset, "post" for the post's own, `changes` are (layer, option, value) on top of it;
    `picture` is the file of a gallery picture, the name of a pattern or `FIRST_PICTURE`, `weights` "trained" or
    "random", `layer` the name of a layer; `augment` are settings of augmentation by Keras' names. `point` is one of
    `POINTS`; `of` names its layer or its option. `run` is one of `RUNS`, `part` one of `PARTS` of its page.
    `methods` are those that the page explain shows beside each other, the first of which it tests; with `predict`
    it asks first where the network looks. `training` are settings of `TRAINING`, and every other setting of that
    form becomes what the form begins with.
    """

    page: str
    network: str = ""
    changes: tuple[tuple[str, str, Any], ...] = ()
    input_shape: tuple[int, int, int] | None = None
    picture: str = ""
    data: str = ""
    weights: str = ""
    layer: str = ""
    channel: int | None = None
    augment: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    run: str = ""
    part: str = ""
    methods: tuple[str, ...] = ()
    predict: bool = False
    point: str = ""
    of: str = ""


@dataclass(frozen=True)
class Mistake:
    """Know a wrong answer that people give: its value, and the sentence that says what went wrong."""

    gives: Expression
    says: str


@dataclass(frozen=True)
class Choice:
    """Offer one answer; `right` is a condition, and `says` is said to whoever takes it."""

    text: str
    right: Expression
    says: str


@dataclass(frozen=True)
class Ask:
    """Ask before something is shown. Exactly one of `answer`, `choices`, `place`, `sentence`, `file`, `motif` is there.

    `answer` is the right number or shape, `within` how far a number may be off, as a share of it; `place` is a
    condition about the place of a map that is pressed, and so are the mistakes beside it; `sentence` asks for one
    sentence and `file` for a file, which nobody judges. A file is asked for in an exercise only; `endings` are those
    that it may have, such as `.pdf`, none for any. `motif` is a word of DNA that is to be found, in a lesson only;
    until it is, no page shows what was planted.
    """

    question: str
    answer: Expression | None = None
    within: float = 0.0
    mistakes: tuple[Mistake, ...] = ()
    choices: tuple[Choice, ...] = ()
    place: Expression | None = None
    sentence: bool = False
    file: bool = False
    endings: tuple[str, ...] = ()
    hint: str = ""
    explain: str = ""
    motif: str = ""

    @property
    def is_judged(self) -> bool:
        """Tell whether an answer can be right or wrong."""
        return not (self.sentence or self.file)


@dataclass(frozen=True)
class Goal:
    """Name something to reach; the condition turns true when it is reached."""

    text: str
    when: Expression


@dataclass(frozen=True)
class Step:
    """Hold one step; `line` is where it begins in its file."""

    title: str
    go: Go
    text: str
    asks: tuple[Ask, ...]
    goals: tuple[Goal, ...]
    line: int


@dataclass(frozen=True)
class Lesson:
    """Hold a lesson; `name` is that of its file without the ending, `quote` the post's words that it starts from."""

    name: str
    title: str
    minutes: int
    lang: str
    quote: str
    link: str
    steps: tuple[Step, ...]
