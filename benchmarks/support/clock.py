"""Take the time of a piece of work."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Return how many seconds a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
