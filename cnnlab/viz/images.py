"""Write pictures as a browser reads them: as PNG, as JPEG, or as an address that holds the file itself."""

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image


def as_image(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """Return uint8 (height, width, 1 or 3) as an image, grey or RGB."""
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else np.ascontiguousarray(pixels))


def png(image: Image.Image, level: int = 1, transparency: int | None = None) -> bytes:
    """Return a PNG with every pixel as it is; `level` is zlib's, `transparency` the palette's index of nothing."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=level, transparency=transparency)
    return out.getvalue()


def jpeg(image: Image.Image, quality: int = 85, subsampling: int = -1) -> bytes:
    """Return a JPEG; `subsampling` is Pillow's, 0 keeps the colours of every pixel."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=subsampling)
    return out.getvalue()


def data_url(file: bytes, kind: str) -> str:
    """Return an address that is itself the file of an image of this kind: png, jpeg, svg+xml."""
    return f"data:image/{kind};base64,{base64.b64encode(file).decode('ascii')}"
