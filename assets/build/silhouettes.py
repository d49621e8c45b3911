"""Make assets/silhouettes/silhouettes.npz from the wheel of the Python package animal-mnist 0.4 (MIT).

    folder=$(mktemp -d)
    pip download --no-deps animal-mnist==0.4 -d "$folder"
    python assets/build/silhouettes.py "$folder"/animal_mnist-0.4-*.whl

The package holds 1,000 grey 28 × 28 silhouettes of each of ten animals as gzipped pickles. This keeps the cats
and the dogs, drops stray specks and repetitions (mirror images too), and divides what is left into training and
validation so that no two nearly identical silhouettes stand on different sides.
"""

import gzip
import io
import pickle
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

TARGET = Path(__file__).resolve().parents[1] / "silhouettes" / "silhouettes.npz"
FOLDER = "animal_mnist/data/Animal_MNIST/"
CLASSES = {"cats": 2, "dogs": 4}
TRAIN, VALIDATION = 800, 180  # of each class
LEVELS = 15  # grey steps kept: enough for a smooth edge, half the bytes
NEAR = 0.88  # intersection over union from which two silhouettes count as nearly identical
SEED = 0


class ArrayUnpickler(pickle.Unpickler):
    """Read a pickle that holds one numpy array, and refuse every other name in it."""

    ALLOWED = frozenset({("numpy", "ndarray"), ("numpy", "dtype"), ("numpy.core.multiarray", "_reconstruct")})

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the three names an array needs; raise `UnpicklingError` for any other."""
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"An array was expected, but the pickle names {module}.{name}.")
        if name == "_reconstruct":
            from numpy._core.multiarray import _reconstruct

            return _reconstruct
        return getattr(np, name)


def read_array(wheel: zipfile.ZipFile, name: str) -> np.ndarray:
    """Unpack one gzipped pickle of the wheel into an array."""
    return ArrayUnpickler(io.BytesIO(gzip.decompress(wheel.read(FOLDER + name)))).load()


def largest_piece(mask: np.ndarray) -> np.ndarray:
    """Return the largest 8-connected piece of a boolean `(height, width)` mask."""
    left, best = mask.copy(), np.zeros_like(mask)
    while left.any():
        piece = np.zeros_like(mask)
        piece[np.unravel_index(np.argmax(left), left.shape)] = True
        while True:
            grown = grow(piece) & left
            if grown.sum() == piece.sum():
                break
            piece = grown
        left &= ~piece
        if piece.sum() > best.sum():
            best = piece
    return best


def grow(mask: np.ndarray) -> np.ndarray:
    """Return a boolean mask grown by one pixel in all eight directions."""
    wide = np.pad(mask, 1)
    rows = wide[:-2] | wide[1:-1] | wide[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]


def clean(silhouette: np.ndarray) -> np.ndarray:
    """Drop specks beside the animal and keep 16 grey levels, as uint8 values 0 to 15."""
    animal = grow(largest_piece(silhouette > 127))
    return np.round(np.where(animal, silhouette, 0) / 255 * LEVELS).astype(np.uint8)


def without_repetitions(silhouettes: np.ndarray) -> np.ndarray:
    """Keep the first of every group of silhouettes that are equal or mirror images of each other."""
    seen: dict[bytes, np.ndarray] = {}
    for silhouette in silhouettes:
        seen.setdefault(min(silhouette.tobytes(), silhouette[:, ::-1].tobytes()), silhouette)
    return np.stack(list(seen.values()))


def framed(silhouette: np.ndarray) -> np.ndarray:
    """Return the animal alone, cropped to its bounds, standing in a 24 × 24 square (so size and place don't count)."""
    solid = silhouette > LEVELS // 2
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    crop = silhouette[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = max(crop.shape)
    square = np.zeros((side, side), np.uint8)
    left = (side - crop.shape[1]) // 2
    square[side - crop.shape[0] :, left : left + crop.shape[1]] = crop * (255 // LEVELS)
    return np.asarray(Image.fromarray(square).resize((24, 24), Image.Resampling.BOX)) > 127


def overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return intersection over union for all pairs of boolean `(n, height, width)` and `(m, height, width)` masks."""
    a, b = one.reshape(len(one), -1).astype(np.float32), other.reshape(len(other), -1).astype(np.float32)
    both = a @ b.T
    return both / (a.sum(axis=1)[:, None] + b.sum(axis=1)[None] - both)


def nearly_identical(silhouettes: np.ndarray) -> np.ndarray:
    """Return an `(n, n)` boolean table: which silhouettes look the same, mirrored or not, at any size and place.

    Two ways find them: both in a frame of their own, and as they stand with shifts of up to two pixels
    (a tail that ends one pixel later changes the frame, but not the overlap).
    """
    frames = np.stack([framed(silhouette) for silhouette in silhouettes])
    best = np.maximum(overlap(frames, frames), overlap(frames, frames[:, :, ::-1]))
    solid = np.pad(silhouettes > LEVELS // 2, ((0, 0), (2, 2), (2, 2)))
    for down in range(-2, 3):
        for right in range(-2, 3):
            moved = np.roll(solid, (down, right), axis=(1, 2))
            best = np.maximum(best, np.maximum(overlap(solid, moved), overlap(solid, moved[:, :, ::-1])))
    return (best >= NEAR) | (best.T >= NEAR)


def families(alike: np.ndarray) -> list[list[int]]:
    """Return the connected groups of a symmetric boolean `(n, n)` table, the largest first."""
    left, groups = set(range(len(alike))), []
    while left:
        group, edge = set(), {min(left)}
        while edge:
            group |= edge
            edge = {int(j) for i in edge for j in np.flatnonzero(alike[i])} - group
        left -= group
        groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def divide(silhouettes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide into training and validation by whole families; the few that are left over are dropped.

    A family of more than four goes to the training part, so that no pose counts many times in the validation.
    """
    groups = families(nearly_identical(silhouettes))
    small = [group for group in groups if len(group) <= 4]
    random.Random(SEED).shuffle(small)
    validation: list[int] = []
    train = [i for group in groups if len(group) > 4 for i in group]
    for group in small:
        (validation if len(validation) + len(group) <= VALIDATION else train).extend(group)
    return silhouettes[sorted(train[:TRAIN])], silhouettes[sorted(validation)]


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays as a compressed npz whose bytes depend on nothing but the arrays (no dates, no pickles)."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)


def main(path: Path) -> None:
    """Read the wheel, write the npz and say what was kept."""
    with zipfile.ZipFile(path) as wheel:
        images = read_array(wheel, "animal_data_version_3.gz")
        labels = read_array(wheel, "animal_label_version_3.gz")
        licence = next(name for name in wheel.namelist() if name.endswith("licenses/LICENSE"))
        TARGET.with_name("LICENSE").write_bytes(wheel.read(licence).rstrip() + b"\n")
    arrays = {}
    for name, number in CLASSES.items():
        every = np.stack([clean(image) for image in images[labels == number]])
        unique = without_repetitions(every)
        train, validation = divide(unique)
        arrays |= {f"train_{name}": train, f"validation_{name}": validation}
        print(f"{name}: {len(every)} read, {len(unique)} unique, {len(train)} train, {len(validation)} validation")
    write_npz(TARGET, arrays)
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Give the path of the animal-mnist 0.4 wheel: python assets/build/silhouettes.py WHEEL")
    main(Path(sys.argv[1]))
