"""Show why something was not done, in one place: the sentence may quote a name that somebody else chose."""

import streamlit as st

from cnnlab.core.words import plain


def refuse(what: object) -> None:
    """Draw a refusal, or its sentence, in which no character means anything in Markdown."""
    st.error(plain(str(what)))
