"""Name the data sets that come with CNN Lab: painted silhouettes, and classes of Fashion-MNIST, two and all ten."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnlab.core.data.bundled import fashion, silhouettes

SplitName = Literal["train", "validation"]


@dataclass(frozen=True)
class Bundled:
    """Hold one bundled set: `load` gives uint8 pictures (n, height, width, 3) and int64 labels of a split."""

    name: str
    classes: tuple[str, ...]
    about: str
    load: Callable[[SplitName], tuple[np.ndarray, np.ndarray]]
    fingerprint: Callable[[], str]


SETS = {
    bundle.name: bundle
    for bundle in (
        Bundled(
            "silhouettes",
            silhouettes.CLASSES,
            "These are painted silhouettes, so a network trained on them knows nothing about photographs.",
            lambda split: silhouettes.load(split),
            lambda: silhouettes.fingerprint(),
        ),
        Bundled(
            "shoes",
            fashion.CLASSES[fashion.SHOES],
            "These are two of the ten classes of Fashion-MNIST, grey pictures of 28 × 28 pixels; enlarging them adds "
            "nothing to see.",
            lambda split: fashion.load(fashion.SHOES, split),
            lambda: fashion.fingerprint(fashion.SHOES),
        ),
        Bundled(
            "fashion",
            fashion.CLASSES[fashion.TEN],
            "These are all ten classes of Fashion-MNIST, a few hundred grey pictures of 28 × 28 pixels of each; some "
            "shirts, coats and pullovers look alike to people too.",
            lambda split: fashion.load(fashion.TEN, split),
            lambda: fashion.fingerprint(fashion.TEN),
        ),
    )
}
