"""Say who may change a run and where it came from: browser, network address, or whoever knows the teacher's key."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from cnnlab.core.settings import Networks
from cnnlab.processes.home.keys import KEY_BYTES, WrongTries, kept_key
from cnnlab.runs.record.losses import RunError
from cnnlab.runs.record.record import Run


def owner_of(token: str) -> str:
    """Return how a browser's secret is written down: who reads the runs cannot claim them."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def may_change(run: Run, owner: str, teacher: bool) -> bool:
    """Tell whether somebody may stop, rename or delete a run; one that is nobody's is everybody's.

    Nobody may change the run that ships.
    """
    if run.is_recorded:
        return False
    return teacher or not run.owner or hmac.compare_digest(run.owner, owner)


def plain_address(text: str) -> str:
    """Return an IP address in its one usual form; what is none stays as it is."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    # A server that listens on IPv6 sees its IPv4 visitors so.
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_among(address: str, networks: Networks) -> bool:
    """Tell whether an address lies in one of these networks."""
    try:
        found = ip_address(plain_address(address))
    except ValueError:
        return False
    return any(found in network for network in networks)


class Origins:
    """Write down network addresses so that nobody who reads a record can tell or guess one; the home has the key."""

    def __init__(self, home: Path, shared: Networks = ()) -> None:
        # Where it cannot be kept, it lasts as long as the process.
        self._key = kept_key(home / "address.key") or secrets.token_bytes(KEY_BYTES)
        self._shared = shared

    def of(self, address: str, owner: str) -> str:
        """Return what counts as one place of the network: an address, or a browser where many share the address."""
        place = owner if is_among(address, self._shared) else plain_address(address)
        return hmac.new(self._key, place.encode(), hashlib.sha256).hexdigest()[:32]


class TeacherKey:
    """Compare keys in constant time; a wrong one makes its network address wait, and no other; safe for many threads.

    The wait doubles from 1 to 60 seconds, and until it is over no key from that address is looked at.
    """

    def __init__(self, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = key.encode()
        self._tries = WrongTries(clock=clock)

    @property
    def exists(self) -> bool:
        """Tell whether this server has a key at all."""
        return bool(self._key)

    def opens(self, text: str, address: str) -> bool:
        """Tell whether this is the key; raise `RunError` while the address waits."""
        opened = self._tries.at(address, lambda: self.exists and hmac.compare_digest(text.encode(), self._key))
        if isinstance(opened, float):
            raise RunError(f"Too many wrong keys from your network address; try again in {max(1, round(opened))} s.")
        return opened
