"""Know every page of the app: its file, title and url path, in the order of the navigation."""

from copy import copy
from functools import lru_cache
from typing import Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnlab.core.shipped import PAGES

TITLES = {
    "home": "CNN Lab",
    "lessons": "Lessons",
    "exercises": "Exercises",
    "data": "Data",
    "architecture": "Architecture",
    "convolution": "Convolution",
    "feature_maps": "Feature maps",
    "augmentation": "Augmentation",
    "training": "Training",
    "explain": "Explain",
    "sequences": "Sequences",
    "operator": "Operator",
}
HIDDEN = ("operator",)
"""Pages that have an address and no place in the navigation."""


def page(name: str) -> st.Page:
    """Return the Streamlit page of a file in `pages/`; its url path is the file's name."""
    if get_script_run_ctx() is None:
        return _made(name)
    # A page is looked up on the disk when it is made, and each run of a script needs all of them.
    return copy(_known(name))


def _made(name: str) -> st.Page:
    home = name == "home"
    seen: Literal["visible", "hidden"] = "hidden" if name in HIDDEN else "visible"
    file = PAGES / f"{name}.py"
    return st.Page(file, title=TITLES[name], url_path="" if home else name, default=home, visibility=seen)


_known = lru_cache(maxsize=len(TITLES))(_made)


def link(name: str, label: str) -> None:
    """Draw a link to another page; a page that runs alone has none to link to and draws nothing."""
    try:
        st.page_link(page(name), label=label, icon=":material/arrow_forward:")
    except StreamlitAPIException:
        return


def link_to_sequences() -> None:
    """Draw the link to the page that looks into networks for sequences, once there is one."""
    if "sequences" in TITLES:
        link("sequences", "Look inside on the page Sequences")


def go(name: str) -> None:
    """Leave for another page; a page that runs alone stays where it is."""
    try:
        st.switch_page(page(name))
    except StreamlitAPIException:
        return
