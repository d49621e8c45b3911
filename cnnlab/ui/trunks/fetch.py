"""Offer the trunk that the Keras blog borrows: its weights are fetched at a press, with all that is known of them."""

import streamlit as st

from cnnlab.core.data.offers.files import fetched
from cnnlab.core.data.offers.table import VGG16
from cnnlab.core.trunks import vgg16
from cnnlab.ui.data.fetch import fetch_card, fetching, say_who_fetches
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import quiet, tag

BY_HAND = (
    "Without the internet, or if the site does not answer: fetch the file at its address on another computer, copy it, "
    "as it is, into the folder ",
    tag("code", "fetched"),
    " of ",
    tag("code", "CNNLAB_HOME"),
    " on the server and press its button, which then asks nobody.",
)


def fetch_trunk() -> None:
    """Draw what VGG16 is and how it is fetched, how far that is, and the way by hand; nothing once it is here."""
    if fetched(settings().home, VGG16):
        return
    with (
        st.expander(f"Fetch {vgg16.NAME}, the trunk of the Keras blog", expanded=fetching(VGG16.key) is not None),
        st.container(key="fetch_trunk"),
    ):
        say_who_fetches()
        fetch_card(VGG16)
        show_html(quiet(*BY_HAND))
