"""Let the pages come first on the processor."""

import os
import time
from pathlib import Path

NICE = 10
SESSION = Path("/proc/self/autogroup")
TRIES = 5
BETWEEN = 0.11  # seconds: Linux takes one such wish each tenth of a second


def come_last() -> None:
    """Let this process and what it starts yield to the pages."""
    os.nice(NICE)
    keep_place()


def keep_place() -> None:
    """Let the session that this process leads have no more of the processor than the process is meant to have.

    Where Linux shares the processor among sessions first (`CONFIG_SCHED_AUTOGROUP`, see sched(7)), how nice a process
    is counts in its own session only, and each child of ours has one of its own.
    """
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    if nice <= 0 or os.getsid(0) != os.getpid():
        return
    for _ in range(TRIES):
        try:
            SESSION.write_text(f"{nice}\n")
        except BlockingIOError:
            time.sleep(BETWEEN)
        except OSError:
            return  # another system, or sessions that are not told apart
        else:
            return
