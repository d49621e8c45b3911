"""Make assets/fashion/shoes.npz and ten.npz from Debian's package dataset-fashion-mnist (MIT).

    cd "$(mktemp -d)" && apt-get download dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb .
    python assets/build/fashion.py "$PWD"/usr/share/datasets/fashion-mnist

The folder holds `train-*-ubyte.gz` and `t10k-*-ubyte.gz` in the format of MNIST. This keeps the first pictures of each
class: of two as many for training and validation as the post uses, and fewer of all ten.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[1] / "fashion"
CLASSES = {
    "t_shirts": 0,
    "trousers": 1,
    "pullovers": 2,
    "dresses": 3,
    "coats": 4,
    "sandals": 5,
    "shirts": 6,
    "sneakers": 7,
    "bags": 8,
    "ankle_boots": 9,
}
SHOES = ("ankle_boots", "sneakers")
# Of each class: pictures for training, for validation.
SETS = {"shoes": (SHOES, 1000, 400), "ten": (tuple(sorted(CLASSES)), 300, 100)}
PREFIXES = {"train": "train", "validation": "t10k"}


def read_idx(path: Path) -> np.ndarray:
    """Read one gzipped IDX file of unsigned bytes: two zeros, type 8, the number of axes, their lengths, the data."""
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\0\0\x08":
        raise SystemExit(f"{path.name} is no IDX file of bytes.")
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def main(folder: Path) -> None:
    """Write the arrays of the classes and splits of both sets."""
    for key, (classes, *counts) in SETS.items():
        arrays = {}
        for (split, prefix), count in zip(PREFIXES.items(), counts, strict=True):
            images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
            labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
            for name in classes:
                arrays[f"{split}_{name}"] = images[labels == CLASSES[name]][:count]
        np.savez_compressed(TARGET / f"{key}.npz", **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
