"""Make pictures and data sets to upload."""

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from PIL import Image

ROTATE_90 = 6  # EXIF: the camera was held upright
LAYOUT = {"train/cats": 12, "train/dogs": 10, "validation/cats": 4, "validation/dogs": 6}


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """Return the bytes of a picture file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def rotated_jpeg(width: int = 90, height: int = 60) -> bytes:
    """Return a JPEG whose EXIF says that it must be turned: it is stored lying and shown upright."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (250, 120, 10)
    exif = Image.Exif()
    exif[0x0112] = ROTATE_90
    return encoded(Image.fromarray(pixels), "JPEG", exif=exif)


def transparent_png() -> bytes:
    """Return a PNG with a transparent half."""
    pixels = np.full((50, 70, 4), 255, np.uint8)
    pixels[10:40, 10:60] = (20, 40, 200, 255)
    pixels[:, 35:, 3] = 0
    return encoded(Image.fromarray(pixels), "PNG")


def data_zip(counts: Mapping[str, int] = LAYOUT, seed: int = 0, *, same: bool = False) -> bytes:
    """Return a zip with so many pictures in each folder: bright ones in folders of cats, dark ones elsewhere.

    With `same`, the first picture of every folder is one and the same.
    """
    rng = np.random.default_rng(seed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for folder, count in counts.items():
            low = 120 if folder.endswith("cats") else 0
            for i in range(count):
                pixels = rng.integers(low, low + 130, (30, 34, 3), dtype=np.uint8)
                if same and i == 0:
                    pixels[:] = 99
                # Without the time of the day, so that the same pictures are the same file.
                archive.writestr(zipfile.ZipInfo(f"{folder}/{i}.png"), encoded(Image.fromarray(pixels), "PNG"))
    return out.getvalue()
