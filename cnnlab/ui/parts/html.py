"""Draw HTML on a page, which was built so that no name in it is markup."""

from typing import Literal

import streamlit as st

from cnnlab.viz.html import Html


def show_html(*parts: Html, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw HTML as one element of the page."""
    st.html("".join(parts), width=width)
