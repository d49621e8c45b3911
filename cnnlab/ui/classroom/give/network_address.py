"""Know the whole address of a link as the teacher's browser sees this server, below any prefix."""

import socket
from ipaddress import IPv4Address, ip_address, ip_network
from urllib.parse import urlsplit

import psutil
import streamlit as st
from streamlit import runtime

from cnnlab.ui.classroom.work.coming import LINK

HERE = "http://localhost/"
MOST_ADDRESSES = 3  # that a computer offers; a teacher looks for one


def link_to(text: str) -> str:
    """Return the whole address of the text of a link."""
    return f"{_home()}?{LINK}={text}"


def is_this_machine_only(address: str) -> bool:
    """Tell whether nobody else can open an address."""
    return _is_loopback(urlsplit(address).hostname or "")


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def at_address(link: str, address: str) -> str:
    """Return a link with another address of this computer in place of the name that it has."""
    whole = urlsplit(link)
    port = f":{whole.port}" if whole.port else ""
    return whole._replace(netloc=f"{address}{port}").geturl()


def addresses_here() -> tuple[str, ...]:
    """Return the addresses of this computer on its networks, as it knows them itself, those of a school's kind first.

    Empty where the server answers this computer only.
    """
    bound = str(st.get_option("server.address") or "")
    if _is_loopback(bound):
        return ()
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    known = (
        ip_address(one.address)
        for name, all_ in psutil.net_if_addrs().items()
        if name in up
        for one in all_
        if one.family == socket.AF_INET
    )
    fit = {one for one in known if isinstance(one, IPv4Address) and not (one.is_loopback or one.is_link_local)}
    only = {one for one in fit if str(one) == bound}
    return tuple(map(str, sorted(only or fit, key=_likely)[:MOST_ADDRESSES]))


def _likely(one: IPv4Address) -> tuple[int, IPv4Address]:
    """Sort the networks of homes and schools before those that containers and virtual machines make for themselves."""
    kinds = ("192.168.0.0/16", "10.0.0.0/8")
    return next((i for i, kind in enumerate(kinds) if one in ip_network(kind)), len(kinds)), one


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
