"""Compose the bundled data set: cat and dog silhouettes with random fur on random coloured backgrounds.

Only the outline tells a cat from a dog: fur, colours, light, size, place and direction are drawn without looking
at the class. A network trained on these pictures therefore knows nothing about photographs.
"""

import colorsys
import hashlib
import math
from functools import lru_cache
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from cnnlab.core.shipped import ASSETS

Split = Literal["train", "validation"]
RGB = tuple[float, float, float]  # each 0 to 1

SIZE = 64
CLASSES = ("cats", "dogs")
VERSION = 1  # raised whenever the pictures change, so that a run can say which ones it saw
FILE = ASSETS / "silhouettes" / "silhouettes.npz"
LEVELS = 15  # silhouettes hold grey steps 0 to 15
FIRST_SEED = {"train": 1_000_000, "validation": 2_000_000}

# A steeper ramp for grey values, so that enlarging doesn't blur the edge.
CRISP = [max(0, min(255, (v - 128) * 11 // 5 + 128)) for v in range(256)]

# Luminance: the least difference between fur and background, and the background's bounds.
CONTRAST, DARKEST, LIGHTEST = 0.24, 0.2, 0.92

# Fur as (hue, saturation, value of the dark tone, value of the light tone).
FURS = (
    (0.07, 0.20, 0.08, 0.26),
    (0.06, 0.10, 0.26, 0.56),
    (0.60, 0.22, 0.32, 0.62),
    (0.06, 0.48, 0.20, 0.44),
    (0.07, 0.50, 0.46, 0.76),
    (0.07, 0.58, 0.62, 0.96),
    (0.10, 0.34, 0.62, 0.95),
    (0.11, 0.16, 0.74, 0.99),
)

# Coats as (cells of the noise that lays out the two tones, how sharply they part): patches, stripes, spots, plain.
COATS = (((5, 5), 6.0), ((17, 5), 3.0), ((13, 13), 4.0), ((3, 3), 1.0))


@lru_cache(maxsize=2)
def load(split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures and labels of one split, the same ones every time, cats first.

    Pictures are uint8 of shape `(n, 64, 64, 3)`, labels int64 of shape `(n,)` with 0 for cats and 1 for dogs
    (positions in `CLASSES`); both are read-only. n is 1,600 for "train" and 360 for "validation".
    """
    outlines = silhouettes(split)
    count = len(outlines) // len(CLASSES)
    images = np.stack([compose(outline, seed) for outline, seed in zip(outlines, texture_seeds(split), strict=True)])
    labels = np.repeat(np.arange(len(CLASSES), dtype=np.int64), count)
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def silhouettes(split: Split) -> np.ndarray:
    """Return the outlines of one split as uint8 of shape `(n, 28, 28)`, from 0 (outside) to 255, cats first."""
    with np.load(FILE, allow_pickle=False) as arrays:
        grey = np.concatenate([arrays[f"{split}_{name}"] for name in CLASSES])
    outlines: np.ndarray = grey * np.uint8(255 // LEVELS)
    return outlines


def texture_seeds(split: Split) -> range:
    """Return the seed of each picture of one split: no two pictures of the data set share one."""
    with np.load(FILE, allow_pickle=False) as arrays:
        count = sum(len(arrays[f"{split}_{name}"]) for name in CLASSES)
    return range(FIRST_SEED[split], FIRST_SEED[split] + count)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return a hash of the recipe: the outlines' file and the version of the code that paints them."""
    return hashlib.sha256(FILE.read_bytes() + f"version {VERSION}".encode()).hexdigest()


def compose(outline: np.ndarray, seed: int) -> np.ndarray:
    """Paint one `(28, 28)` uint8 outline as a `(64, 64, 3)` uint8 picture; everything random comes from the seed."""
    rng = np.random.Generator(np.random.PCG64(seed))
    mask = _placed(outline, rng)
    fur_colours, background_colours = _colours(rng)
    fur = _fur(fur_colours, rng)
    background = _background(background_colours, rng)
    # Light falls from the front: a soft rim makes the outline look like a body, without a black line around it.
    body = _unit(mask.filter(ImageFilter.BoxBlur(3)))
    picture = background + _unit(mask) * (fur * (0.82 + 0.18 * body) - background)
    grain = (rng.random((SIZE, SIZE), dtype=np.float32) - 0.5) * 0.03
    channels_first = np.floor(np.clip(picture + grain, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.ascontiguousarray(channels_first.transpose(1, 2, 0))


def _placed(outline: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """Return the outline as a 64 × 64 mask: a random size, place and direction, with a crisp smooth edge."""
    if rng.random() < 0.5:
        outline = outline[:, ::-1]
    side = int(rng.integers(50, 63))
    left, top = (int(rng.integers(0, SIZE - side + 1)) for _ in range(2))
    large = Image.fromarray(np.ascontiguousarray(outline)).resize((side, side), Image.Resampling.BICUBIC)
    canvas = Image.new("L", (SIZE, SIZE))
    canvas.paste(large.point(CRISP), (left, top))
    return canvas


def _colours(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw two fur tones and two background tones, each pair as float32 `(2, 3)` RGB from 0 to 1.

    A coin says whether the background is lighter or darker than the fur (or brightness would draw the outline for
    a linear model); then a fur is drawn that leaves room for such a background, far enough away to be seen.
    """
    lighter = rng.random() < 0.5
    coats = [_tones(*fur) for fur in FURS]
    room = [c for c in coats if (c[1] + CONTRAST < LIGHTEST if lighter else c[1] - CONTRAST > DARKEST)]
    fur, middle = room[int(rng.integers(len(room)))]
    low, high = (middle + CONTRAST, LIGHTEST) if lighter else (DARKEST, middle - CONTRAST)
    target = low + (high - low) * rng.random()
    # Half the backgrounds are as warm as fur is (or red would draw the outline too), the rest have any hue.
    first = 0.02 + 0.12 * rng.random() if rng.random() < 0.5 else rng.random()
    turn = 0.16 * (rng.random() - 0.5)
    colourful = (0.2 + 0.4 * rng.random()) * (1 if target < 0.6 else 0.7)
    background = [_with_luminance(first + turn * i, colourful, target - 0.06 * i) for i in range(2)]
    return np.array(fur, np.float32), np.array(background, np.float32)


@lru_cache(maxsize=len(FURS))
def _tones(hue: float, saturation: float, dark: float, light: float) -> tuple[list[RGB], float]:
    """Return the dark and the light tone of a fur (the light one paler) and the luminance between them."""
    tones = [colorsys.hsv_to_rgb(hue, 1.1 * saturation, dark), colorsys.hsv_to_rgb(hue, 0.8 * saturation, light)]
    return tones, (_luminance(tones[0]) + _luminance(tones[1])) / 2


def _with_luminance(hue: float, saturation: float, target: float) -> RGB:
    """Return an RGB colour of the given hue whose luminance is the target, paler where the hue can't be that light."""
    colour = colorsys.hsv_to_rgb(hue % 1, saturation, 1.0)
    scale = max(0.0, target) / _luminance(colour)
    if scale <= 1:
        return (colour[0] * scale, colour[1] * scale, colour[2] * scale)
    white = (target - _luminance(colour)) / (1 - _luminance(colour))
    return (
        colour[0] + white * (1 - colour[0]),
        colour[1] + white * (1 - colour[1]),
        colour[2] + white * (1 - colour[2]),
    )


def _luminance(colour: RGB) -> float:
    """Return the luma of an RGB colour, 0 to 1 (weights of ITU-R BT.601)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def _fur(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a float32 `(3, 64, 64)` coat: two tones in patches, stripes or spots under a stroke of hair."""
    cells, sharpness = COATS[int(rng.integers(len(COATS)))]
    pattern = np.clip((_strokes(cells, rng) - 0.5) * sharpness + 0.5, 0, 1)
    hair = 0.8 + 0.4 * _strokes((16, 60), rng)
    dark, light = colours[:, :, None, None]
    coat: np.ndarray = (dark + pattern * (light - dark)) * hair
    return coat


def _background(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a float32 `(3, 64, 64)` backdrop: one tone above, the other below, with soft clouds."""
    share = np.linspace(0, 1, SIZE, dtype=np.float32)[:, None]
    if rng.random() < 0.5:
        share = share[::-1]
    sheet = Image.fromarray(rng.integers(0, 256, (5, 5), dtype=np.uint8))
    clouds = _unit(sheet.resize((SIZE, SIZE), Image.Resampling.BICUBIC)) - 0.5
    above, below = colours[:, :, None, None]
    backdrop: np.ndarray = above + share * (below - above) + 0.12 * clouds
    return backdrop


def _strokes(cells: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return smooth noise as float32 `(64, 64)` from 0 to 1, turned by a random angle; cells are (rows, columns)."""
    # Twice as fine first: then turning may interpolate linearly, which takes half the time.
    rows, columns = 2 * cells[0], 2 * cells[1]
    values = Image.fromarray(rng.integers(0, 256, cells, dtype=np.uint8))
    sheet = values.resize((columns, rows), Image.Resampling.BICUBIC)
    turn = 2 * math.pi * rng.random()
    # The sheet is wider than the picture's diagonal, so that no corner is empty after turning.
    across, down = columns / (1.6 * SIZE), rows / (1.6 * SIZE)
    half = SIZE / 2
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = (
        across * cos,
        across * sin,
        columns / 2 - across * half * (cos + sin),
        -down * sin,
        down * cos,
        rows / 2 - down * half * (cos - sin),
    )
    return _unit(sheet.transform((SIZE, SIZE), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR))


def _unit(grey: Image.Image) -> np.ndarray:
    """Return a grey image as float32 from 0 to 1."""
    return np.asarray(grey, np.float32) / np.float32(255)
