"""What opens strangers' files, once a file has taken it over, reaches no other process: no environment, no memory."""

import ctypes
import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.environment import ONE_THREAD, limited_environment
from cnnlab.processes.limits.sockets import CALLS
from cnnlab.processes.pictures.reader import PictureReader
from tests.app.driving import ROOT

SECRET = "CNNLAB_TEACHER_KEY=open sesame"
ATTACK = """
import ctypes, json, os, signal, socket, sys
from pathlib import Path
home, other = Path(sys.argv[1]), int(sys.argv[2])
{limit}
libc = ctypes.CDLL(None, use_errno=True)
SEIZE, DETACH = 0x4206, 17
def outcome(what):
    try:
        return str(what() or "done")
    except OSError as error:
        return type(error).__name__
def seize():
    if libc.ptrace(SEIZE, other, None, None):
        raise OSError(ctypes.get_errno(), "ptrace")
def send(family, kind):
    with socket.socket(family, kind):
        pass
def send_past_a_pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.sendto(b"x", str(home / "datagrams"))
def pair(kind):
    for end in socket.socketpair(socket.AF_UNIX, kind | socket.SOCK_NONBLOCK):
        end.close()
def connect():
    with socket.socket(socket.AF_UNIX) as plug:
        plug.connect(f"\\0cnnlab-test-{{other}}")
print(json.dumps({{
    "environ": outcome(lambda: Path(f"/proc/{{other}}/environ").read_text()),
    "maps": outcome(lambda: Path(f"/proc/{{other}}/maps").read_text()),
    "mem": outcome(lambda: os.close(os.open(f"/proc/{{other}}/mem", os.O_RDWR))),
    "root": outcome(lambda: os.readlink(f"/proc/{{other}}/root")),
    "connect": outcome(connect),
    "kill": outcome(lambda: os.kill(other, 0)),
    "ptrace": outcome(seize),
    "datagram": outcome(lambda: send(socket.AF_INET, socket.SOCK_DGRAM)),
    "netlink": outcome(lambda: send(socket.AF_NETLINK, socket.SOCK_RAW)),
    "past a pair": outcome(send_past_a_pair),
    "pair of packets": outcome(lambda: pair(socket.SOCK_SEQPACKET)),
    "pair of streams": outcome(lambda: pair(socket.SOCK_STREAM)),
}}))
"""
VICTIM = """
import os, socket, sys
with socket.socket(socket.AF_UNIX) as taken, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
    taken.bind(f"\\0cnnlab-test-{os.getpid()}")
    taken.listen()
    datagrams.bind(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.read()
"""
LIMITS = {
    "a decoder": "from cnnlab.processes.limits.landlock import confine; confine()",
    "a reader": "from cnnlab.processes.limits.landlock import ANYWHERE, confine; confine(reads=[ANYWHERE])",
    "the importer": "from cnnlab.tf.inside.limited import limit; limit(home)",
    "a job": "from cnnlab.core.settings import Settings\n"
    "from cnnlab.processes.data.data_job import confine_to; confine_to(Settings(home))",
}
SCOPED = {"kill", "connect"}  # what Landlock keeps in from version 6 on
SOCKETS = {"datagram", "netlink", "past a pair", "pair of packets"}


def landlock() -> int:
    """Ask the system which version it has, so that a confinement that fails is no reason to leave a test out."""
    return ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) if platform.system() == "Linux" else 0


@pytest.fixture
def victim(home: Path) -> Iterator[int]:
    """Give the number of a process of the same user, the server as it were, with a secret in its environment."""
    home.mkdir(exist_ok=True)
    name, value = SECRET.split("=")
    command = [sys.executable, "-c", VICTIM, str(home / "datagrams")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env={name: value}, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process.pid
        process.kill()


def attacked(limit: str, home: Path, victim: int) -> dict[str, str]:
    command = [sys.executable, "-c", ATTACK.format(limit=limit), str(home), str(victim)]
    env = limited_environment(Settings(home)) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no /proc")
def test_without_limits_the_secret_is_there_to_be_read(home: Path, victim: int) -> None:
    found = attacked("", home, victim)
    assert SECRET in found["environ"]
    assert {found[what] for what in SCOPED | SOCKETS} == {"done"}, found


@pytest.mark.skipif(landlock() < 1, reason="this system has no Landlock")
@pytest.mark.parametrize("kind", LIMITS)
def test_it_reads_nothing_of_another_process_and_neither_signals_nor_traces_it(
    home: Path, victim: int, kind: str
) -> None:
    found = attacked(LIMITS[kind], home, victim)
    scoped = {what: found.pop(what) for what in SCOPED}
    sockets = {what: found.pop(what) for what in SOCKETS}
    assert found.pop("pair of streams") == "done"
    assert set(found.values()) == {"PermissionError"}, found
    if landlock() >= 6:
        assert set(scoped.values()) == {"PermissionError"}, scoped
    if platform.machine() in CALLS:
        assert set(sockets.values()) == {"PermissionError"}, sockets


def left_out(pid: int) -> list[str]:
    """Return the names of the threads of a process that its limits left out."""
    found = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    assert found
    return [status.splitlines()[0] for status in found if "NoNewPrivs:\t1" not in status]


@pytest.mark.skipif(landlock() < 1, reason="this system has no Landlock")
def test_no_thread_of_a_decoder_or_reader_is_left_out(home: Path) -> None:
    picture = ROOT / "assets" / "gallery" / "cat-chelsea.jpg"
    with closing(PictureReader(Settings(home))) as reader:
        reader.read(picture.read_bytes(), "cat.jpg")
        assert left_out(reader.pids[0]) == []
    with LimitedReading(Settings(home)) as reading:
        assert len(list(reading([picture], picture.parent, 1 << 24, False))) == 1
        (pid,) = {child.pid for child in reading._children if child.pid}
        assert left_out(pid) == []


@pytest.mark.skipif(landlock() < 1, reason="this system has no Landlock")
def test_no_thread_of_a_job_is_left_out(home: Path) -> None:
    work = f"{LIMITS['a job']}\nimport os\nfrom pathlib import Path\n"
    work += "print(all('NoNewPrivs:\\t1' in f.read_text() for f in Path('/proc/self/task').glob('*/status')))"
    code = f"import sys\nfrom pathlib import Path\nhome = Path(sys.argv[1])\n{work}"
    env = limited_environment(Settings(home)) | ONE_THREAD | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, str(home)], env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout == "True\n", done.stderr[-2000:]
