"""Draw many small pictures of units on one sheet, and let them be taken along."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.pictures import Pixels
from cnnlab.viz.html import Html, tag
from cnnlab.viz.images import as_image, data_url, png


def tiles(pictures: Pixels, captions: Sequence[str]) -> Html:
    """Return pictures, uint8 (n, height, width, channels), each with its caption below it."""
    return tag(
        "div",
        *(
            tag(
                "figure",
                tag("img", src=data_url(png(as_image(picture)), "png"), alt=caption),
                tag("figcaption", caption),
            )
            for picture, caption in zip(pictures, captions, strict=True)
        ),
        class_="samples",
    )


def npz_button(label: str, name: str, arrays: Mapping[str, Any]) -> None:
    """Draw the download of arrays by their names; the file is made when it is asked for."""

    def file() -> bytes:
        out = io.BytesIO()
        np.savez_compressed(out, **arrays)
        return out.getvalue()

    st.download_button(label, file, f"{name.replace('/', '_')}.npz", "application/octet-stream", on_click="ignore")
