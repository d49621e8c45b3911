"""Say who may change a run and where it came from: browser, network address, or whoever knows the teacher's key."""

import contextlib
import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cnnlab.core.settings import Networks
from cnnlab.runs.record.losses import RunError
from cnnlab.runs.record.record import Run

LONGEST_WAIT = 60.0  # seconds
FORGOTTEN = 3600.0  # seconds after which a wrong key counts no more
ADDRESSES = 10_000  # so many with wrong keys are remembered
KEY_BYTES = 32


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
        self._key = _kept_key(home / "address.key")
        self._shared = shared

    def of(self, address: str, owner: str) -> str:
        """Return what counts as one place of the network: an address, or a browser where many share the address."""
        place = owner if is_among(address, self._shared) else plain_address(address)
        return hmac.new(self._key, place.encode(), hashlib.sha256).hexdigest()[:32]


def _kept_key(path: Path) -> bytes:
    """Return the key of a home, made at the first call; one that cannot be kept lasts as long as the process."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
            new.touch(0o600)
            new.write_bytes(secrets.token_bytes(KEY_BYTES))
            # Of two processes that make one at once, the first wins, and nobody reads a half.
            with contextlib.suppress(OSError):
                path.hardlink_to(new)
            new.unlink()
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
    return secrets.token_bytes(KEY_BYTES)


@dataclass(frozen=True)
class _Wrong:
    count: int
    last: float

    @property
    def wait(self) -> float:
        return min(LONGEST_WAIT, 2.0 ** min(self.count - 1, 10))


class TeacherKey:
    """Compare keys in constant time; a wrong one makes its network address wait, and no other; safe for many threads.

    The wait doubles from 1 to 60 seconds, and until it is over no key from that address is looked at.
    """

    def __init__(self, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = key.encode()
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, _Wrong] = {}

    @property
    def exists(self) -> bool:
        """Tell whether this server has a key at all."""
        return bool(self._key)

    def opens(self, text: str, address: str) -> bool:
        """Tell whether this is the key; raise `RunError` while the address waits."""
        with self._lock:
            now = self._clock()
            before = self._wrong.get(address)
            if before is not None and (left := before.last + before.wait - now) > 0:
                raise RunError(f"Too many wrong keys from your network address; try again in {max(1, round(left))} s.")
            if self.exists and hmac.compare_digest(text.encode(), self._key):
                self._wrong.pop(address, None)
                return True
            count = before.count if before is not None and now - before.last < FORGOTTEN else 0
            # Taken out first, so that the oldest stands at the beginning.
            self._wrong.pop(address, None)
            self._wrong[address] = _Wrong(count + 1, now)
            if len(self._wrong) > ADDRESSES:
                del self._wrong[next(iter(self._wrong))]
            return False
