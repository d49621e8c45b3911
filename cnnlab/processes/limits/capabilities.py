"""Give up what root may do beyond every other user; for who is not root there is nothing to give up.

https://man7.org/linux/man-pages/man2/capset.2.html; the numbers are those of `linux/capability.h`.
"""

import ctypes

OF_64_BITS = 0x20080522
OF_FILES = 0b1111  # whose a file is, who may open it: what a home that belongs to another user needs


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Half(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def drop_capabilities(libc: ctypes.CDLL) -> None:
    """Keep of this thread's capabilities those over files; threads and programs that it starts have no more.

    Without this, root reads the environment of any process, Landlock or not (`CAP_PERFMON`).
    """
    header, halves = _Header(OF_64_BITS, 0), (_Half * 2)()
    if libc.capget(ctypes.byref(header), halves):
        return
    kept = halves[0].permitted & OF_FILES
    halves[0], halves[1] = _Half(kept, kept, 0), _Half(0, 0, 0)
    libc.capset(ctypes.byref(header), halves)
