"""Draw HTML on a page, which was built so that no name in it is markup."""

from typing import Literal

import streamlit as st

from cnnlab.viz.html import Html, tag


def show_html(*parts: Html, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw HTML as one element of the page."""
    st.html("".join(parts), width=width)


def download_link(label: str, whole: str) -> None:
    """Draw a link that saves what is at an address of ours, as large as a button."""
    show_html(tag("a", label, class_="download", href=whole, download=""), width="content")
