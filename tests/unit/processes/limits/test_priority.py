"""Processes that come last on the processor."""

import os
import subprocess
import sys

import pytest

from cnnlab.processes.environment import PACKAGE_PARENT
from cnnlab.processes.limits.priority import NICE, SESSION

TELL = """
import os, pathlib
session = pathlib.Path("/proc/self/autogroup").read_text().split()[-1:]  # empty in the first session of a system
os.write(1, f"{os.getpriority(os.PRIO_PROCESS, 0)} {' '.join(session)}\\n".encode())
"""
LAST = min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE)
sessions = pytest.mark.skipif(not SESSION.exists(), reason="this system does not share its processor among sessions")


def said_by(code: str, own_session: bool = True) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE_PARENT,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        start_new_session=own_session,
    )
    return [int(word) for word in done.stdout.split()]


@sessions
def test_a_process_that_comes_last_takes_its_session_along() -> None:
    assert said_by(f"from cnnlab.processes.limits.priority import come_last; come_last()\n{TELL}") == [LAST, LAST]


@sessions
def test_a_child_in_a_session_of_its_own_comes_last_too() -> None:
    child = f"from cnnlab.processes.limits.priority import keep_place; keep_place()\n{TELL}"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], start_new_session=True)"
    assert said_by(f"import os; os.nice({NICE}); {start}") == [LAST, LAST]


@sessions
def test_the_session_of_somebody_else_is_left_alone() -> None:
    _, *before = said_by(TELL, False)
    _, *after = said_by(f"from cnnlab.processes.limits.priority import come_last; come_last()\n{TELL}", False)
    assert after == before


@sessions
def test_several_at_the_same_moment_all_come_last() -> None:
    one = f"from cnnlab.processes.limits.priority import come_last; come_last()\n{TELL}"
    start = f"""
import subprocess, sys
at_once = [subprocess.Popen([sys.executable, "-c", {one!r}], start_new_session=True) for _ in range(3)]
sys.exit(max(process.wait() for process in at_once))
"""
    assert said_by(start) == [LAST, LAST] * 3
