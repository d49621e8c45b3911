"""Keep a process from opening sockets: Landlock alone holds back TCP, and a datagram carries data away too.

https://docs.kernel.org/userspace-api/seccomp_filter.html; the numbers are those of `linux/seccomp.h`, `linux/filter.h`,
`linux/audit.h` and the tables of system calls.
"""

import ctypes
import platform
import sys
from typing import NamedTuple

SET_FILTER = 1
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # the second makes a call fail with EPERM
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, PROCESSOR = 0, 4  # where the word stands in what the filter is given
IO_URING_SETUP = 425  # works past any filter
FOREIGN = 0x40000000  # from here on calls of another table


class _Calls(NamedTuple):
    """Hold what a processor is called in a filter, and the numbers of `socket` and `seccomp` there."""

    processor: int
    socket: int
    seccomp: int


CALLS = {"x86_64": _Calls(0xC000003E, 41, 317), "aarch64": _Calls(0xC00000B7, 198, 277)}


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def refuse_sockets(libc: ctypes.CDLL) -> bool:
    """Let this thread, and those that it starts, open no socket of any kind; return whether the system can do so.

    What is open stays so, and pairs can be made. Programs that it starts can do no more. The process must have given
    up new privileges.
    """
    calls = CALLS.get(platform.machine())
    if calls is None or sys.maxsize < 1 << 32:
        return False
    steps = (_Step * 8)(
        _Step(LOAD, 0, 0, PROCESSOR),
        _Step(EQUAL, 0, 5, calls.processor),
        _Step(LOAD, 0, 0, NUMBER),
        _Step(AT_LEAST, 3, 0, FOREIGN),
        _Step(EQUAL, 2, 0, IO_URING_SETUP),
        _Step(EQUAL, 1, 0, calls.socket),
        _Step(RETURN, 0, 0, ALLOW),
        _Step(RETURN, 0, 0, REFUSE),
    )
    program = _Program(len(steps), steps)
    return bool(libc.syscall(calls.seccomp, SET_FILTER, 0, ctypes.byref(program)) == 0)
