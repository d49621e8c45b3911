"""Make room for many visitors, and tell when there is none: a visit takes about four file descriptors."""

import asyncio
import os
import resource
import sys
import time
from typing import Any

MOST = 65_536  # more serves nobody, and some programs walk through all of them
KEPT_FREE = 256  # for files, children and what is being opened at this moment
SAID_EVERY = 60.0  # seconds
FULL = "There is no place left on this CNN Lab server. This page tries again by itself."


def make_room() -> None:
    """Raise the limit on open files as far as this process may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def is_full() -> bool:
    """Tell whether so few file descriptors are free that a visitor might find none."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return False
    try:
        # The system gives the lowest free number: one look tells how many are taken, without counting them.
        lowest = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return True
    os.close(lowest)
    return lowest >= soft - min(KEPT_FREE, soft // 4)


class SayOnce:
    """Say in one line a minute that nobody else can come in, instead of a traceback for each who tries."""

    def __init__(self) -> None:
        self._said = -SAID_EVERY

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handle what goes wrong in the loop beside all requests."""
        if "socket.accept()" not in context.get("message", ""):
            loop.default_exception_handler(context)
        elif time.monotonic() - self._said >= SAID_EVERY:
            self._said = time.monotonic()
            sys.stderr.write("CNN Lab has no place left; start it with a higher limit on open files (ulimit -n).\n")
