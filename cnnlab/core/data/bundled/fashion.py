"""Open the bundled classes of Fashion-MNIST: ankle boots and sneakers, as many as in the post, and fewer of all ten."""

import hashlib
from functools import lru_cache
from typing import Literal

import numpy as np

from cnnlab.core.shipped import ASSETS

FOLDER = ASSETS / "fashion"
SHOES, TEN = "shoes", "ten"
CLASSES = {
    SHOES: ("ankle_boots", "sneakers"),
    TEN: (
        "ankle_boots",
        "bags",
        "coats",
        "dresses",
        "pullovers",
        "sandals",
        "shirts",
        "sneakers",
        "t_shirts",
        "trousers",
    ),
}


@lru_cache(maxsize=4)
def load(key: str, split: Literal["train", "validation"]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures and labels of one split of "shoes" or "ten", in the order of its classes.

    Pictures are uint8 of shape `(n, 28, 28, 3)` with three equal channels, labels int64 of shape `(n,)`; both are
    read-only. n is 2,000 for "train" and 800 for "validation" of the shoes, 3,000 and 1,000 of the ten.
    """
    with np.load(FOLDER / f"{key}.npz", allow_pickle=False) as arrays:
        parts = [arrays[f"{split}_{name}"] for name in CLASSES[key]]
    images = np.repeat(np.concatenate(parts)[..., None], 3, axis=3)
    labels = np.repeat(np.arange(len(parts), dtype=np.int64), [len(part) for part in parts])
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


@lru_cache(maxsize=2)
def fingerprint(key: str) -> str:
    """Return a hash of the file of pictures."""
    return hashlib.sha256((FOLDER / f"{key}.npz").read_bytes()).hexdigest()
