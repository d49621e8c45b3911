"""Know by which names this server is opened, so that a foreign page cannot pass its own name off as ours."""

import socket
import threading
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address

import streamlit as st

from cnnlab.ui.session.services import Once, settings

LONGEST_NAME = 253


def _hostname_of(host: str) -> str | None:
    """Return the name in a `Host` header without its port, None if it is none."""
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon:
        name = host
    elif not port.isdecimal():
        return None
    return name.lower().removesuffix(".")


def is_literal(name: str) -> bool:
    """Tell whether this is an IP address as it stands in an address: a name that nobody can bind anew."""
    text = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        return (ip_address(text).version == 6) == (text != name)
    except ValueError:
        return False


class Hosts:
    """Hold the names that the server goes by: addresses, localhost, the machine's own and those of the settings."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {"localhost", *own_names(), *(name.lower() for name in names)}
        self._is_known = lru_cache(maxsize=256)(self._compare)

    def passes(self, host: str) -> bool:
        """Tell whether a `Host` header names this server."""
        return len(host) <= LONGEST_NAME + len(":65535") and self._is_known(host)

    def learn_full_name(self) -> threading.Thread:
        """Ask the network for the machine's full name, beside everything else: that may take long."""

        def ask() -> None:
            full, short = socket.getfqdn().lower(), socket.gethostname().lower().split(".")[0]
            # What the network says is believed only as far as it agrees with what the machine calls itself.
            if full.split(".")[0] == short:
                self._names.add(full)
                self._is_known.cache_clear()

        thread = threading.Thread(target=ask, daemon=True, name="full name")
        thread.start()
        return thread

    def _compare(self, host: str) -> bool:
        name = _hostname_of(host)
        if not name:
            return False
        if is_literal(name) or name in self._names:
            return True
        return any(known.startswith("*.") and name.endswith(known[1:]) for known in self._names)


def own_names() -> set[str]:
    """Return the names that this machine has without asking anybody, also as its neighbours find it (`.local`)."""
    full = socket.gethostname().lower()
    short = full.split(".")[0]
    told = (st.get_option(option) for option in ("server.address", "browser.serverAddress"))
    return {full, short, f"{short}.local", *(str(name).lower() for name in told if name)} - {""}


@Once
def hosts() -> Hosts:
    """Return the names of this server."""
    return Hosts(settings().hosts)
