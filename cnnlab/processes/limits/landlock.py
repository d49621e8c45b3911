"""Let this process reach no more than it needs: no other files, programs or connections, where Linux has Landlock.

https://docs.kernel.org/userspace-api/landlock.html; the numbers are those of `linux/landlock.h`.
"""

import ctypes
import os
import platform
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cnnlab.processes.limits.capabilities import drop_capabilities
from cnnlab.processes.limits.sockets import refuse_sockets

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every processor
VERSION, BENEATH, NO_NEW_PRIVILEGES = 1, 1, 38
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = (1 << bit for bit in range(4))
READS = READ_FILE | READ_DIR
OF_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
"""What may be done to files, by the version that knew it first; later ones add nothing that these rules need."""
CHANGES = OF_FILES[3] & ~(EXECUTE | READS)
BIND_OR_CONNECT = 0b11  # TCP, from version 4 on
OUT_OF_HERE = 0b11  # abstract sockets and signals to other processes, from version 6 on
OPEN_FILES = 128
ANYWHERE = Path("/")  # to read data sets and models wherever they lie
SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/sys", "/dev/null", "/dev/urandom", "/dev/zero")
# Not the whole of /proc: the environment of the server stands there, with the teacher's key.
PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine(reads: Sequence[Path] = (), writes: Sequence[Path] = (), starts: Sequence[Path] = ()) -> bool:
    """Take everything else away from this process for good; return whether the system can do so.

    Beside what Python itself is made of it may read below `reads`, and read and write below `writes`. It starts no
    program but those of `starts`, which can do no more than it can, opens no connection, holds few files open, and
    neither looks into other processes nor signals them, also as root. Threads that run already are left out, so
    this comes before a library starts any. Libraries that are loaded later must lie where Python finds them now. Where
    the system has no Landlock, only connections and the number of open files are limited, and root is a user like
    others.
    """
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if platform.system() != "Linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    drop_capabilities(libc)
    is_sealed = libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    refuse_sockets(libc)
    version = libc.syscall(CREATE, None, ctypes.c_size_t(0), VERSION)
    if version < 1:
        return False
    handled = OF_FILES[min(version, max(OF_FILES))]
    rules = _Ruleset(handled, BIND_OR_CONNECT if version >= 4 else 0, OUT_OF_HERE if version >= 6 else 0)
    size = 8 * (1 + (version >= 4) + (version >= 6))
    ruleset = libc.syscall(CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path in map(Path, (*SYSTEM, *PROC, *_python())):
            _allow(libc, ruleset, path, READS & handled)
        _allow(libc, ruleset, Path("/dev/null"), (READ_FILE | WRITE_FILE) & handled)
        for path in reads:
            _allow(libc, ruleset, path, READS & handled)
        for path in writes:
            _allow(libc, ruleset, path, (READS | CHANGES) & handled)
        for path in starts:
            _allow(libc, ruleset, path, EXECUTE)
        return is_sealed and bool(libc.syscall(RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def python_program() -> tuple[Path, ...]:
    """Return what has to be started for a further process of Python: its program, and what loads programs."""
    return (Path(sys.executable).resolve(), *Path("/").glob("lib*/ld-*.so*"))


def _python() -> set[str]:
    return {path for path in (sys.prefix, sys.base_prefix, *sys.path) if path}


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        # A file has no entries, so the rights of a folder would be refused for it.
        mine = rights if path.is_dir() else rights & (EXECUTE | WRITE_FILE | READ_FILE | 1 << 14)
        beneath = _Beneath(mine, parent)
        libc.syscall(ADD, ruleset, BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(parent)
