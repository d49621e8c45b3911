"""Know which language the browser asks for."""

from collections.abc import Collection

import streamlit as st

from cnnlab.core.lessons.shelf import best_language


def reader_language(offered: Collection[str]) -> str:
    """Return which of the languages that are offered the browser asks for first, else English."""
    header = st.context.headers.get("Accept-Language") or ""
    return best_language(f"{st.context.locale or ''},{header}", offered)
