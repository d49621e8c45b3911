"""Where the system takes no filter for sockets, whoever runs the server is told."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.processes.limits.sockets import CALLS
from tests.app.driving import ROOT

TRY = """
import ctypes
from cnnlab.processes.limits.capabilities import drop_capabilities
from cnnlab.processes.limits.sockets import refuse_sockets
libc = ctypes.CDLL(None)
drop_capabilities(libc)
print(refuse_sockets(libc), refuse_sockets(libc))
"""
STATUS = Path("/proc/self/status")


@pytest.mark.skipif(platform.system() != "Linux" or platform.machine() not in CALLS, reason="no filters here")
@pytest.mark.skipif(STATUS.exists() and "NoNewPrivs:\t1" in STATUS.read_text(), reason="this process may gain nothing")
def test_a_filter_that_the_system_refuses_is_one_line_in_the_log() -> None:
    # Linux takes no filter of a process that could still gain privileges.
    done = subprocess.run([sys.executable, "-c", TRY], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False False\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith("This system takes no filter for system calls")
