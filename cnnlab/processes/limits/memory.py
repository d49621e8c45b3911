"""Limit the memory of this process."""

import contextlib
import resource

import psutil


def limit_memory(more_bytes: int) -> None:
    """Let this process grow by at most so many bytes of address space from now on; then its allocations fail."""
    most = psutil.Process().memory_info().vms + more_bytes
    # macOS refuses to set this limit; there only the time limit of who asks is left.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
