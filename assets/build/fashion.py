"""Make assets/fashion/shoes.npz from Debian's package dataset-fashion-mnist (MIT).

    cd "$(mktemp -d)" && apt-get download dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb .
    python assets/build/fashion.py "$PWD"/usr/share/datasets/fashion-mnist

The folder holds `train-*-ubyte.gz` and `t10k-*-ubyte.gz` in the format of MNIST. This keeps the first pictures of two
classes: as many for training and validation as the post uses.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[1] / "fashion" / "shoes.npz"
CLASSES = {"ankle_boots": 9, "sneakers": 7}
SPLITS = {"train": ("train", 1000), "validation": ("t10k", 400)}  # file prefix, pictures of each class


def read_idx(path: Path) -> np.ndarray:
    """Read one gzipped IDX file of unsigned bytes: two zeros, type 8, the number of axes, their lengths, the data."""
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\0\0\x08":
        raise SystemExit(f"{path.name} is no IDX file of bytes.")
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def main(folder: Path) -> None:
    """Write the arrays of both classes and splits."""
    arrays = {}
    for split, (prefix, count) in SPLITS.items():
        images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
        for name, label in CLASSES.items():
            arrays[f"{split}_{name}"] = images[labels == label][:count]
    np.savez_compressed(TARGET, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
