"""Find the features that a layer gives to the pictures of a data set, beside the pages, and keep them for everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from cnnlab.core.data.datasets import DataSet, Split
from cnnlab.core.data.held import Measure
from cnnlab.core.inside.feature_space import Floats, Labels, Plane, principal, voted
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.pictures import Pixels
from cnnlab.processes.explain.features import Collected, collected, features_of
from cnnlab.processes.explain.strongest import Looked
from cnnlab.processes.subjects import LayerRow, Subject, pixels_key
from cnnlab.ui.data.reading import made_of
from cnnlab.ui.parts.work import Step, Steps, Works
from cnnlab.ui.session import services
from cnnlab.ui.session.visitor import me

TRAINING, VALIDATION = "training", "validation"
MOST_PICTURES = 400
MOST_FEATURES = 20_000  # numbers of one picture that are compared


@dataclass(frozen=True, eq=False)
class Space:
    """Hold what was collected, the plane that it is drawn in, and the class that each picture's neighbours say."""

    found: Collected
    plane: Plane
    neighbours: Labels


SPACES: Works[Space] = Works(96 << 20, lambda space: 2 * space.found.features.nbytes + space.found.small.nbytes)
QUERIES: KeptByBytes[Floats] = KeptByBytes(4 << 20, lambda found: found.nbytes + 200)


@dataclass(frozen=True)
class Asked:
    """Name whose features are asked for, of which layer, and of which pictures: `places` (n,) in a part of a set."""

    subject: Subject
    row: int
    data: DataSet
    part: str

    @property
    def split(self) -> Split:
        """Return the part."""
        return self.data.train if self.part == TRAINING else self.data.validation

    @property
    def count(self) -> int:
        """Return how many features each picture gets."""
        return numbers_of(self.subject.rows[self.row])

    @property
    def places(self) -> Labels:
        """Return the positions of the pictures in their part, spread evenly over it and so over the classes."""
        count = len(self.split)
        return np.linspace(0, count - 1, min(count, MOST_PICTURES)).astype(np.int64)

    @property
    def labels(self) -> Labels:
        """Return the class of each picture."""
        return np.asarray(self.split.labels[self.places], np.int64)

    @property
    def key(self) -> str:
        """Return a text that changes whenever the features could."""
        return f"{self.subject.key} {self.row} {self.data.fingerprint} {self.part}"

    def steps(self) -> Steps[Space]:
        """Return what collects them; it runs in a thread, where no visitor can be asked for."""
        inside, who = services.inference(), me()
        height, width, channels = self.subject.input_shape
        measure = Measure(height, width, channels)
        split, places, labels = self.split, self.places, self.labels

        def steps() -> Iterator[Step | Space]:
            made = (made_of(split, int(i), measure, who) for i in places)
            for each in collected(inside, self.subject, made, len(places), self.row):
                if isinstance(each, Looked):
                    yield Step(each.done / each.of, f"Looking at picture {each.done:,} of {each.of:,}…")
                else:
                    plane = principal(each.features)
                    yield Space(each, plane, voted(each.features, labels, len(self.data.classes)))

        return steps

    def of_picture(self, pixels: Pixels) -> Floats:
        """Return the features (d,) of one more picture as the subject takes it; raise `InferenceError`."""
        key = (self.subject.key, self.row, pixels_key(pixels))
        return QUERIES.get(
            key, lambda: features_of(services.inference(), self.subject, pixels[None], (self.row,))[0][0]
        )


def numbers_of(row: LayerRow) -> int:
    """Return how many features a layer gives: one a channel of maps, else as many as it makes."""
    return row.shape[-1] if len(row.shape) > 1 else prod(row.shape)


def offered_rows(subject: Subject) -> dict[str, int]:
    """Return the layers whose features can be compared, by what they are called, with their position."""
    found = {}
    for i, row in enumerate(subject.rows):
        count = numbers_of(row)
        if count <= MOST_FEATURES:
            what = "means of its maps" if len(row.shape) > 1 else "numbers"
            found[f"{row.name}: {count:,} {what}"] = i
    return found


def usual_row(subject: Subject) -> int:
    """Return the layer that is offered first: what the last dense layer takes, or the last one; dropout is no layer."""
    dense = [i for i, row in enumerate(subject.rows) if row.class_name == "Dense" and i > 0]
    before = range(dense[-1]) if dense else range(len(subject.rows))
    return next((i for i in reversed(before) if subject.rows[i].class_name != "Dropout"), before[-1])
