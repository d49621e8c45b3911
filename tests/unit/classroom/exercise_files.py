"""One exercise with every kind of question, and words by which each secret of it is known again."""

from dataclasses import replace
from pathlib import Path

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.store.database import PATIENCE
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.lessons import Situation
from cnnlab.core.network import Network
from cnnlab.processes.data.jobs import Asker

NOW = 1_800_000_000.0
FRONT = """+++
title = "One kernel"
minutes = 6

[exercise]
message = "Work **alone**."
by = "Ms Curie"
seed = 7
due = 2027-02-01T18:00:00+01:00
begin = { page = "architecture", picture = "cat-chelsea.jpg", weights = "random" }
only = { architecture = ["layer0.kernel_size", "layer2.*"] }
limits = { epochs = 5, trainings = 2 }
+++
"""
STEPS = """
## A window

```{go}
page = "architecture"
layer = "conv2d"
```

How wide is it?

```{ask}
question = "How wide are the maps?"
answer = 'width("conv2d") + 4141414 - 4141414'
mistakes = [{ gives = "input_width + 3737373 - 3737373", says = "z-mistake" }]
hint = "z-hint"
explain = "z-explain"
```

```{goal}
text = "Make it small"
when = 'total_params < 4343434 or layers == 15'
```

## A choice

```{go}
page = "convolution"
```

```{ask}
question = "What makes maps?"
choices = [
  { text = "luck", right = "layers == 6161616", says = "z-luck" },
  { text = "filters", right = "layers != 6161616", says = "z-filters" },
]
explain = "z-because"
```

```{ask}
question = "In a sentence?"
sentence = true
hint = "z-words"
```
"""
WITH_FILES = (
    STEPS
    + """
## Your files

```{go}
page = "training"
```

```{ask}
question = "Your notebook?"
file = true
endings = [".ipynb", ".py"]
explain = "z-file"
```

```{ask}
question = "Anything else?"
file = true
```
"""
)
HOW_WIDE = b"""+++
title = "How wide?"
minutes = 5

[exercise]
by = "Ms Curie"
points = 10
begin = { page = "architecture" }
+++

## A window

```{go}
page = "architecture"
```

```{ask}
question = "How wide are the maps?"
answer = 'width("conv2d")'
```
"""
"""An exercise of one question, for many who answer it at once."""
SECRETS = ("z-", "4141414", "3737373", "4343434", "6161616", "gives", "width(", "== 15")
POST = Situation(Network.seed())
ANN, BEN = Asker("a" * 32, "1" * 32), Asker("b" * 32, "2" * 32)
WIDTH, CHOICE, SENTENCE = (0, 0), (1, 0), (1, 1)
NOTEBOOK, ANYTHING = (2, 0), (2, 1)


def exercise(front: str = FRONT, steps: str = STEPS) -> Exercise:
    """Return the exercise."""
    return read_exercise("one-kernel.md", (front + steps).encode())


def asks_for_files() -> Exercise:
    """Return the exercise with a third step that asks for two files."""
    return exercise(steps=WITH_FILES)


def lasting() -> Exercise:
    """Return the exercise for whoever has no clock to set: it is due in 2096."""
    return replace(exercise(), due=4_000_000_000.0)


class Clock:
    """Be a clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def opened(home: Path, clock: Clock | None = None, patience: float = PATIENCE) -> Classroom:
    """Open the classes of a home at a time that a test sets."""
    return Classroom(home, 400, patience, clock or Clock())
