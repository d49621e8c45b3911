"""Know the whole address of a link as the teacher's browser sees this server, below any prefix."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from streamlit import runtime

from cnnlab.ui.classroom.work.coming import LINK

HERE = "http://localhost/"


def link_to(text: str) -> str:
    """Return the whole address of the text of a link."""
    return f"{_home()}?{LINK}={text}"


def is_this_machine_only(address: str) -> bool:
    """Tell whether nobody else can open an address."""
    name = urlsplit(address).hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def can_be_overheard() -> bool:
    """Tell whether others on the network can read what this browser sends."""
    here = _home()
    return here.startswith("http://") and not is_this_machine_only(here)


def _home() -> str:
    """Return the address of the home page: what stands before the name of this one, which lies right beside it."""
    here = st.context.url if runtime.exists() else None
    if not isinstance(here, str) or not here.startswith(("http://", "https://")):
        return HERE
    whole = urlsplit(here)
    return f"{whole.scheme}://{whole.netloc}{whole.path.rpartition('/')[0]}/"
