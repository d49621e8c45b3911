"""Keep a process from opening sockets: Landlock alone holds back TCP, and a datagram carries data away too.

https://docs.kernel.org/userspace-api/seccomp_filter.html; the numbers are those of `linux/seccomp.h`, `linux/filter.h`,
`linux/audit.h` and the tables of system calls.
"""

import ctypes
import functools
import logging
import platform
import socket
import sys
from typing import NamedTuple

SET_FILTER, OF_STEPS = 22, 2  # of `prctl`, which also those allow who refuse the call `seccomp`, as systemd 252 does
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # the second makes a call fail with EPERM
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER, PROCESSOR, KIND = 0, 4, 24  # where the word stands in what the filter is given; the last is a second argument
OF_KIND = 0xF  # without SOCK_CLOEXEC and SOCK_NONBLOCK
IO_URING_SETUP = 425  # works past any filter
FOREIGN = 0x40000000  # from here on calls of another table


class _Calls(NamedTuple):
    """Hold what a processor is called in a filter, and the numbers of `socket` and `socketpair` there."""

    processor: int
    socket: int
    socketpair: int


CALLS = {"x86_64": _Calls(0xC000003E, 41, 53), "aarch64": _Calls(0xC00000B7, 198, 199)}
log = logging.getLogger(__name__)


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def refuse_sockets(libc: ctypes.CDLL) -> bool:
    """Let this thread, and those that it starts, open no socket of any kind; return whether the system can do so.

    What is open stays so, and pairs of streams can be made: pairs of datagrams could send to any socket that has a
    path. Programs that it starts can do no more. The process must have given up new privileges.
    """
    calls = CALLS.get(platform.machine())
    is_loaded = calls is not None and sys.maxsize > 1 << 32 and _load(libc, calls)
    if not is_loaded:
        _warn()
    return is_loaded


def _load(libc: ctypes.CDLL, calls: _Calls) -> bool:
    steps = (_Step * 12)(
        _Step(LOAD, 0, 0, PROCESSOR),
        _Step(EQUAL, 0, 9, calls.processor),
        _Step(LOAD, 0, 0, NUMBER),
        _Step(AT_LEAST, 7, 0, FOREIGN),
        _Step(EQUAL, 6, 0, IO_URING_SETUP),
        _Step(EQUAL, 5, 0, calls.socket),
        _Step(EQUAL, 0, 3, calls.socketpair),
        _Step(LOAD, 0, 0, KIND),
        _Step(AND, 0, 0, OF_KIND),
        _Step(EQUAL, 0, 1, socket.SOCK_STREAM),
        _Step(RETURN, 0, 0, ALLOW),
        _Step(RETURN, 0, 0, REFUSE),
    )
    program = _Program(len(steps), steps)
    return bool(libc.prctl(SET_FILTER, OF_STEPS, ctypes.byref(program)) == 0)


@functools.cache
def _warn() -> None:
    log.warning(
        "This system takes no filter for system calls (seccomp), so a file that takes over this process could open "
        "sockets: see SECURITY.md."
    )
