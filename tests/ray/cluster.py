"""Start two Ray nodes on this machine, each a `ray start` with resources of its own, and end every process of them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

import psutil

START_SECONDS = 120.0
END_SECONDS = 20.0
OBJECT_STORE = 80_000_000  # bytes; trainings put nothing in there
MARK = "CNNLAB_TEST_NODE"


class RayNode:
    """Be one node: its processes know each other by a variable in their environment."""

    def __init__(self, name: str, folder: Path, *options: str) -> None:
        self.name = name
        self.mark = f"{name}-{uuid.uuid4().hex}"
        self.log = folder / f"{name}.log"
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CNNLAB_", "RAY_"))}
        env |= {MARK: self.mark, "RAY_USAGE_STATS_ENABLED": "0"}
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
        common = ("--num-cpus=1", f"--node-name={name}", f"--object-store-memory={OBJECT_STORE}")
        ports = ("--min-worker-port=0", "--max-worker-port=0", "--dashboard-agent-listen-port=0")
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*command, *common, *ports, *options],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def processes(self) -> list[psutil.Process]:
        """Return every living process of this node, also the trainings on it."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == self.mark:
                    found.append(process)
        return found

    def cut_power(self) -> None:
        """End all processes of this node at once, as if its machine lost its power."""
        deadline = time.monotonic() + END_SECONDS
        while found := self.processes():
            for process in found:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            assert time.monotonic() < deadline, f"processes of {self.name} cannot be ended: {found}"
        self.process.wait(END_SECONDS)

    def close(self) -> None:
        """End this node, first as an administrator would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
        self.cut_power()


class RayCluster:
    """Be a cluster of the nodes `one`, which is its head, and `two`; each has one CPU."""

    def __init__(self) -> None:
        # The paths of Ray's sockets are limited to some hundred characters.
        self.folder = Path(tempfile.mkdtemp(prefix="ray-"))
        self.nodes: dict[str, RayNode] = {}
        gcs, dashboard, client = (_free_port() for _ in range(3))
        self.address = f"http://127.0.0.1:{dashboard}"
        head = ("--head", f"--port={gcs}", f"--temp-dir={self.folder}", f"--ray-client-server-port={client}")
        board = ("--include-dashboard=true", "--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}")
        try:
            self.nodes["one"] = RayNode("one", self.folder, *head, *board)
            self._wait_for(1)
            self.nodes["two"] = RayNode("two", self.folder, f"--address=127.0.0.1:{gcs}")
            self._wait_for(2)
        except BaseException:
            self.close()
            raise

    def _wait_for(self, count: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._has(count):
            for node in self.nodes.values():
                said = node.log.read_text(errors="replace")[-2000:]
                assert node.process.poll() is None, f"the node {node.name} ended; it wrote:\n{said}"
                assert time.monotonic() < deadline, f"the node {node.name} did not come up; it wrote:\n{said}"
            time.sleep(0.3)

    def _has(self, count: int) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/v0/nodes", timeout=5) as answer:
                return answer.read().count(b'"ALIVE"') == count
        except OSError:
            return False

    def close(self) -> None:
        """End all nodes and remove what they wrote."""
        for node in reversed(self.nodes.values()):
            node.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
