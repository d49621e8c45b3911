"""Show how a picture of any size becomes the numbers that a network receives."""

from dataclasses import replace

import streamlit as st

from cnnlab.core.pictures import FITS, INTERPOLATIONS, Facts, Pixels, Preparation
from cnnlab.core.teach.brief import describe_shape
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.session import shared
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.html import Html, pairs

FIT_HELP = {
    "stretch": "stretched, as in the post: the proportions are lost",
    "crop": "cut to the network's proportions around the middle",
    "pad": "kept whole, with black at the edges",
}

_PREPARATION = component(
    "preparation", "pictures/preparation.js", html="pictures/preparation.html", styles=["pictures/preparation.css"]
)


def preparation_controls() -> None:
    """Draw how the picture is fitted and interpolated; the choice holds until another is made."""
    mine = shared()
    st.session_state["preparation_fit"] = mine.picture.preparation.fit
    st.session_state["preparation_interpolation"] = mine.picture.preparation.interpolation
    st.segmented_control("Fit", FITS, key="preparation_fit", required=True, on_change=_take)
    st.selectbox("interpolation", list(INTERPOLATIONS), key="preparation_interpolation", on_change=_take)


def _take() -> None:
    mine = shared()
    fit = chosen("preparation_fit", FITS, mine.picture.preparation.fit)
    interpolation = chosen("preparation_interpolation", INTERPOLATIONS, mine.picture.preparation.interpolation)
    mine.picture = replace(mine.picture, preparation=Preparation(fit, interpolation))


def show_preparation(picture: Facts, prepared: Pixels, scale: float, offset: float) -> None:
    """Draw the way from file to array: sizes, values before and after `value * scale + offset`, pixels, channels."""
    show_html(_facts(picture, prepared, scale, offset))
    height, width, channels = prepared.shape
    alt = f"The picture as the network receives it, {width} by {height} pixels."
    header = {"height": height, "width": width, "channels": channels, "scale": scale, "offset": offset, "alt": alt}
    _PREPARATION("preparation", pack(header, {"pixels": prepared}))


def _facts(picture: Facts, prepared: Pixels, scale: float, offset: float) -> Html:
    how = shared().picture.preparation
    resized = prepared.shape[:2] != picture.shape
    rescale = "value / 255" if not offset else f"value · {scale:.5f} {offset:+g}"
    if scale == 1:
        rescale = "as it is"
    low, high = int(prepared.min()), int(prepared.max())
    facts = {
        "file": f"{picture.format}, mode {picture.mode}, {picture.size[0]} × {picture.size[1]} (width × height)",
        **({"handled": picture.handling.words} if picture.handling.words else {}),
        "PIL size": f"({picture.shape[1]}, {picture.shape[0]}), width first",
        "array": f"({describe_shape((*picture.shape, 3)).replace(' × ', ', ')}), height first",
        "resized": f"({', '.join(map(str, prepared.shape))}), {FIT_HELP[how.fit]}; {how.interpolation}"
        if resized
        else "not needed: it has that size",
        "values": f"{low} to {high}, whole numbers (uint8)",
        "rescaled": f"{low * scale + offset:.3g} to {high * scale + offset:.3g} (float32), {rescale}",
    }
    return pairs(facts.items(), css="facts")
